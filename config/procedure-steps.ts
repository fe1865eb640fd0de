import { z } from 'zod';
import { line, name, oneOrMore, someDuration } from './fields.ts';

/** The keys of which a step has exactly one: what it does. */
export const STEP_FORMS = [
  'run',
  'http',
  'ask',
  'by_hand',
  'wait',
  'check',
  'restart',
  'recreate',
  'start',
  'stop',
  'backup',
] as const;

/** One of {@link STEP_FORMS}. */
export type StepForm = (typeof STEP_FORMS)[number];

const argv = z.array(z.string().max(8000)).min(1).max(100);

const request = z.strictObject({
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET').describe('its method'),
  url: line.describe("the whole address, or one that begins with / below its target's"),
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9-]+$/, 'not a name of a header\nuse letters, digits and dashes'),
      z.string(),
    )
    .optional()
    .describe('headers beside those of the target; never a secret, which stands at the target'),
  json: z.json().optional().describe('what is sent, as JSON'),
  body: z.string().optional().describe('what is sent, as it stands'),
});

const shape = z.strictObject({
  title: line.optional().describe('what people read; default: what it does'),
  run: argv
    .optional()
    .describe('a program with its words; no shell reads them, and `{name}` stays within its word'),
  http: request.optional().describe('an HTTP request on an http target'),
  ask: line.optional().describe('asks whether to go on: buttons Go on and Stop'),
  by_hand: line.optional().describe('something a person does and says Done of: one line of a checklist'),
  wait: someDuration.optional().describe('waits this long'),
  check: oneOrMore(name).optional().describe('checks of the service that must pass within the timeout'),
  restart: name.optional().describe('restarts that component'),
  recreate: name.optional().describe('restarts that component with its changed configuration'),
  start: name.optional().describe('starts that component'),
  stop: name.optional().describe('stops that component'),
  backup: name.optional().describe('takes that backup and verifies it'),
  effect: z
    .enum(['read', 'change', 'destructive'])
    .optional()
    .describe(
      'how much a program or request may do: required of a program and of every request but GET and HEAD',
    ),
  component: name.optional().describe("the component it runs at; default: the procedure's"),
  target: name.optional().describe('the http target of a request; default: the target of its component'),
  folder: z
    .string()
    .startsWith('/', 'not an absolute path\nstart it with /')
    .optional()
    .describe("working directory of the program; default: the procedure's"),
  user: line.optional().describe("account the program runs as; default: the procedure's"),
  sudo: z.boolean().optional().describe("whether the program runs as root; default: the procedure's"),
  accept: z
    .array(z.int().min(0).max(599))
    .min(1)
    .optional()
    .describe('exit codes (default 0) or HTTP statuses (default 200 to 206) that count as done'),
  timeout: someDuration
    .optional()
    .describe("how long it may take; default: the procedure's, 1h of ask, 24h of by_hand, 2m of check"),
  undo: z
    .union([argv, request])
    .optional()
    .describe('what takes it back: the words of a program, or a request'),
  from: oneOrMore(name)
    .optional()
    .describe('roles of which one must be held to answer; default: whoever may run the procedure'),
  by_other: z.boolean().optional().describe('somebody else than who asked for it must answer'),
});

/** A step as the schema reads it. */
export type StepSetting = z.infer<typeof shape>;

const COMMON = ['title', 'component'] as const;

const KEYS_OF: Readonly<Record<StepForm, readonly (keyof StepSetting)[]>> = {
  run: [...COMMON, 'effect', 'folder', 'user', 'sudo', 'accept', 'timeout', 'undo'],
  http: [...COMMON, 'effect', 'target', 'accept', 'timeout', 'undo'],
  ask: [...COMMON, 'from', 'by_other', 'timeout'],
  by_hand: [...COMMON, 'from', 'by_other', 'timeout'],
  wait: COMMON,
  check: [...COMMON, 'timeout'],
  restart: ['title'],
  recreate: ['title'],
  start: ['title'],
  stop: ['title'],
  backup: COMMON,
};

type Complain = (key: string | undefined, message: string) => void;

/** What a step does; the schema sees to it that it is exactly one thing. */
export function formOf(given: StepSetting): StepForm {
  const form = STEP_FORMS.find((candidate) => given[candidate] !== undefined);
  if (form === undefined) throw new Error('a step that does nothing passed the schema');
  return form;
}

/** A GET looks; every other request says itself what it does. */
export const effectOf = (given: StepSetting): StepSetting['effect'] =>
  given.effect ??
  (given.http !== undefined && ['GET', 'HEAD'].includes(given.http.method) ? 'read' : undefined);

function strangeKeys(given: StepSetting, form: StepForm, complain: Complain): void {
  const known: readonly string[] = [form, ...KEYS_OF[form]];
  for (const [key, value] of Object.entries(given))
    if (value !== undefined && !known.includes(key))
      complain(
        key,
        `a step with "${form}" has no "${key}"\nremove it (it may have ${KEYS_OF[form].join(', ')})`,
      );
}

function undoFits(given: StepSetting, complain: Complain): void {
  if (given.undo === undefined) return;
  if (Array.isArray(given.undo) !== (given.run !== undefined))
    complain(
      'undo',
      'it is taken back in another way than it is done\nwrite words for a program, a request for a request',
    );
  if (effectOf(given) === 'read')
    complain('undo', 'there is nothing to take back of what only looks\nremove it');
}

function codesFit(given: StepSetting, complain: Complain): void {
  const codes = given.accept ?? [];
  if (given.run !== undefined && codes.some((code) => code > 255))
    complain('accept', 'an exit code is at most 255\nwrite exit codes');
  if (given.http !== undefined && codes.some((code) => code < 100))
    complain('accept', 'that is no HTTP status\nwrite statuses such as 200');
}

/** One step of a procedure: exactly one of {@link STEP_FORMS}, and what belongs to it. */
export const step = shape.superRefine((given, context) => {
  const complain: Complain = (key, message) =>
    context.addIssue({ code: 'custom', path: key === undefined ? [] : [key], message });
  const forms = STEP_FORMS.filter((form) => given[form] !== undefined);
  const [form, second] = forms;
  if (form === undefined)
    return complain(undefined, `this step does nothing\ngive it one of ${STEP_FORMS.join(', ')}`);
  if (second !== undefined)
    return complain(
      second,
      `a step does one thing, and this one has "${form}" and "${second}"\nmake two steps of it`,
    );
  strangeKeys(given, form, complain);
  if ((form === 'run' || form === 'http') && effectOf(given) === undefined)
    complain(undefined, '"effect" is missing\nadd effect: read, change or destructive');
  if (given.sudo === true && given.user !== undefined)
    complain('user', '"sudo" and "user" are two accounts\nkeep one of them');
  if (given.http?.json !== undefined && given.http.body !== undefined)
    complain('http', '"json" and "body" are two contents\nkeep one of them');
  undoFits(given, complain);
  codesFit(given, complain);
});
