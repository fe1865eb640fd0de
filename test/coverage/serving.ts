import { type ReadLine, readLine } from '../../src/dispatch/read-line.ts';
import type { Effect } from '../../src/domain/call.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { planSteps } from '../../src/domain/plan.ts';
import type { Ground } from './ground.ts';
import { CANARY, textOfCall } from './recorder.ts';
import type { Served } from './served.ts';
import { settingAt } from './settings.ts';

/** What comes of asking for what serves a row. */
export interface Serving {
  /** The most that it may do; undefined where there is no telling. */
  readonly risk: Effect | undefined;
  /** Each call as one line. */
  readonly calls: readonly string[];
  readonly complaints: readonly string[];
}

const ORDER: readonly Effect[] = ['read', 'change', 'destructive'];

const refused = (complaint: string): Serving => ({ risk: undefined, calls: [], complaints: [complaint] });

const said = (outcome: Exclude<Outcome<unknown>, { readonly kind: 'succeeded' }>): string =>
  `${outcome.code}: ${outcome.message}`;

type Typed = Extract<Served, { readonly line: string }>;

async function answered(ground: Ground, read: ReadLine): Promise<Serving> {
  const { command, args, subjects } = read;
  if (command.kind !== 'read') throw new Error(`${command.name} answers nothing`);
  const answer = await command.answer(ground.context, args, subjects);
  await ground.lookAgain();
  const calls = ground.takeCalls();
  if (answer.kind !== 'succeeded') return refused(said(answer));
  return {
    risk: 'read',
    calls,
    complaints: [
      ...(calls.length === 0 ? ['it looks at nothing: no call, no check, no component'] : []),
      ...(JSON.stringify(answer.value.message).includes(CANARY) ? ['its answer shows a secret'] : []),
    ],
  };
}

async function planned(ground: Ground, read: ReadLine, by: Typed['by']): Promise<Serving> {
  const { command, args, subjects } = read;
  if (command.kind !== 'change') throw new Error(`${command.name} plans nothing`);
  const plan = await command.plan(ground.context, args, subjects);
  ground.takeCalls();
  if (plan.kind !== 'succeeded') return refused(said(plan));
  const steps = planSteps(plan.value);
  const byHand = steps.some(({ call }) => call.kind === 'person' && call.asks === 'by hand');
  return {
    // What policy is asked about.
    risk: plan.value.risk,
    calls: steps.map(({ call }) => textOfCall(call)),
    complaints: [
      ...(steps.length === 0 ? ['it plans no step'] : []),
      ...steps
        .filter(({ effect }) => ORDER.indexOf(effect) > ORDER.indexOf(plan.value.risk))
        .map(
          ({ id, effect }) => `its step ${id} is ${effect}, and policy is asked about a ${plan.value.risk}`,
        ),
      ...(by === 'manual' && !byHand ? ['it has no step by hand'] : []),
      ...(JSON.stringify(plan.value).includes(CANARY) ? ['its plan shows a secret'] : []),
    ],
  };
}

async function recorded(ground: Ground, read: ReadLine): Promise<Serving> {
  const { command, args, subjects } = read;
  if (command.kind !== 'record') throw new Error(`${command.name} records nothing`);
  const preview = await command.preview(ground.context, args, subjects);
  if (preview.kind !== 'succeeded') return refused(said(preview));
  return { risk: 'change', calls: [preview.value], complaints: [] };
}

async function typed(ground: Ground, { by, line }: Typed): Promise<Serving> {
  if (by === 'line' && line.startsWith('run ')) return refused('a procedure is not served by a line: say so');
  const read = readLine(line, ground.context.commands, ground);
  if (read.kind !== 'succeeded') return refused(said(read));
  ground.takeCalls();
  const { kind } = read.value.command;
  if (kind === 'read') return answered(ground, read.value);
  return kind === 'change' ? planned(ground, read.value, by) : recorded(ground, read.value);
}

async function looked(ground: Ground, service: string, name: string): Promise<Serving> {
  const placed = ground.configuration.services
    .filter((candidate) => candidate.name === service)
    .flatMap(({ checks }) => checks.filter((check) => check.name === name));
  const [check] = placed;
  if (check === undefined) return refused(`${service} has no check ${name}`);
  ground.takeCalls();
  await ground.look(check);
  const calls = ground.takeCalls();
  return { risk: 'read', calls, complaints: calls.length === 0 ? ['it looks at nothing'] : [] };
}

/** Asks for what serves a row, on a fleet that carries nothing out. */
export async function serve(ground: Ground, served: Served): Promise<Serving> {
  switch (served.by) {
    case 'nothing':
      return { risk: undefined, calls: [], complaints: [] };
    case 'setting': {
      const value = await settingAt(served.path);
      if (value === undefined) return refused(`there is no setting ${served.path}`);
      // Somebody edits it, and somebody else reviews that.
      return { risk: 'change', calls: [JSON.stringify(value)], complaints: [] };
    }
    case 'check':
      return looked(ground, served.service, served.check);
    default:
      return typed(ground, served);
  }
}
