import { describe, expect, it } from 'vitest';
import { takeoverIn } from '../../src/workflow/takeover.ts';
import { auditEvents } from '../contract/journal-samples.ts';
import { message, slackEdge } from '../contract/slack-rig.ts';
import { readable } from '../fakes/slack/content.ts';
import { startFakeSlack } from '../fakes/slack/fake-slack.ts';
import { startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { outboxRig, slackWish, type Test, telegramEdge } from './outbox-rig.ts';

const GROUP = -1_001_000_000_001;
const AFTER_MS = 1500;
const SILENCE = { kind: 'http', status: 503, times: 1000 } as const;

async function bothChats(test: Test) {
  const slack = await startFakeSlack();
  const telegram = await startFakeTelegram({ chats: [{ id: GROUP, title: 'Operations' }] });
  test.onTestFinished(async () => {
    await slack.stop();
    await telegram.close();
  });
  const takeover = takeoverIn({
    slack: { team: 'T0TEAM', channels: { operations: 'C0OPS', incidents: 'C0INC' } },
    telegram: { chats: { operations: String(GROUP) } },
    takeoverMs: AFTER_MS,
  });
  const chats = [slackEdge(slack, { timeoutMs: 500 }).chat, telegramEdge(telegram)];
  const inTelegram = () => telegram.fromBot(GROUP).map(({ text }) => text);
  return { slack, telegram, inTelegram, ...(await outboxRig(test, chats, { takeover })) };
}

describe.concurrent('a chat that does not answer', () => {
  it('is stood in for by the other one, for what is urgent, and is told so once when it is back', async (test) => {
    const { slack, telegram, inTelegram, want, journal } = await bothChats(test);
    slack.faults.script(SILENCE);
    const act = [{ label: 'Acknowledge', line: 'ack I-1', style: 'primary' }] as const;
    await want(
      slackWish('I-1 card slack:C0OPS', message('mongodb is down', { actions: act }), { lane: 'P0' }),
    );
    await want(
      slackWish('I-1 page', message('who is awake?'), { lane: 'P0', parent: 'I-1 card slack:C0OPS' }),
    );
    await want(slackWish('C-1 card slack:C0OPS', message('restart goes on')));
    await want(slackWish('I-2 card slack:C0INC', message('no such place'), { lane: 'P0', channel: 'C0INC' }));
    await telegram.expectMessage({
      chat: GROUP,
      text: /mongodb is down.*Slack does not answer/s,
      within: 9000,
    });
    await want(slackWish('I-1 card slack:C0OPS', message('mongodb is up', { actions: act }), { lane: 'P0' }));
    await telegram.expectMessage({ chat: GROUP, text: /mongodb is up/, within: 9000 });
    await telegram.expectMessage({ chat: GROUP, text: /who is awake/, within: 9000 });
    expect(inTelegram().length).toBe(2);
    slack.faults.clear();
    await slack.expectMessage({ channel: 'C0OPS', match: 'Slack answers again', withinMs: 20_000 });
    await telegram.expectMessage({ chat: GROUP, text: /mongodb is up.*it goes on there/s, within: 9000 });
    await slack.expectMessage({ channel: 'C0OPS', match: 'restart goes on', withinMs: 9000 });
    const texts = slack.messages('C0OPS').map(({ look }) => readable(look));
    expect(texts.filter((text) => text.includes('mongodb is up')).length).toBe(1);
    expect(texts.filter((text) => text.includes('answers again')).length).toBe(1);
    expect(telegram.fromBot(GROUP)[0]?.keyboard ?? []).toEqual([]);
    expect(inTelegram().join()).not.toContain('no such place');
    expect(inTelegram().join()).not.toContain('restart goes on');
    expect(await auditEvents(journal)).toEqual([]);
  });

  it('needs nobody for what stands in the other one anyway', async (test) => {
    const { slack, telegram, inTelegram, want, journal } = await bothChats(test);
    slack.faults.script(SILENCE);
    const copy = { platform: 'telegram', channel: String(GROUP) } as const;
    await want({
      key: `C-1 card telegram:${GROUP}`,
      conversation: copy,
      message: message('approve?'),
      lane: 'decision',
    });
    await want(slackWish('C-1 card slack:C0OPS', message('approve?'), { lane: 'decision' }));
    await want(slackWish('note', message('something else'), { lane: 'decision' }));
    await telegram.expectMessage({ chat: GROUP, text: /something else/, within: 9000 });
    expect(inTelegram().filter((text) => text.includes('approve?')).length).toBe(1);
    expect((await journal.deliveries.find('C-1 card slack:C0OPS'))?.attempts).toBeGreaterThan(0);
  });
});
