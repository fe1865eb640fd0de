import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '../../commands/registry.ts';
import { loadConfiguration } from '../../config/load.ts';
import { registries } from '../../config/registries.ts';
import { refusal } from '../../src/dispatch/answers.ts';
import type { Context } from '../../src/dispatch/command.ts';
import { dispatch } from '../../src/dispatch/dispatch.ts';
import type { Configuration } from '../../src/domain/configuration.ts';
import type { Message } from '../../src/domain/message.ts';
import { succeeded } from '../../src/domain/outcome.ts';
import type { CheckState } from '../../src/domain/verdict.ts';
import { openJournal } from '../../src/store/open-journal.ts';
import { NOON } from '../contract/journal-samples.ts';
import { contextOf } from '../unit/workflow/context.ts';
import { fleetWith } from '../unit/workflow/yard.ts';

/** What goes wrong in the fleet of the pictures; everything else passes. */
const TROUBLES: Readonly<Record<string, string>> = {
  'karmabot/web@production': 'HTTP 502 in 41 ms: 502 from https://karmabot.hi5.works/',
  'katana-bot/bot@production': 'no answer from katana-server in 10 s',
};

function stateOf(key: string): CheckState {
  const summary = TROUBLES[key];
  const at = NOON - (key.length % 5) * 9000 - 4000;
  const verdict = summary === undefined ? 'pass' : 'fail';
  const last = { verdict, summary: summary ?? 'running for 3 d', at } as const;
  return { key, verdict, since: at - 600_000, last, streak: 0 };
}

const logLine = (minute: number): string => {
  const what =
    minute % 17 === 3
      ? 'ERROR MongoNetworkTimeoutError: connection timed out to mongodb:27017 after 30000 ms'
      : `INFO  POST /slack/events 200 ${20 + minute} ms team=T0TEAM`;
  return `2026-01-05T12:${String(minute).padStart(2, '0')}:07.112Z ${what}`;
};

const LOG = Array.from({ length: 60 }, (_, minute) => logLine(minute)).join('\n');

const LINES: Readonly<Record<string, string>> = {
  'reply-1-status-fleet': 'status',
  'reply-2-status-service': 'status karmabot@production',
  'reply-3-logs': 'logs karmabot/app@production',
  'reply-4-help': 'help',
  'reply-5-help-restart': 'help restart',
  'reply-6-whoami': 'whoami',
  'reply-7-typo': 'restrat karmabot',
  'reply-8-ambiguous': 'restart karma/ap',
  'reply-9-waiting': 'waiting',
};

async function exampleConfiguration(): Promise<Configuration> {
  const loaded = await loadConfiguration(join(import.meta.dirname, '../../config'), registries);
  if (loaded.kind === 'broken') throw new Error('the example configuration is broken');
  return loaded.configuration;
}

async function answerTo(context: Context, line: string): Promise<Message> {
  const answered = await dispatch(context, line, () => {
    throw new Error('nothing is planned for pictures');
  });
  if (answered.kind !== 'succeeded') return refusal(answered).message;
  if (answered.value.kind !== 'answer') throw new Error(`${line} is no question`);
  return answered.value.answer.message;
}

/** What the real commands answer about the example fleet of five bots. */
export async function replies(): Promise<Readonly<Record<string, Message>>> {
  const folder = await mkdtemp(join(tmpdir(), 'botswain-pictures-'));
  const journal = await openJournal(folder);
  if (journal.kind !== 'succeeded') throw new Error(journal.message);
  try {
    const configuration = await exampleConfiguration();
    const [ana] = configuration.people;
    if (ana === undefined) throw new Error('the example names nobody');
    const bare = contextOf({ journal: journal.value, configuration }, ana);
    const logs = async () =>
      succeeded({ code: 0, stdout: LOG, stderr: '', truncated: false, durationMs: 20 });
    const fleet = fleetWith({ configuration, logs, component: () => Object({ actions: ['restart'] }) });
    const context = { ...bare, commands, fleet, lastSeen: { ...bare.lastSeen, lastSeen: stateOf } };
    const answers: Record<string, Message> = {};
    for (const [name, line] of Object.entries(LINES)) answers[name] = await answerTo(context, line);
    return answers;
  } finally {
    await journal.value.close();
    await rm(folder, { recursive: true, force: true });
  }
}
