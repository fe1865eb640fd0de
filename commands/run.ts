import { toggle, word, words } from '../src/dispatch/argument.ts';
import { defineChange, defineChosen, defineRead } from '../src/dispatch/command.ts';
import { procedureNamed, serviceOf } from '../src/dispatch/procedures.ts';
import { succeeded } from '../src/domain/outcome.ts';
import { readGiven } from '../src/domain/procedure-arguments.ts';
import { planProcedure } from '../src/workflow/plan-procedure.ts';
import { readProcedure } from '../src/workflow/read-procedure.ts';

const described = {
  name: 'run',
  summary: 'run a procedure of a service: one that only looks answers, any other is a change',
  examples: [
    'run chatai-backend db-sizes',
    'run chatai-backend db-kill pid=4711',
    'run chatai-backend db-kill pid=4711 --undo',
  ],
  subjects: 'one',
  arguments: {
    procedure: word('PROCEDURE', 'its name, as procedures lists it'),
    parameters: words('NAME=VALUE', 'what it is told: pid=4711', 0),
    undo: toggle('take back what it does, by the steps that say how'),
  },
} as const;

/** Runs a procedure: one that only looks answers at once, any other becomes a plan. */
export const run = defineChosen({
  ...described,
  gravest: 'destructive',
  choose: ({ procedure: name, parameters, undo }, subjects) => {
    const service = serviceOf(subjects);
    if (service.kind !== 'succeeded') return service;
    const procedure = procedureNamed(service.value, name);
    if (procedure.kind !== 'succeeded') return procedure;
    const given = readGiven(procedure.value, parameters);
    if (given.kind !== 'succeeded') return given;
    const request = { service: service.value, procedure: procedure.value, given: given.value, undo };
    const { risk } = procedure.value;
    if (risk === 'read')
      return succeeded(
        defineRead({
          ...described,
          answer: ({ fleet, redact }) => readProcedure(fleet, { ...request, redact }),
        }),
      );
    return succeeded(
      defineChange({ ...described, risk, plan: ({ fleet }) => planProcedure(fleet, request) }),
    );
  },
});
