import { describe, expect, it } from 'vitest';
import type { Lane, Wish } from '../../src/workflow/deliveries.ts';
import { message } from '../contract/slack-rig.ts';
import type { FaultKind } from '../fakes/telegram/faults.ts';
import { startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { outboxRig, type Test, telegramEdge } from './outbox-rig.ts';

const GROUP = -1_001_000_000_001;
const OTHER = -1_001_000_000_002;

const wish = (
  key: string,
  title: string,
  more: { readonly lane?: Lane; readonly chat?: number } = {},
): Wish => ({
  key,
  conversation: { platform: 'telegram', channel: String(more.chat ?? GROUP) },
  message: message(title),
  ...(more.lane === undefined ? {} : { lane: more.lane }),
});

async function telegramOutbox(test: Test) {
  const telegram = await startFakeTelegram({
    chats: [
      { id: GROUP, title: 'Operations' },
      { id: OTHER, title: 'Incidents' },
    ],
  });
  test.onTestFinished(() => telegram.close());
  const rig = await outboxRig(test, [telegramEdge(telegram)]);
  const shown = (chat = GROUP) => telegram.fromBot(chat).map(({ text }) => text);
  const stands = (text: RegExp, chat = GROUP) => telegram.expectMessage({ chat, text, within: 12_000 });
  return { telegram, shown, stands, ...rig };
}

describe.concurrent('the outbox before Telegram', () => {
  const doubtful: readonly (readonly [string, FaultKind, number])[] = [
    ['a cut before', { kind: 'cut before' }, 1],
    ['a cut after', { kind: 'cut after' }, 2],
    ['a proxy that answers', { kind: 'bad gateway' }, 1],
  ];
  it.for(doubtful)(
    'repeats once after %s, and says that it may stand twice',
    async ([_, how, times], test) => {
      const { telegram, shown, stands, want } = await telegramOutbox(test);
      telegram.fail({ method: 'sendMessage', how });
      await want(wish('card', 'running'));
      await stands(/running.*may stand here twice/s);
      await want(wish('card', 'succeeded', { lane: 'decision' }));
      await stands(/succeeded/);
      expect(shown().length).toBe(times);
      expect(shown().join()).not.toContain('may stand here twice');
    },
  );

  it('rests as long as Telegram asks, that group only, and says how many updates it merged', async (test) => {
    const { telegram, shown, stands, want } = await telegramOutbox(test);
    await want(wish('card', 'step 0'));
    await stands(/step 0/);
    const how = {
      kind: 'refuse',
      code: 429,
      description: 'Too Many Requests: retry after 4',
      retryAfter: 4,
    } as const;
    telegram.fail({ method: 'editMessageText', chat: GROUP, how });
    await want(wish('card', 'step 1', { lane: 'decision' }));
    await test.expect.poll(() => telegram.calls('editMessageText').length).toBe(1);
    const asked = Date.now();
    for (const step of [2, 3]) await want(wish('card', `step ${step}`, { lane: 'decision' }));
    await want(wish('elsewhere', 'elsewhere', { chat: OTHER }));
    await stands(/elsewhere/, OTHER);
    expect(Date.now() - asked).toBeLessThan(3000);
    await stands(/step 3.*3 updates merged/s);
    expect(Date.now() - asked).toBeGreaterThan(3900);
    expect(shown().length).toBe(1);
  });

  it('stays below twenty messages and edits in a minute of a group, and keeps one of them for an alarm', async (test) => {
    const { telegram, shown, stands, want } = await telegramOutbox(test);
    telegram.limitGroups(20);
    for (const count of [1, 2, 3, 4]) await want(wish(`line ${count}`, `line ${count}`));
    await stands(/line 2/);
    const at = Date.now();
    await want(wish('alarm', 'alarm', { lane: 'P0' }));
    await stands(/alarm/);
    expect(Date.now() - at).toBeLessThan(2500);
    await stands(/line 4/);
    expect(shown()).toEqual(
      ['line 1', 'line 2', 'alarm', 'line 3', 'line 4'].map((text) => expect.stringContaining(text)),
    );
  });

  it('repeats a file under another name when nobody knows whether it arrived', async (test) => {
    const { telegram, stands, want, journal } = await telegramOutbox(test);
    telegram.fail({ method: 'sendDocument', how: { kind: 'bad gateway' } });
    const file = { name: 'app.log', text: 'one\n' };
    await want({ ...wish('logs', 'logs'), message: message('logs', { file }) });
    await stands(/logs/);
    await test.expect
      .poll(async () => (await journal.deliveries.find('logs'))?.fileDue, { timeout: 9000 })
      .toBeUndefined();
    const names = telegram.fromBot(GROUP).flatMap(({ document }) => document?.name ?? []);
    expect(names).toEqual(['repeated-app.log']);
  });
});
