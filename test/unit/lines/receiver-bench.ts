import { afterEach, beforeEach, vi } from 'vitest';
import { whoami } from '../../../commands/whoami.ts';
import type { Chat, Incoming } from '../../../src/chat/chat.ts';
import { type Command, defineChange } from '../../../src/dispatch/command.ts';
import type { Message } from '../../../src/domain/message.ts';
import { succeeded } from '../../../src/domain/outcome.ts';
import { Linking } from '../../../src/lines/linking.ts';
import { Receiver } from '../../../src/lines/receive.ts';
import type { OpenJournal } from '../../../src/store/open-journal.ts';
import { CountedAudit } from '../../../src/upkeep/counted-audit.ts';
import { createWakeups } from '../../../src/workflow/wakeups.ts';
import { incoming, NOON, planOf } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { contextOf } from '../workflow/context.ts';
import { configuration, fleetWith, person, rule } from '../workflow/yard.ts';

const ana = { ...person('ana', 'operator'), slack: 'U0ANA' };
const ours = {
  ...configuration([rule(1)]),
  people: [ana],
  chats: { slack: { team: 'T0', channels: { operations: 'C0OPS' } } },
};

/** Plans a restart of karmabot/app, whatever is there. */
export const restart: Command = defineChange({
  name: 'restart',
  summary: 'restart it',
  examples: ['restart'],
  subjects: 'none',
  arguments: {},
  risk: 'change',
  plan: async () => succeeded(planOf(['karmabot/app'])),
});

/** The press of a button of one card, which types its line. */
export const press = (id: string, more: Partial<Incoming> = {}): Incoming => ({
  ...incoming(id, 'restart'),
  pressed: { platform: 'slack', channel: 'C0OPS', message: '1700000000.000100' },
  ...more,
});

/** What a test may change about a boot. */
export interface Booted {
  readonly commands?: readonly Command[];
  readonly publish?: (change: string) => Promise<void>;
  readonly now?: () => number;
  /** Takes what no test expects; throws unless told otherwise. */
  readonly onError?: (error: unknown) => void;
}

/** A journal of its own for each test, receivers on it, and what was whispered. */
export function receiverBench() {
  let bench: Awaited<ReturnType<typeof sqliteBench>> | undefined;
  let told: { readonly id: string; readonly message: Message }[] = [];
  beforeEach(async () => {
    bench = await sqliteBench();
    told = [];
  });
  afterEach(() => bench?.remove());
  const open = (): NonNullable<typeof bench> => {
    if (bench === undefined) throw new Error('the journal is open during tests only');
    return bench;
  };
  const journal = (): OpenJournal => open().journal;
  const slack: Chat = {
    platform: 'slack',
    paceMs: 0,
    keepsFiles: true,
    start: async () => succeeded(undefined),
    stop: async () => {},
    post: () => Promise.reject(new Error('nothing is posted here')),
    update: () => Promise.reject(new Error('nothing is edited here')),
    whisper: async ({ id }, message) => {
      told.push({ id, message });
      return succeeded(undefined);
    },
    upload: () => Promise.reject(new Error('nothing is uploaded here')),
    directWith: async (account) => ({ platform: 'slack', channel: `D${account}` }),
    threadOf: ({ platform, channel, message }) => ({ platform, channel, thread: message }),
  };
  const unexpected = (error: unknown): void => {
    throw error;
  };
  function boot({ commands = [whoami, restart], now = () => NOON, ...more }: Booted = {}): Receiver {
    const context = contextOf({ journal: journal(), configuration: ours }, ana);
    const { onError = unexpected, publish = async () => {} } = more;
    const append: OpenJournal['audit']['append'] = (entry) => journal().audit.append(entry);
    return new Receiver({
      configuration: ours,
      commands,
      fleet: fleetWith(),
      lastSeen: context.lastSeen,
      journal: journal(),
      wakeups: createWakeups(),
      chats: () => [slack],
      counted: new CountedAudit({ append, now, onError }),
      controlFor: () => context.control,
      incidentsFor: () => context.incidents,
      publish,
      signIns: { confirm: async () => succeeded('a terminal'), endAll: async () => 1 },
      linking: new Linking([ana], [], { store: journal().accountLinks, now }),
      redact: (text) => text,
      now,
      onError: (_line, error) => onError(error),
    });
  }
  return {
    get journal() {
      return journal();
    },
    get folder() {
      return open().folder;
    },
    reopen: () => open().reopen(),
    get told() {
      return told;
    },
    boot,
    /** Waits until everything that was recorded has been worked on. */
    settled: () =>
      vi.waitFor(async () => {
        if ((await journal().inbox.pending()).length > 0) throw new Error('there are lines left');
      }),
    changes: async () => (await journal().changes.list({ limit: 9 })).map(({ id }) => id).toReversed(),
  };
}
