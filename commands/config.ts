import { z } from 'zod';
import { type Argument, optionalWord, value } from '../src/dispatch/argument.ts';
import { type Chosen, defineChange, defineChosen, defineRead } from '../src/dispatch/command.ts';
import { VARIABLE_NAME, type Variable } from '../src/domain/env-file.ts';
import type { SecretReference } from '../src/domain/fleet.ts';
import type { Cell, Message } from '../src/domain/message.ts';
import { failed, type Outcome, succeeded } from '../src/domain/outcome.ts';
import { type Subject, subjectText } from '../src/domain/subject.ts';
import type { Fleet } from '../src/workflow/fleet.ts';
import {
  type EnvFileHome,
  envFileOf,
  planVariable,
  type VariableRequest,
  variablesOf,
} from '../src/workflow/plan-variable.ts';

const ACTS = ['list', 'has', 'set', 'unset', 'back'] as const;
type Act = (typeof ACTS)[number];

const act: Argument<Act> = {
  takes: 'word',
  placeholder: ACTS.join('|'),
  summary: 'what is done; `back` puts the file back as it was before',
  optional: false,
  schema: z.enum(ACTS, `must be one of ${ACTS.join(', ')}`),
};

const described = {
  name: 'config',
  summary: 'which variables a service has, and set one without a value in any chat',
  examples: ['config karmabot list', 'config karmabot has MONGODB_URI', 'config karmabot set SLACK_TOKEN'],
  subjects: 'one',
  arguments: {
    act,
    key: optionalWord('KEY', 'name of the variable'),
    from: value(
      'env:NAME',
      "Botswain's own variable that holds the value; without it the console asks for it in a form",
      z.string().regex(/^env:[A-Za-z_][A-Za-z0-9_]*$/, 'must be env: and a name, as in env:KARMABOT_TOKEN'),
    ),
  },
} as const;

function homeOf(fleet: Fleet, subjects: readonly Subject[]): Outcome<EnvFileHome> {
  const [subject] = subjects;
  if (subject === undefined) throw new Error('config is about one subject');
  return envFileOf(fleet, subject.service);
}

const stateOf = (found: Variable | undefined): 'missing' | 'empty' | 'set' => {
  if (found === undefined) return 'missing';
  return found.isEmpty ? 'empty' : 'set';
};

const TONES = { missing: 'bad', empty: 'warning', set: 'good' } as const;

const row = (name: string, found: Variable | undefined, purpose = ''): readonly Cell[] => {
  const state = stateOf(found);
  return [{ text: name }, { text: state, tone: TONES[state] }, { text: purpose }];
};

function listOf({ file, service }: EnvFileHome, found: readonly Variable[]): Message {
  const missing = Object.keys(file.required).filter((name) => !found.some((each) => each.name === name));
  const rows = [
    ...missing.map((name) => row(name, undefined, file.required[name])),
    ...found.map((each) => row(each.name, each, file.required[each.name])),
  ];
  return {
    title: `Variables of ${service.name}@${service.environment}`,
    tone: missing.length === 0 ? 'neutral' : 'bad',
    state: missing.length === 0 ? `${found.length} there` : `${missing.length} missing`,
    parts: [
      { kind: 'table', columns: ['Name', 'Value', 'For'], rows },
      { kind: 'context', text: `${file.path} · values are never shown` },
    ],
    actions: [],
  };
}

interface Looked {
  readonly home: EnvFileHome;
  readonly found: readonly Variable[];
}

async function look(fleet: Fleet, subjects: readonly Subject[]): Promise<Outcome<Looked>> {
  const home = homeOf(fleet, subjects);
  if (home.kind !== 'succeeded') return home;
  const found = await variablesOf(home.value);
  return found.kind === 'succeeded' ? succeeded({ home: home.value, found: found.value }) : found;
}

const list = defineRead({
  ...described,
  answer: async ({ fleet }, _args, subjects) => {
    const looked = await look(fleet, subjects);
    if (looked.kind !== 'succeeded') return looked;
    const { home, found } = looked.value;
    return succeeded({ audience: 'conversation', message: listOf(home, found) });
  },
});

const has = (name: string): Chosen =>
  defineRead({
    ...described,
    answer: async ({ fleet }, _args, subjects) => {
      const looked = await look(fleet, subjects);
      if (looked.kind !== 'succeeded') return looked;
      const { home, found } = looked.value;
      const state = stateOf(found.find((each) => each.name === name));
      const message: Message = {
        title: `${name} of ${subjects.map(subjectText).join(', ')}`,
        tone: state === 'set' ? 'good' : 'warning',
        state,
        parts: [{ kind: 'context', text: home.file.path }],
        actions: [],
      };
      return succeeded({ audience: 'conversation', message });
    },
  });

const alter = (request: VariableRequest): Chosen =>
  defineChange({
    ...described,
    risk: 'change',
    plan: async ({ fleet }, _args, subjects) => {
      const home = homeOf(fleet, subjects);
      if (home.kind !== 'succeeded') return home;
      const absent = request.kind === 'unset' ? await whyAbsent(home.value, request.name) : undefined;
      return absent ?? planVariable(home.value, request);
    },
  });

async function whyAbsent(home: EnvFileHome, name: string): Promise<Outcome<never> | undefined> {
  const found = await variablesOf(home);
  if (found.kind !== 'succeeded') return found;
  if (found.value.some((each) => each.name === name)) return undefined;
  return failed('INPUT_INVALID_VALUE', `${home.file.path} has no ${name}`, 'See config SERVICE list.');
}

const referenceOf = (from: string | undefined): SecretReference | 'form' =>
  from === undefined ? 'form' : { env: from.slice('env:'.length) };

function whyNoKey(given: Act, key: string | undefined): Outcome<never> | undefined {
  const wantsOne = given === 'has' || given === 'set' || given === 'unset';
  if (wantsOne && key === undefined)
    return failed(
      'INPUT_INVALID_VALUE',
      `${given} needs the name of a variable`,
      `Write config SERVICE ${given} KEY.`,
    );
  if (!wantsOne && key !== undefined)
    return failed(
      'INPUT_INVALID_VALUE',
      `${given} takes no name of a variable`,
      `Write config SERVICE ${given}.`,
    );
  if (key === undefined || VARIABLE_NAME.test(key)) return undefined;
  if (key.includes('='))
    return failed(
      'INPUT_INVALID_VALUE',
      'a value does not belong into a channel; whoever reads it here may use it',
      'Consider that value known and get a new one. Then type config SERVICE set KEY: the console asks for the value in a form.',
    );
  return failed(
    'INPUT_INVALID_VALUE',
    `"${key}" is not a name of a variable`,
    'Use letters, digits and "_", beginning with a letter.',
  );
}

/** Says which variables a service has, and alters one; no value ever comes through a chat. */
export const config = defineChosen({
  ...described,
  gravest: 'change',
  choose: ({ act: given, key, from }) => {
    const wrong = whyNoKey(given, key);
    if (wrong !== undefined) return wrong;
    if (from !== undefined && given !== 'set')
      return failed(
        'INPUT_INVALID_VALUE',
        '--from says where a value is, and only set takes one',
        'Leave it out.',
      );
    const name = key ?? '';
    if (given === 'list') return succeeded(list);
    if (given === 'has') return succeeded(has(name));
    if (given === 'set') return succeeded(alter({ kind: 'set', name, from: referenceOf(from) }));
    return succeeded(alter(given === 'unset' ? { kind: 'unset', name } : { kind: 'back' }));
  },
});
