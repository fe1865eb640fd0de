import type { Platform } from '../../src/domain/person.ts';
import type { Wish } from '../../src/workflow/deliveries.ts';
import { message } from '../contract/journal-samples.ts';

/** What is to be said in the torture: threads with a card each and a reply for every step but the last. */
export interface Scene {
  readonly platform: Extract<Platform, 'slack' | 'telegram'>;
  readonly channels: readonly string[];
  readonly threads: number;
  /** Messages of one thread, the card among them. */
  readonly messages: number;
  /** Milliseconds between two steps. */
  readonly everyMs: number;
  /** An alarm comes after every so many steps. */
  readonly alarmEvery: number;
}

/** One step of one thread: its card edited, and a reply below it. */
export interface SceneStep {
  readonly card: Wish;
  readonly reply: Wish;
}

const channelOf = ({ platform, channels }: Scene, thread: number) => ({
  platform,
  channel: channels[thread % channels.length] ?? '',
});

/** The key of a thread's card. */
export const cardKey = (thread: number): string => `T${thread} card`;

/** What a card reads at its end. */
export const finalTitle = (thread: number): string => `T${thread} done`;

function stepOf(scene: Scene, thread: number, step: number): SceneStep {
  const conversation = channelOf(scene, thread);
  const isLast = step === scene.messages - 1;
  return {
    card: {
      key: cardKey(thread),
      conversation,
      message: message(isLast ? finalTitle(thread) : `T${thread} at step ${step}`),
      lane: isLast ? 'decision' : 'progress',
    },
    reply: {
      key: `T${thread} reply ${step}`,
      conversation,
      message: message(`T${thread} says ${step}`),
      parent: cardKey(thread),
    },
  };
}

/** All steps in their order, the threads side by side. */
export function wishesOf(scene: Scene): readonly SceneStep[] {
  const steps: SceneStep[] = [];
  for (let step = 1; step < scene.messages; step += 1)
    for (let thread = 0; thread < scene.threads; thread += 1) steps.push(stepOf(scene, thread, step));
  return steps;
}

/** The alarm that goes off before the step at this index, if any. */
export function alarmsAfter(scene: Scene, index: number): Wish | undefined {
  if (index === 0 || index % scene.alarmEvery !== 0) return undefined;
  const number = index / scene.alarmEvery;
  return {
    key: `alarm ${number}`,
    conversation: channelOf(scene, number),
    message: message(`Alarm ${number}`),
    lane: 'P0',
  };
}

/** The keys of everything that is to stand there at the end, once each. */
export function keysOf(scene: Scene): readonly string[] {
  const steps = wishesOf(scene);
  const alarms = steps.map((_, index) => alarmsAfter(scene, index)?.key).filter((key) => key !== undefined);
  const cards = Array.from({ length: scene.threads }, (_, thread) => cardKey(thread));
  return [...cards, ...steps.map((step) => step.reply.key), ...alarms].toSorted();
}
