import { optionalWord } from '../src/dispatch/argument.ts';
import { defineRead } from '../src/dispatch/command.ts';
import { procedureNamed } from '../src/dispatch/procedures.ts';
import type { PlacedService } from '../src/domain/configuration.ts';
import type { Action, Field, ListItem, Message } from '../src/domain/message.ts';
import { failed, succeeded } from '../src/domain/outcome.ts';
import type { Parameter, PlacedProcedure, StepTemplate } from '../src/domain/procedure.ts';
import { exampleWords } from '../src/domain/procedure-arguments.ts';
import { stepText } from '../src/domain/procedure-text.ts';
import { wantedText } from '../src/domain/procedure-values.ts';

/** Most procedures that are listed with a button. */
const MOST_BUTTONS = 5;

const runLine = (service: PlacedService, procedure: PlacedProcedure): string =>
  ['run', `${service.name}@${service.environment}`, procedure.name, exampleWords(procedure)].join(' ').trim();

const item = (procedure: PlacedProcedure): ListItem => {
  const needs = procedure.parameters.map(({ name, preset, optional, type }) =>
    preset === undefined && !optional && type.kind !== 'flag' ? `${name}=` : `[${name}=]`,
  );
  const words = [procedure.name, ...needs].join(' ');
  return { text: `${words}: ${procedure.title}`, tone: 'neutral', detail: procedure.risk };
};

/** What needs no parameter can be run with one press. */
const buttons = (service: PlacedService): readonly Action[] =>
  service.procedures
    .filter((procedure) => procedure.risk === 'read' && exampleWords(procedure) === '')
    .slice(0, MOST_BUTTONS)
    .map((procedure) => ({ label: procedure.name, style: 'plain', line: runLine(service, procedure) }));

function listed(service: PlacedService): Message {
  const { procedures } = service;
  const name = `${service.name}@${service.environment}`;
  const text =
    procedures.length === 0
      ? `${service.title} has no procedures.`
      : `Run one with: run ${name} NAME. See its steps with: procedures ${name} NAME.`;
  return {
    title: `Procedures of ${name}`,
    tone: 'neutral',
    parts: [
      ...(procedures.length === 0 ? [] : [{ kind: 'list', items: procedures.map(item) } as const]),
      { kind: 'context', text },
    ],
    actions: buttons(service),
  };
}

const parameterField = (parameter: Parameter): Field => {
  const { name, summary, preset, optional } = parameter;
  const otherwise =
    preset === undefined ? (optional ? '; may be left out' : '') : `; ${preset} unless said otherwise`;
  return { label: name, value: `${summary}: ${wantedText(parameter)}${otherwise}` };
};

const stepItem = (step: StepTemplate, index: number): ListItem => ({
  text: `${index + 1}. ${stepText(step)}`,
  tone: 'neutral',
});

function shown(service: PlacedService, procedure: PlacedProcedure): Message {
  const { note, parameters, runbook, risk } = procedure;
  const from = runbook.length === 0 ? '' : ` · from ${runbook.join(', ')}`;
  return {
    title: `${procedure.name} of ${service.name}: ${procedure.title}`.slice(0, 150),
    tone: 'neutral',
    parts: [
      ...(note === undefined ? [] : [{ kind: 'text', text: note } as const]),
      ...(parameters.length === 0
        ? []
        : [{ kind: 'fields', fields: parameters.map(parameterField) } as const]),
      { kind: 'list', items: procedure.steps.map(stepItem) },
      { kind: 'code', title: 'Run it', text: runLine(service, procedure) },
      { kind: 'context', text: `${risk}${from}` },
    ],
    actions: [],
  };
}

/** What procedures a service has, or what one of them does. */
export const procedures = defineRead({
  name: 'procedures',
  summary: 'the procedures of a service, or the steps of one',
  examples: ['procedures chatai-backend', 'procedures chatai-backend db-kill'],
  subjects: 'one',
  arguments: { procedure: optionalWord('PROCEDURE', 'one of them, to see its parameters, steps and note') },
  answer: async (_context, { procedure: name }, subjects) => {
    const [subject] = subjects;
    if (subject === undefined) return failed('INPUT_UNKNOWN_SUBJECT', 'there is no such service');
    const { service } = subject;
    if (name === undefined) return succeeded({ audience: 'conversation', message: listed(service) });
    const procedure = procedureNamed(service, name);
    if (procedure.kind !== 'succeeded') return procedure;
    return succeeded({ audience: 'conversation', message: shown(service, procedure.value) });
  },
});
