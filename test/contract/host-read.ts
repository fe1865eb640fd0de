import type { Component, ComponentAction, Read } from '../../src/components/component.ts';
import type { Call, CallResult } from '../../src/domain/call.ts';
import { failed, type Outcome, succeeded } from '../../src/domain/outcome.ts';
import { tryDocker } from '../rig/docker-cli.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';

/** Carries argv calls out on a rig host as a user of it; what an ssh target does, without the way there. */
export function hostRead(host: SystemdHost, user: string): Read {
  return async (call: Call): Promise<Outcome<CallResult>> => {
    if (call.kind !== 'argv') return failed('INPUT_NOT_SUPPORTED', `no ${call.kind} calls here`);
    const begun = performance.now();
    const where = call.cwd === undefined ? [] : ['-w', call.cwd];
    const sudo = call.sudo === true ? ['sudo', '-n'] : [];
    const ran = await tryDocker(['exec', '-u', user, ...where, host.containerId, ...sudo, ...call.argv]);
    const durationMs = Math.round(performance.now() - begun);
    return succeeded({
      code: ran.exitCode,
      stdout: `${ran.stdout}\n`,
      stderr: ran.stderr,
      truncated: false,
      durationMs,
    });
  };
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
    if (answer.kind !== 'succeeded') throw new Error(answer.message);
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
