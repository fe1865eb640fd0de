import { createEmulator, type Emulator } from 'emulate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { find, findFile, post, update, upload } from '../../src/chat/slack/slack-send.ts';
import { webClient } from '../../src/chat/slack/slack-web.ts';
import { slackManifest } from '../../src/chat/slack/slack-manifest.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { SHAPES } from '../golden/slack/shapes.ts';
import { message } from './slack-rig.ts';

const TOKEN = 'xoxb-botswain-emulated';

const MESSAGES = z.object({
  messages: z.array(
    z.looseObject({
      ts: z.string(),
      text: z.string(),
      thread_ts: z.string().optional(),
      blocks: z.array(z.unknown()).optional(),
      files: z.array(z.looseObject({ name: z.string(), size: z.number() })).optional(),
    }),
  ),
});

const valueOf = <T>(outcome: Outcome<T>): T => {
  if (outcome.kind !== 'succeeded') throw new Error(`${outcome.kind}: ${outcome.message}`);
  return outcome.value;
};

/** A Slack that others wrote (vercel-labs/emulate), strict about scopes: what we send means to it what it means to us. */
describe("what our Slack edge sends, before somebody else's Slack", () => {
  let slack: Emulator;
  let channel: string;
  const grant = slackManifest({ verbs: ['status'] }).oauth_config.scopes.bot;
  const web = () => webClient({ botToken: TOKEN, apiUrl: `${slack.url}/api/`, way: { kind: 'socket', appToken: '' } }, () => {});
  const operations = () => ({ platform: 'slack', channel }) as const;

  beforeAll(async () => {
    slack = await createEmulator({
      service: 'slack',
      port: 0,
      seed: {
        tokens: { [TOKEN]: { login: 'ops', scopes: grant } },
        slack: {
          team: { name: 'Team', domain: 'team' },
          channels: [{ name: 'operations' }],
          strict_scopes: true,
        },
      },
    });
    const { channels = [] } = await web().conversations.list({});
    console.log(channels);
    channel = channels.find(({ name }) => name === 'operations')?.id ?? '';
  });
  afterAll(() => slack?.close());

  it('post', async () => {
    const posted = valueOf(await post(web(), operations(), { message: message('x'), deliveryKey: 'k' }));
    console.log(posted);
  });
});
