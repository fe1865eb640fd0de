import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect } from 'vitest';
import { connected } from './slack-rig.ts';
import { strangeCalls } from './slack-schema.ts';

/** A connected edge with the fake it talks to. */
export type SlackRig = Awaited<ReturnType<typeof connected>>;

/** Rigs that are closed after each test, which fails when a promise was rejected and nobody caught it, or a call was not as Slack's reference says. */
export const slackRigs = (always: Parameters<typeof connected>[0] = {}) => {
  const closing: (() => Promise<void>)[] = [];
  const rigs: SlackRig[] = [];
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', note);
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    // Node reports a rejection only once the microtasks are done.
    await pause(20);
    process.off('unhandledRejection', note);
    expect(unhandled, 'rejections nobody caught').toEqual([]);
    const calls = rigs.splice(0).flatMap(({ slack }) => slack.received);
    expect(strangeCalls(calls), "calls against Slack's reference").toEqual([]);
  });
  const start = async (options: Parameters<typeof connected>[0] = {}): Promise<SlackRig> => {
    const rig = await connected({ ...always, ...options });
    closing.push(rig.stop);
    rigs.push(rig);
    return rig;
  };
  return { closing, start };
};
