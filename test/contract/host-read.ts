import { randomUUID } from 'node:crypto';
import type { Component, ComponentAction, Read } from '../../src/components/component.ts';
import type { CallResult } from '../../src/domain/call.ts';
import type { Target } from '../../src/domain/fleet.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { Executor } from '../../src/executors/executor.ts';

/** Carries calls out on a target; `change` gives each a receipt, as the workflow does with steps. */
export function reach(executor: Executor, target: Target): { readonly read: Read; readonly change: Read } {
  const carryOut =
    (isChange: boolean): Read =>
    (call, bounds) =>
      executor.run({
        target,
        call,
        deadlineMs: bounds?.deadlineMs ?? 20_000,
        outputCapBytes: bounds?.outputCapBytes ?? 256_000,
        ...(isChange ? { receipt: randomUUID() } : {}),
      });
  return { read: carryOut(false), change: carryOut(true) };
}

/** Carries out the steps of an action, one after the other, and gives back their results. */
export async function perform(
  component: Component,
  action: ComponentAction,
  run: Read,
): Promise<readonly CallResult[]> {
  const results: CallResult[] = [];
  for (const step of component.steps(action)) {
    const answer = await run(step.call, { deadlineMs: step.deadlineMs });
    if (answer.kind !== 'succeeded') throw new Error(`${answer.code}: ${answer.message}`);
    results.push(answer.value);
    if (!step.acceptedCodes.includes(answer.value.code)) break;
  }
  return results;
}

/** The value of an outcome; throws its message where there is none. */
export function had<T>(outcome: Outcome<T>): T {
  if (outcome.kind === 'succeeded') return outcome.value;
  throw new Error(`${outcome.code}: ${outcome.message}`);
}
