import type { Component, LogQuery, Read } from '../components/component.ts';
import type { ArgvCall } from '../domain/call.ts';
import type { PlacedComponent } from '../domain/configuration.ts';
import { type Diagnosis, doubtful, failure, good, wrong } from '../domain/diagnosis.ts';
import { componentKey } from '../domain/fleet.ts';
import { type Outcome, succeeded } from '../domain/outcome.ts';
import type { SudoRefusal } from './sudo.ts';

/** What looking at one component showed. */
export interface ComponentFindings {
  readonly diagnoses: readonly Diagnosis[];
  /** Calls that sudo refused meanwhile. */
  readonly refusals: readonly SudoRefusal[];
}

const DAY_MS = 86_400_000;

/** The shapes in which logs are asked for; each is another line of sudoers. */
const queries = (): readonly LogQuery[] => {
  const since = Date.now() - DAY_MS;
  return [
    { tail: 1, previous: false },
    { tail: 1, previous: false, since },
    { tail: 1, previous: true },
    { tail: 1, previous: true, since },
  ];
};

/** Looks once at a component as `status`, a plan and `logs` would. */
export async function examineComponent(
  placed: PlacedComponent,
  component: Component,
  read: Read,
): Promise<ComponentFindings> {
  const status = watched(read);
  const logs = watched(read, PRETENDED);
  const [seen, identity, ...lines] = await Promise.all([
    component.status(status.read),
    component.identity(status.read),
    ...queries().map((query) => component.logs(logs.read, query)),
  ]);
  const key = componentKey(placed.ref);
  const refusals = [
    ...status.refused.map(({ argv }) => ({ argv, optional: false })),
    ...logs.refused.map(({ argv }) => ({ argv, optional: true })),
  ];
  if (seen.kind !== 'succeeded') return { diagnoses: [unseen(key, seen)], refusals };
  const found = good(`${key}: ${seen.value.state}, ${seen.value.summary}`);
  const unknown =
    identity.kind === 'succeeded' ? [] : [failure(`${key}: its plans cannot be made`, identity)];
  return { diagnoses: [found, ...unknown, ...logTrouble(key, lines)], refusals };
}

/** The lines that sudo needs are told once, for the target. */
function unseen(key: string, seen: Exclude<Outcome<unknown>, { kind: 'succeeded' }>): Diagnosis {
  if (seen.code === 'TARGET_SUDO_DENIED')
    return wrong(`${key}: not seen, sudo refuses`, 'Mend sudo as said above.');
  return failure(key, seen);
}

function logTrouble(key: string, lines: readonly Outcome<unknown>[]): readonly Diagnosis[] {
  const told = lines.flatMap((line) => {
    if (line.kind === 'succeeded' || ['INPUT_NOT_SUPPORTED', 'TARGET_SUDO_DENIED'].includes(line.code))
      return [];
    const { text, mend } = failure(`${key}: logs`, line);
    return [doubtful(text, ...mend)];
  });
  return told.slice(0, 1);
}

/** What stands for an answer that sudo refuses, so that the calls which would come after it are known at once, too. */
const PRETENDED = JSON.stringify({
  Id: 'unseen',
  Image: 'unseen',
  RestartCount: 0,
  State: { Status: 'running', Running: true, StartedAt: '2026-01-01T00:00:00.000000000Z' },
  Config: { Image: 'unseen' },
});

function watched(read: Read, instead?: string): { readonly read: Read; readonly refused: ArgvCall[] } {
  const refused: ArgvCall[] = [];
  return {
    refused,
    read: async (call, bounds) => {
      const outcome = await read(call, bounds);
      if (outcome.kind !== 'failed' || outcome.code !== 'TARGET_SUDO_DENIED' || call.kind !== 'argv')
        return outcome;
      refused.push(call);
      return instead === undefined
        ? outcome
        : succeeded({ code: 0, stdout: instead, stderr: '', truncated: false, durationMs: 0 });
    },
  };
}
