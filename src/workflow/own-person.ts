import { formatDuration } from '../domain/duration.ts';
import { failed } from '../domain/outcome.ts';
import type { OwnExecutor } from './own-calls.ts';
import { type Look, ownResult, type Standing, type WaitingPorts, waitingExecutor } from './own-waiting.ts';

function look({ said, step, record, endsAt }: Standing, now: number): Look {
  if (said !== undefined) return ownResult('', Math.max(0, said.at - record.startedAt));
  if (now < endsAt) return 'still waits';
  return failed(
    'DENIED_EXPIRED',
    `nobody answered within ${formatDuration(step.deadlineMs)}; nothing after it was done`,
  );
}

/** Waits until a person has answered, at most as long as the step may take. */
export const personExecutor = (ports: WaitingPorts): OwnExecutor =>
  waitingExecutor(ports, () => async (standing) => look(standing, ports.now()));
