import { setTimeout as pause } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { DockerCall } from '../../domain/call.ts';
import type { Begun, Reconciliation } from '../executor.ts';
import { containerEvents, engineTime, inspectContainer } from './engine-api.ts';
import { type Evidence, judge, readEvidence } from './judge.ts';

/** A request already in the engine's hands shows itself within this time, milliseconds. */
const SETTLE_MS = 1_000;

/** A begun write, and how long the engine may be asked about it. */
export interface Question {
  readonly call: DockerCall;
  readonly begun: Begun;
  readonly signal: AbortSignal;
}

/** Asks the engine what became of a begun write; reads only. Throws what docker-modem throws. */
export async function reconcileWrite(docker: Docker, question: Question): Promise<Reconciliation> {
  const before = readEvidence(question.begun.evidence);
  if (before === undefined)
    return { kind: 'cannot tell', why: 'nothing was remembered of the container before the step' };
  const first = await look(docker, question, before);
  if (first.kind !== 'did not happen' && first.kind !== 'cannot tell') return first;
  // The engine may only just have taken the request up (it was frozen, or is between two of its own steps).
  await pause(SETTLE_MS, undefined, { signal: question.signal });
  return look(docker, question, before);
}

async function look(docker: Docker, question: Question, before: Evidence): Promise<Reconciliation> {
  const { call, signal } = question;
  const now = await inspectContainer(docker, call.container, signal);
  const engineNow = await engineTime(docker, signal);
  const wanted = { id: before.id, since: before.engine_time, until: engineNow };
  const events = await containerEvents(docker, wanted, signal);
  return judge({ call, before, now, events, engineNow });
}
