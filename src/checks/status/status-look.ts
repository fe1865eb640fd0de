import type { ComponentStatus } from '../../domain/fleet.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { Look } from '../check.ts';

const VERDICTS: Readonly<Record<ComponentStatus['state'], Verdict>> = {
  running: 'pass',
  restarting: 'warn',
  stopped: 'fail',
  failing: 'fail',
  unknown: 'unknown',
};

/** What a status means as a finding. */
export const statusLook = (name: string, status: ComponentStatus): Look => ({
  verdict: VERDICTS[status.state],
  summary: `${name}: ${status.summary}`.slice(0, 200),
});

/** Ends a look when its time is over, whatever the target does. */
export async function untilSignal(look: Promise<Look>, signal: AbortSignal): Promise<Look> {
  const { promise: over, resolve } = Promise.withResolvers<Look>();
  const end = () => resolve({ verdict: 'unknown', summary: 'the target did not answer in time' });
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  const first = await Promise.race([look, over]);
  signal.removeEventListener('abort', end);
  return first;
}
