import type { PlacedCheck } from '../domain/configuration.ts';
import { formatDuration } from '../domain/duration.ts';
import { failed } from '../domain/outcome.ts';
import type { Fleet } from './fleet.ts';
import type { OwnExecutor } from './own-calls.ts';
import { type Look, ownResult, type Standing, type WaitingPorts, waitingExecutor } from './own-waiting.ts';
import { lookAtCheck } from './verify.ts';

/** What looking at checks needs. */
export interface CheckingPorts extends WaitingPorts {
  readonly fleet: Fleet;
}

/** Milliseconds between two looks: whoever is looked at has something else to do. */
const PAUSE_MS = 2000;

/** The checks of a step as they are configured now, each with its name. */
function checksOf(fleet: Fleet, { step }: Standing): readonly (readonly [string, PlacedCheck | undefined])[] {
  const { call, component } = step;
  if (call.kind !== 'check') throw new Error(`step ${step.id} looks at no check`);
  const service = fleet.configuration.services.find(
    ({ name, environment }) => name === component.service && environment === component.environment,
  );
  return call.checks.map((name) => [name, service?.checks.find((check) => check.name === name)]);
}

async function look({ fleet, now }: CheckingPorts, standing: Standing): Promise<Look> {
  const seen = await Promise.all(
    checksOf(fleet, standing).map(
      async ([name, check]): Promise<readonly [boolean, string]> =>
        check === undefined ? [false, `${name}: it is not configured any more`] : lookAtCheck(fleet, check),
    ),
  );
  const { record, step, endsAt } = standing;
  if (seen.every(([passes]) => passes))
    return ownResult(seen.map(([, text]) => text).join('\n'), Math.max(0, now() - record.startedAt));
  if (now() < endsAt) return 'still waits';
  const bad = seen.filter(([passes]) => !passes).map(([, text]) => text);
  return failed(
    'TARGET_NOT_VERIFIED',
    `not within ${formatDuration(step.deadlineMs)}: ${bad.join('; ')}; nothing after it was done`,
  );
}

/** Waits until checks of the service pass, at most as long as the step may take. */
export const checkExecutor = (ports: CheckingPorts): OwnExecutor =>
  waitingExecutor(ports, () => {
    let lookedAt = Number.NEGATIVE_INFINITY;
    return async (standing) => {
      const isOver = ports.now() >= standing.endsAt;
      if (!isOver && performance.now() - lookedAt < PAUSE_MS) return 'still waits';
      const seen = await look(ports, standing);
      lookedAt = performance.now();
      return seen;
    };
  });
