import type { Json } from './json.ts';
import type { RequestTemplate, StepTemplate } from './procedure.ts';
import type { Values } from './procedure-values.ts';

/**
 * `{name}` stands for a parameter. Not within `{{…}}` (Go templates), not after `$` (variables of a shell), and never where
 * anything but a name stands between the braces (`{ print }`, `{}`, `{2,3}`).
 */
const PLACEHOLDER = /(?<![{$])\{([a-z][a-z0-9_-]*)\}(?!\})/g;

/** The names of the parameters that a text speaks of, each once. */
export const placeholdersIn = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name)),
];

/** Puts values into one text; a placeholder of which no value is known stays as it stands. */
export const fillText = (text: string, values: Values): string =>
  text.replace(PLACEHOLDER, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );

/** Puts values into words; there are as many as before, whatever the values hold. */
export const fillWords = (words: readonly string[], values: Values): readonly string[] =>
  words.map((word) => fillText(word, values));

const NUMBER = /^-?\d{1,15}$/;

/** A JSON text that is nothing but one placeholder becomes a number or a truth value where its value is written as one. */
function fillJsonText(text: string, values: Values): Json {
  const filled = fillText(text, values);
  const [name] = placeholdersIn(text);
  if (name === undefined || text !== `{${name}}`) return filled;
  if (NUMBER.test(filled)) return Number(filled);
  return filled === 'true' || filled === 'false' ? filled === 'true' : filled;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function fillJson(value: Json, values: Values): Json {
  if (typeof value === 'string') return fillJsonText(value, values);
  if (isList(value)) return value.map((item) => fillJson(item, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillJson(item, values)]));
}

const inAddress = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, encodeURIComponent(value)]));

/** Puts values into a request; in its address they are encoded, so that none can lead elsewhere. */
export const fillRequest = (request: RequestTemplate, values: Values): RequestTemplate => ({
  ...request,
  url: fillText(request.url, inAddress(values)),
  ...(request.headers === undefined
    ? {}
    : {
        headers: Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, fillText(value, values)]),
        ),
      }),
  ...(request.json === undefined ? {} : { json: fillJson(request.json, values) }),
  ...(request.body === undefined ? {} : { body: fillText(request.body, values) }),
});

/** Puts values into everything of a step in which a placeholder may stand. */
export function fillStep(step: StepTemplate, values: Values): StepTemplate {
  const title = step.title === undefined ? {} : { title: fillText(step.title, values) };
  if (step.kind === 'person') return { ...step, ...title, text: fillText(step.text, values) };
  if (step.kind === 'run') {
    const undo = step.undo === undefined ? {} : { undo: fillWords(step.undo, values) };
    return { ...step, ...title, argv: fillWords(step.argv, values), ...undo };
  }
  if (step.kind === 'http') {
    const undo = step.undo === undefined ? {} : { undo: fillRequest(step.undo, values) };
    return { ...step, ...title, request: fillRequest(step.request, values), ...undo };
  }
  return { ...step, ...title };
}
