import { z } from 'zod';
import { privately } from '../src/dispatch/answers.ts';
import { type Argument, idWord, value } from '../src/dispatch/argument.ts';
import { type Context, defineRecord } from '../src/dispatch/command.ts';
import { findToAlter } from '../src/dispatch/find-incident.ts';
import type { Incident } from '../src/domain/incident.ts';
import { type Failed, failed, type Outcome, succeeded } from '../src/domain/outcome.ts';
import { SEVERITIES, type Severity } from '../src/domain/policy.ts';
import { severityText } from './incident/severity-text.ts';

const wanted: Argument<Severity | undefined> = {
  takes: 'word',
  placeholder: SEVERITIES.join('|'),
  summary: 'how bad it is: P0 is the gravest',
  optional: true,
  schema: severityText.optional(),
};

/** On a phone a press says it. */
const wantsOne = (id: string): Failed => ({
  ...failed('INPUT_INVALID_VALUE', `how bad is ${id}?`, 'P0 is the gravest. Take one:'),
  offers: SEVERITIES.map((each) => ({ label: each, line: `severity ${id} ${each}` })),
});

interface Wanted {
  readonly incident: Incident;
  readonly to: Severity;
}

async function read(context: Context, id: string, to: Severity | undefined): Promise<Outcome<Wanted>> {
  const found = await findToAlter(context, id, 'severity');
  if (found.kind !== 'succeeded') return found;
  return to === undefined ? wantsOne(found.value.id) : succeeded({ incident: found.value, to });
}

/** Says how bad an incident is; a graver one that nobody has calls people by its own chain. */
export const severity = defineRecord({
  name: 'severity',
  summary: 'say how bad an incident is',
  examples: ['severity INC-7 P0', 'severity INC-7 P1 --reason "only Berlin is affected"'],
  subjects: 'none',
  arguments: {
    id: idWord('ID', 'the incident, INC-7', ['INC']),
    severity: wanted,
    reason: value('"WHY"', 'shown in the thread', z.string().min(3).max(300)),
  },
  open: 'to those who may change',
  preview: async (context, { id, severity: to }) => {
    const wanted = await read(context, id, to);
    if (wanted.kind !== 'succeeded') return wanted;
    const { incident } = wanted.value;
    return succeeded(`It would make ${incident.id} ${to}; it is ${incident.severity}.`);
  },
  apply: async (context, { id, severity: to, reason }) => {
    const wanted = await read(context, id, to);
    if (wanted.kind !== 'succeeded') return wanted;
    const { incident } = wanted.value;
    const changed = await context.incidents.changeSeverity(incident.id, wanted.value.to, reason);
    if (changed.kind !== 'succeeded') return changed;
    const isNew = incident.severity !== to;
    const title = `${incident.id} ${isNew ? `is ${to} now` : `was ${to} before`}`;
    return succeeded(privately(title, isNew ? `It was ${incident.severity}.` : ''));
  },
});
