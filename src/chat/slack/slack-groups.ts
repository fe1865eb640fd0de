import type { WebClient } from '@slack/web-api';
import type { ChatOutcome } from '../chat.ts';
import { attempt } from './slack-errors.ts';

/** Member ids of a user group; only on paid plans, tier 2: 20 a minute (https://docs.slack.dev/reference/methods/usergroups.users.list). */
export const membersOf = (web: WebClient, group: string): Promise<ChatOutcome<readonly string[]>> =>
  attempt(async () => (await web.usergroups.users.list({ usergroup: group })).users ?? []);
