import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WireUpdate } from '../fakes/telegram/wire-types.ts';
import {
  ANA_ON_TELEGRAM,
  GROUP,
  GROUPS,
  openTelegramStage,
  type PublicStage,
  send,
  TELEGRAM_SECRET,
} from './chat-public.ts';
import { judged, rounds } from './chat-stage.ts';

const NOBODY = 999;
const ROUNDS = rounds(1, 5);
const PROGRAMS = ['app0', 'app1', 'app2', 'app3'] as const;
const MINUTES = 60_000;

interface Asked {
  readonly mark: string;
  readonly chat: number;
  readonly updateId: number;
}

describe.each(['polling', 'webhook'] as const)(
  '#7 Telegram delivers as it likes, %s',
  (way) => {
    let stage: PublicStage;
    const asked: Asked[] = [];
    let tries = 0;

    beforeAll(async () => {
      stage = await openTelegramStage(way, PROGRAMS);
    });
    afterAll(() => stage?.close());

    const groupOf = (number: number): number => GROUPS[number % GROUPS.length] ?? GROUP;
    const lineOf = (number: number): string =>
      `/ops restart shop/${PROGRAMS[number % PROGRAMS.length]} --reason "round ${number}."`;

    function asks(): Asked {
      const number = asked.length;
      const chat = groupOf(number);
      const { updateId = 0 } = stage.telegram.say({ user: ANA_ON_TELEGRAM, chat, text: lineOf(number) });
      const one = { mark: `round ${number}.`, chat, updateId };
      asked.push(one);
      return one;
    }

    const endOf = ({ mark, chat }: Asked) =>
      stage.telegram.expectMessage({
        chat,
        text: new RegExp(`· succeeded[\\s\\S]*${mark.replace('.', '\\.')}[\\s\\S]*· plan`),
        within: 30_000,
      });

    const updateOf = (id: number): WireUpdate => {
      const found = stage.telegram.state.updates.ever.find(({ update_id }) => update_id === id);
      if (found === undefined) throw new Error(`there was no update ${id}`);
      return found;
    };

    /** Telegram calls with each of these, whatever was confirmed. */
    async function call(updates: readonly WireUpdate[]): Promise<void> {
      const headers = { 'x-telegram-bot-api-secret-token': TELEGRAM_SECRET };
      for (const update of updates) {
        const body = Buffer.from(JSON.stringify(update));
        expect((await send(`${stage.scene.publicUrl}/telegram/webhook`, { headers, body })).status).toBe(200);
      }
    }

    /** Our offset is lost with the process, so a poll gets them once more. A crash right after an answer has that given again, too. */
    async function lose(updates: readonly WireUpdate[], crash: boolean): Promise<void> {
      const { updates: queue } = stage.telegram.state;
      await (crash ? stage.scene.bot.kill() : stage.stop());
      for (const { update_id, ...content } of updates) {
        queue.continueAt(update_id);
        for (const [kind, body] of Object.entries(content)) queue.push(kind, body);
      }
      queue.continueAt(1000 + Math.max(...queue.ever.map(({ update_id }) => update_id)));
      await stage.boot();
      await stage.scene.bot.until(() => queue.pending.length === 0);
    }

    /** Updates as they are, in this order, once more. */
    async function deliver(updates: readonly WireUpdate[], crash = true): Promise<void> {
      tries += updates.length;
      await (way === 'webhook' ? call(updates) : lose(updates, crash));
    }

    const recorded = (): Promise<void> =>
      stage.scene.bot.until(() => stage.telegram.state.updates.pending.length === 0);

    it('the same updates again, while they are worked on and in another order: one change each', async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const [first, second] = [asks(), asks()];
        await recorded();
        const same = [second, first, first].map(({ updateId }) => updateOf(updateId));
        await deliver([...same, ...same]);
      }
      for (const one of asked) await endOf(one);
    });

    it('ids that begin anew, and fall: one change each', async () => {
      const like = updateOf(asked[0]?.updateId ?? 0);
      const fresh = [500, 20, 300].map((id): WireUpdate => {
        const number = asked.length;
        const chat = groupOf(number);
        asked.push({ mark: `round ${number}.`, chat, updateId: id });
        const message = Object(like.message);
        return {
          update_id: id,
          message: { ...message, chat: { ...message.chat, id: chat }, text: lineOf(number) },
        };
      });
      await deliver(fresh);
      for (const one of asked) await endOf(one);
    });

    it('somebody unknown: nothing is done, told once, one row however often it comes', async () => {
      const { updateId = 0 } = stage.telegram.say({
        user: NOBODY,
        chat: GROUP,
        text: '/ops restart shop/app0',
      });
      await stage.telegram.expectMessage({ chat: GROUP, text: /does not know you \(telegram:999\)/ });
      const same = updateOf(updateId);
      await deliver([same, same, same], false);
      const told = stage.telegram.fromBot(GROUP).filter(({ text }) => text.includes('does not know you'));
      expect(told).toHaveLength(1);
    });

    it('a line, and a bare /ops, that waited while nobody listened: refused, told once', async () => {
      await stage.stop();
      stage.telegram.advance(-20 * MINUTES);
      const late = ['/ops restart shop/app1 --reason "too late"', '/ops'].map((text) =>
        stage.telegram.say({ user: ANA_ON_TELEGRAM, chat: GROUP, text }),
      );
      stage.telegram.advance(20 * MINUTES);
      await stage.boot();
      const told = () => stage.telegram.fromBot(GROUP).filter(({ text }) => text.includes('20 minutes late'));
      await stage.scene.bot.until(() => told().length === 2);
      await recorded();
      await deliver(
        late.map(({ updateId = 0 }) => updateOf(updateId)),
        false,
      );
      expect(told()).toHaveLength(2);
    });

    it('the audit has one row for each of those, and nothing is twice, lost or silent', async () => {
      const records = await stage.scene.audit();
      const refused = (code: string) =>
        records.filter((one) => one.event === 'line refused' && one.code === code);
      expect(refused('DENIED_UNKNOWN_PERSON')).toMatchObject([{ actor: 'telegram:999' }]);
      expect(refused('DENIED_STALE')).toMatchObject([{ actor: 'ana' }, { actor: 'ana' }]);
      // The webhook answers what it knows itself; only after a restart it is the inbox that knows.
      const again = records.filter(({ event }) => event === 'line came again');
      expect(again.length > 0).toBe(way === 'polling');
      const verdict = await judged(stage.scene, {
        fault: `#7 Telegram replay, order, lost offset (${way})`,
        tries,
        accepted: asked.map(({ mark }) => mark),
        components: PROGRAMS.map((name) => `shop/${name}`),
        telegram: { fake: stage.telegram, chats: GROUPS },
      });
      expect(verdict.problems).toEqual([]);
      expect(verdict.states).toEqual({ succeeded: asked.length });
    });
  },
  120_000,
);
