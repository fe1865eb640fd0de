import { describe, expect, onTestFinished, test } from 'vitest';
import type { Chat } from '../../src/chat/chat.ts';
import { deliver } from '../../src/workflow/deliver.ts';
import { putOff } from '../../src/workflow/put-off.ts';
import { seatBot } from '../fakes/telegram/methods-member.ts';
import { sqliteBench } from './journal-sqlite.ts';
import { ANA, FORUM, GROUP, logText, note, started, type TelegramRig, telegramRig } from './telegram-rig.ts';

const NAME = 'INC-7 karmabot: HighErrorRate';

/** An incident's message and what its thread says, on a real journal, one step of the outbox at a time. */
async function incidentIn(channel: number, rig: TelegramRig) {
  const bench = await sqliteBench();
  onTestFinished(() => bench.remove());
  const { journal } = bench;
  const { deliveries } = journal;
  const place = `telegram:${channel}`;
  const conversation = { platform: 'telegram', channel: String(channel) } as const;
  const key = `INC-7 card ${place}`;
  let now = 1_000_000;
  return {
    key,
    deliveries,
    conversation,
    show: (title: string) =>
      deliveries.want({ key, conversation, message: note(title, { topic: NAME }) }, now),
    say: (title: string) =>
      deliveries.want(
        { key: `INC-7 said ${title} ${place}`, conversation, message: note(title), parent: key },
        now,
      ),
    /** Makes every step that is due until nothing is left. */
    async settle(chat: Chat = rig.chat, most = 20): Promise<void> {
      for (let steps = 0; steps < most; steps += 1) {
        now += 60_000;
        const [next] = await deliveries.pending('telegram', now);
        const delivery =
          next && (await deliveries.claim(next.key, now, { place, pacedOut: 0, restUntil: 0 }));
        if (delivery === undefined) return;
        const refusal = await deliver({ deliveries, chat, delivery, hindered: false });
        if (refusal !== undefined)
          await putOff({ journal, now: () => now, onError: () => {} }, delivery, refusal);
      }
    },
  };
}

async function forumRig(mayManage = true): Promise<TelegramRig> {
  const rig = await telegramRig();
  if (mayManage) seatBot(rig.telegram.state, FORUM, { status: 'administrator', can_manage_topics: true });
  return rig;
}

const shownIn = ({ telegram }: TelegramRig, chat: number) =>
  telegram.fromBot(chat).map(({ text, thread }) => [text, thread]);

/** The topics that the bot opened. */
const topicsOf = ({ telegram }: TelegramRig): readonly number[] =>
  telegram.state.world
    .standing(FORUM)
    .filter(({ wire }) => wire.message_id === wire.message_thread_id)
    .map(({ wire }) => wire.message_id);

describe('the topic of an incident', () => {
  test('holds its message and its thread; what is typed in it is about the incident', async () => {
    const rig = await forumRig();
    const { telegram, heard } = rig;
    const incident = await incidentIn(FORUM, rig);
    await incident.show('firing');
    await incident.say('called');
    await incident.settle();
    await incident.show('acknowledged');
    await incident.say('taken');
    await incident.settle();
    const [topic] = topicsOf(rig);
    expect(telegram.calls('createForumTopic')).toMatchObject([{ values: { name: NAME } }]);
    expect(shownIn(rig, FORUM)).toEqual([
      ['acknowledged', topic],
      ['called', topic],
      ['taken', topic],
    ]);
    telegram.say({
      user: ANA,
      chat: FORUM,
      ...(topic === undefined ? {} : { thread: topic }),
      text: '/ops ack',
    });
    const { conversation } = await heard();
    expect((await incident.deliveries.ofTopic(conversation))?.key).toBe(incident.key);
    const elsewhere = { ...conversation, thread: '99' };
    expect(await incident.deliveries.ofTopic(elsewhere)).toBeUndefined();
    expect(await incident.deliveries.ofTopic(incident.conversation)).toBeUndefined();
  });

  test.each([
    ['in a group without topics', GROUP, 0],
    ['without the right to open any', FORUM, 1],
  ])('%s there is a reply chain', async (_, chat, notes) => {
    const rig = await forumRig(false);
    const incident = await incidentIn(chat, rig);
    await incident.show('firing');
    await incident.say('called');
    await incident.settle();
    const [root] = rig.telegram.fromBot(chat);
    expect(rig.telegram.fromBot(chat)).toMatchObject([
      { text: 'firing', thread: undefined },
      { text: 'called', replyTo: root?.messageId, thread: undefined },
    ]);
    const again = await incidentIn(chat, rig);
    await again.show('another');
    await again.settle();
    expect(logText(rig).split('incidents are reply chains')).toHaveLength(notes + 1);
  });

  test('is found again after a restart before anything was said in it', async () => {
    const rig = await forumRig();
    const incident = await incidentIn(FORUM, rig);
    await incident.show('firing');
    await incident.settle(rig.chat, 1);
    expect([topicsOf(rig).length, shownIn(rig, FORUM)]).toEqual([1, []]);
    await rig.chat.stop();
    const chat = rig.again();
    await started(chat);
    await incident.show('still firing');
    await incident.settle(chat);
    expect(shownIn(rig, FORUM)).toEqual([['still firing', topicsOf(rig)[0]]]);
    expect(topicsOf(rig)).toHaveLength(1);
  });

  test.each([
    ['once: one more, and the first stays empty', 1, 2],
    ['twice: it does without', 2, 2],
  ])('whose answer is lost %s', async (_, times, topics) => {
    const rig = await forumRig();
    rig.telegram.fail({ method: 'createForumTopic', times, how: { kind: 'cut after' } });
    const incident = await incidentIn(FORUM, rig);
    await incident.show('firing');
    await incident.say('called');
    await incident.settle();
    const thread = times === 1 ? topicsOf(rig).at(-1) : undefined;
    expect(topicsOf(rig)).toHaveLength(topics);
    expect(shownIn(rig, FORUM)).toEqual([
      ['firing', thread],
      ['called', thread],
    ]);
  });

  test('waits while Telegram asks for it', async () => {
    const rig = await forumRig();
    const how = { kind: 'refuse', code: 429, description: 'Too Many Requests', retryAfter: 3 } as const;
    rig.telegram.fail({ method: 'createForumTopic', how });
    const incident = await incidentIn(FORUM, rig);
    await incident.show('firing');
    await incident.settle();
    expect(shownIn(rig, FORUM)).toEqual([['firing', topicsOf(rig)[0]]]);
  });

  test.each([['closed'], ['deleted']] as const)('%s by somebody: all is said outside of it', async (how) => {
    const rig = await forumRig();
    const { telegram } = rig;
    const incident = await incidentIn(FORUM, rig);
    await incident.show('firing');
    await incident.settle();
    const [topic = 0] = topicsOf(rig);
    if (how === 'closed') telegram.closeTopic(FORUM, topic);
    else telegram.deleteTopic(FORUM, topic);
    await incident.say('called');
    await incident.show('acknowledged');
    await incident.settle();
    const inside = how === 'closed' ? [['acknowledged', topic]] : [];
    const outside = how === 'closed' ? [] : [['acknowledged', undefined]];
    expect(new Set(shownIn(rig, FORUM))).toEqual(new Set([...inside, ['called', undefined], ...outside]));
    expect(logText(rig).split('a topic is closed or gone')).toHaveLength(2);
    expect(topicsOf(rig).length).toBeLessThanOrEqual(1);
  });
});
