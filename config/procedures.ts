import { z } from 'zod';
import type { PlacedProcedure } from '../src/domain/procedure.ts';
import { line, name, oneOrMore, someDuration, variableName } from './fields.ts';
import type { ServiceHere } from './place.ts';
import { parameter } from './procedure-parameters.ts';
import { placeProcedure } from './procedure-place.ts';
import { step } from './procedure-steps.ts';
import { entry, text } from './read.ts';

const procedure = z.strictObject({
  title: line.describe('what it does, as people read it: `end one database connection`'),
  risk: z
    .enum(['read', 'change', 'destructive'])
    .describe(
      'what it may do at most: at least the greatest effect of its steps; a read runs at once, others become a plan',
    ),
  component: name.describe(
    'the component it is about: where its steps run, what is locked, what is verified at the end',
  ),
  runbook: oneOrMore(
    z.string().regex(/^[\w./-]+:\d+$/, 'not a place in a runbook\nwrite FILE:LINE, like karmabot.md:120'),
  )
    .default([])
    .describe('the lines of the runbooks it comes from: `karmabot.md:120`'),
  note: z
    .string()
    .min(1)
    .max(2000)
    .optional()
    .describe('shown by `procedures`: where the runbook misleads and what is done instead'),
  parameters: z
    .record(variableName, parameter)
    .default({})
    .describe('what it is told when it is run, by name: `{pid}` in a step stands for `pid=4711`'),
  folder: z
    .string()
    .startsWith('/', 'not an absolute path\nstart it with /')
    .optional()
    .describe('working directory of its programs'),
  user: line.optional().describe('account its programs run as, through `sudo -n -u`'),
  sudo: z.boolean().optional().describe('whether its programs run as root, through `sudo -n`'),
  timeout: someDuration.optional().describe('how long each program, request or check may take; default `1m`'),
  steps: z
    .array(step)
    .min(1)
    .max(60)
    .describe(
      'what is done, in this order; each is one of run, http, ask, by_hand, wait, check, restart, recreate, start, stop, backup',
    ),
  verify: z
    .boolean()
    .default(true)
    .describe('whether its component is looked at in the end, as after a restart; a read never is'),
  schedule: z.literal('none').optional().describe('`none` = the calendar may not run it'),
});

/** A procedure as the schema reads it. */
export type ProcedureSetting = z.infer<typeof procedure>;

/** What a service file says under `procedures`. */
export const proceduresSetting = z
  .record(name, procedure)
  .default({})
  .describe('operations of several steps, by name, for `run`');

/** Puts `procedures` of a service's file into the shape the program works with. */
export function placeProcedures({ value }: ServiceHere): readonly PlacedProcedure[] {
  const targetOf = (component: string): string =>
    text(entry(value.components[component]).target) ?? value.target ?? '';
  return Object.entries(value.procedures).map(([key, given]) => placeProcedure(key, given, targetOf));
}
