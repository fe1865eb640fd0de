import type { OwnExecutor } from './own-calls.ts';
import { type Look, ownResult, type Standing, type WaitingPorts, waitingExecutor } from './own-waiting.ts';

const waitOf = ({ step }: Standing): number => {
  if (step.call.kind !== 'wait') throw new Error(`step ${step.id} does not wait`);
  return step.call.ms;
};

/** How much of a wait is left, in milliseconds; a clock that was set back makes no wait longer than it is. */
const leftOf = (standing: Standing, now: number): number =>
  Math.min(waitOf(standing), standing.record.startedAt + waitOf(standing) - now);

/** Waits for a while, counted on a clock that only goes forward from when this process took it over. */
export const waitExecutor = (ports: WaitingPorts): OwnExecutor =>
  waitingExecutor(ports, () => {
    let until: number | undefined;
    return async (standing): Promise<Look> => {
      until ??= performance.now() + leftOf(standing, ports.now());
      return performance.now() < until ? 'still waits' : ownResult('', waitOf(standing));
    };
  });
