import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readable } from '../fakes/slack/content.ts';
import type { Ack, Delivery } from '../fakes/slack/delivery.ts';
import type { FakeMessage } from '../fakes/slack/types.ts';
import type { FakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import type { Scene } from '../story/stage/scene.ts';
import { judgeRun, rowOf, saidIn, type Verdict } from './oracle.ts';
import { reportFault } from './table.ts';

/** So many rounds in the short form, so many in the long one (`BOTSWAIN_FAULT_LONG=1`). */
export const rounds = (short: number, long: number): number =>
  process.env.BOTSWAIN_FAULT_LONG === '1' ? long : short;

/** Numbers from 0 to 1 that are the same in every run of one seed (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** One of these, by chance. */
export function oneOf<T>(random: () => number, choices: readonly T[]): T {
  const choice = choices[Math.floor(random() * choices.length)];
  if (choice === undefined) throw new Error('there is nothing to choose from');
  return choice;
}

/** Does something a little later, at most `mostMs`. */
export async function soon<T>(random: () => number, mostMs: number, act: () => Promise<T>): Promise<T> {
  const wait = random() * mostMs;
  if (wait >= 1) await pause(wait);
  return act();
}

const FINAL = /\*(succeeded|not verified|failed|denied|expired|voided|cancelled|unknown)\*/;

/** The delivery of something that reached the bot. */
export function deliveryOf(ack: Ack): Delivery {
  if (ack.delivery === undefined) throw new Error(`it was never delivered: ${JSON.stringify(ack)}`);
  return ack.delivery;
}

/** The cards in C0OPS that have this mark in them. */
export const cardsWith = ({ slack }: Scene, mark: string): readonly FakeMessage[] =>
  slack.messages('C0OPS').filter(({ by_bot, look }) => by_bot && readable(look).includes(mark));

/** Waits until the cards with all these marks show how their changes ended. */
export async function ended(scene: Scene, marks: readonly string[], withinMs = 40_000): Promise<void> {
  const open = (): readonly string[] =>
    marks.filter((mark) => !cardsWith(scene, mark).some(({ look }) => FINAL.test(readable(look))));
  await scene.bot
    .until(() => open().length === 0, withinMs)
    .catch((error: unknown) => {
      throw new Error(`no end is shown of ${open().join(', ')}:\n${String(error)}`);
    });
}

/** What is to be judged once a fault was put in often enough. */
export interface Trial {
  /** `#5 two approvers at once` */
  readonly fault: string;
  readonly tries: number;
  /** A text of each acknowledged line that only it has. */
  readonly accepted: readonly string[];
  /** Components whose programs stand in the yard under the same name: `shop/app`. */
  readonly components: readonly string[];
  readonly telegram?: { readonly fake: FakeTelegram; readonly chats: readonly number[] };
}

/** Stops the bot, asks the global oracle, and adds the row to the table. */
export async function judged(scene: Scene, trial: Trial): Promise<Verdict> {
  await scene.bot.stop();
  const { fault, tries, accepted, components, telegram } = trial;
  const elsewhere =
    telegram?.chats.flatMap((chat) => telegram.fake.fromBot(chat).map(({ text }) => text)) ?? [];
  const verdict = await judgeRun({
    data: join(scene.bot.folder, 'data'),
    said: [...saidIn(scene.slack), ...elsewhere],
    effects: components.flatMap((key) =>
      Array.from({ length: scene.yard.starts(key.split('/')[1] ?? '') }, () => ({
        component: `${key}@production`,
      })),
    ),
    accepted,
  });
  reportFault(rowOf(fault, tries, verdict));
  return verdict;
}

/** Several programs, so that the changes of a test need not wait for each other's lock. */
export const programsOf =
  (names: readonly string[]) =>
  async (yard: Scene['yard']): Promise<Record<string, Record<string, unknown>>> =>
    Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await yard.program(name)] as const)),
    );
