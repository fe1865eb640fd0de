import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { whoami } from '../../../commands/whoami.ts';
import type { Chat } from '../../../src/chat/chat.ts';
import { succeeded } from '../../../src/domain/outcome.ts';
import { Linking } from '../../../src/lines/linking.ts';
import { Receiver } from '../../../src/lines/receive.ts';
import { CountedAudit } from '../../../src/upkeep/counted-audit.ts';
import { createWakeups } from '../../../src/workflow/wakeups.ts';
import { auditEvents, incoming, NOON } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { contextOf } from '../workflow/context.ts';
import { configuration, fleetWith, person, rule } from '../workflow/yard.ts';

const ana = { ...person('ana', 'operator'), slack: 'U0ANA' };
const ours = {
  ...configuration([rule(1)]),
  people: [ana],
  chats: { slack: { team: 'T0', channels: { operations: 'C0OPS' } } },
};

describe('taking lines in', () => {
  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  let whispers: string[] = [];
  beforeEach(async () => {
    bench = await sqliteBench();
    whispers = [];
  });
  afterEach(() => bench.remove());

  const slack: Chat = {
    platform: 'slack',
    paceMs: 0,
    keepsFiles: true,
    start: async () => succeeded(undefined),
    stop: async () => {},
    post: () => Promise.reject(new Error('nothing is posted here')),
    update: () => Promise.reject(new Error('nothing is edited here')),
    whisper: async (line) => {
      whispers.push(line.id);
      return succeeded(undefined);
    },
    upload: () => Promise.reject(new Error('nothing is uploaded here')),
    directWith: async () => undefined,
    threadOf: ({ platform, channel, message }) => ({ platform, channel, thread: message }),
  };
  function boot(): Receiver {
    const { journal } = bench;
    const context = contextOf({ journal, configuration: ours }, ana);
    return new Receiver({
      configuration: ours,
      commands: [whoami],
      fleet: fleetWith(),
      lastSeen: context.lastSeen,
      journal,
      wakeups: createWakeups(),
      chats: () => [slack],
      counted: new CountedAudit({
        append: (entry) => journal.audit.append(entry),
        now: () => NOON,
        onError: (error) => {
          throw error;
        },
      }),
      controlFor: () => context.control,
      publish: async () => {},
      signIns: { confirm: async () => succeeded('a terminal'), endAll: async () => 1 },
      linking: new Linking([ana], [], { store: journal.accountLinks, now: () => NOON }),
      redact: (text) => text,
      now: () => NOON,
      onError: (_line, error) => {
        throw error;
      },
    });
  }

  it('works once on a line that comes while a boot takes up what the last one left', async () => {
    await bench.journal.inbox.accept(incoming('left', 'whoami'), NOON);
    const receiver = boot();
    await Promise.all([
      receiver.receive(incoming('new', 'whoami')),
      receiver.receive(incoming('left', 'whoami')),
      receiver.receive(incoming('new', 'whoami')),
      receiver.resume(),
    ]);
    await vi.waitFor(async () => expect(await bench.journal.inbox.pending()).toEqual([]));
    await receiver.drain(1_000);
    expect(whispers.toSorted()).toEqual(['left', 'new']);
    const events = ['line answered', 'line answered', 'line came again'];
    expect((await auditEvents(bench.journal)).toSorted()).toEqual(events);
  });

  it('says no to a line that a crash left long ago, and carries out a fresh one', async () => {
    await bench.journal.inbox.accept(incoming('old', 'whoami'), NOON - 16 * 60_000);
    await bench.journal.inbox.accept(incoming('fresh', 'whoami'), NOON - 14 * 60_000);
    await boot().resume();
    await vi.waitFor(async () => expect(await bench.journal.inbox.pending()).toEqual([]));
    expect(whispers.toSorted()).toEqual(['fresh', 'old']);
    const records = await bench.journal.audit.list({ limit: 9 });
    expect(records.find((record) => record.event === 'line refused')).toMatchObject({ code: 'DENIED_STALE' });
    expect(records).toHaveLength(2);
  });
});
