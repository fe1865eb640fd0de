import { setTimeout } from 'node:timers/promises';
import type { OwnExecutor } from './own-calls.ts';
import { type Look, ownResult, type Standing, type WaitingPorts, waitingExecutor } from './own-waiting.ts';

const waitOf = ({ step }: Standing): number => {
  if (step.call.kind !== 'wait') throw new Error(`step ${step.id} does not wait`);
  return step.call.ms;
};

/** How much of a wait is left, in milliseconds; a clock that was set back makes no wait longer than it is. */
const leftOf = (standing: Standing, now: number): number =>
  Math.min(waitOf(standing), standing.record.startedAt + waitOf(standing) - now);

/** The last milliseconds are waited for at once: the next look may come later than that. */
const LAST_MS = 1000;

/** Waits for a while, counted on a clock that only goes forward from when this process took it over. */
export const waitExecutor = (ports: WaitingPorts): OwnExecutor =>
  waitingExecutor(ports, () => {
    let until: number | undefined;
    return async (standing): Promise<Look> => {
      until ??= performance.now() + leftOf(standing, ports.now());
      const left = until - performance.now();
      if (left >= LAST_MS) return 'still waits';
      await setTimeout(Math.max(0, left));
      return ownResult('', waitOf(standing));
    };
  });
