import { z } from 'zod';
import type { AlertReading, AlertStatus } from '../domain/alert.ts';
import { eventIdOf } from './reading/event-id.ts';
import { at, isFields, wordsOf } from './reading/fields.ts';
import { fingerprintOf, ownFingerprint } from './reading/fingerprint.ts';
import { guessOf } from './reading/guess.ts';
import { POINTER, pointedAt } from './reading/json-pointer.ts';
import { linkOf } from './reading/links.ts';
import { type AlertDraft, reportOf } from './reading/report.ts';
import { statusOf } from './reading/statuses.ts';
import type { AlertRequest, Source } from './source.ts';

const pointer = z.string().max(512).regex(POINTER, 'a JSON pointer begins with /, e.g. /alert/name');
const words = z.array(z.string().min(1).max(64)).max(50);

const pointers = z.strictObject({
  title: pointer.optional().describe('what is wrong'),
  description: pointer.optional().describe('more about it'),
  status: pointer.optional().describe('whether it fires; its words are in firing, acknowledged and resolved'),
  firing: words
    .optional()
    .describe('words of status for an alert that fires; without them whatever is not over'),
  acknowledged: words.optional().describe('words of status for an alert that somebody has seen'),
  resolved: words
    .optional()
    .describe('words of status for an alert that is over; without them the common ones'),
  fingerprint: z
    .union([pointer, z.array(pointer).min(1).max(10)])
    .optional()
    .describe('what is the same as long as the problem is; several together'),
  level: pointer.optional().describe('how bad it is'),
  service: pointer.optional().describe('the service'),
  environment: pointer.optional().describe('the environment'),
  link: pointer.optional().describe('where to look'),
  group: pointer.optional().describe('what belongs together'),
});

type Pointers = z.infer<typeof pointers>;

/** JSON pointers (RFC 6901) to what an alert says; what has none is guessed from common keys. */
const settings = z.strictObject({
  pointers: pointers
    .optional()
    .describe('where in the JSON things stand, as JSON pointers; the rest is guessed'),
});

const isAmong = (list: readonly string[] | undefined, word: string): boolean =>
  list?.some((one) => one.toLowerCase() === word.toLowerCase()) ?? false;

/** A word that no list has means what it commonly means, and firing where that is unknown: nothing is lost. */
const configuredStatus = ({ acknowledged, firing, resolved }: Pointers, word: string): AlertStatus => {
  if (isAmong(resolved, word)) return 'resolved';
  if (isAmong(acknowledged, word)) return 'acknowledged';
  if (isAmong(firing, word)) return 'firing';
  const common = statusOf(word);
  return common === 'resolved' && resolved !== undefined ? 'firing' : common;
};

const configuredFingerprint = (given: Pointers['fingerprint'], json: unknown): string | undefined => {
  const all = [given ?? []]
    .flat()
    .map((one): [string, string | undefined] => [one, wordsOf(pointedAt(json, one))]);
  const found = all.flatMap(([one, text]) => (text === undefined ? [] : [[one, text] as const]));
  const [first] = found;
  if (first === undefined) return undefined;
  return all.length === 1 ? ownFingerprint(first[1]) : fingerprintOf('generic', Object.fromEntries(found));
};

/** The guess, and over it what the pointers lead to. */
const draftOf = (json: unknown, given: Pointers): AlertDraft => {
  const guess = guessOf(json);
  const words = (one: string | undefined): string | undefined =>
    one === undefined ? undefined : wordsOf(pointedAt(json, one));
  const state = words(given.status);
  const fingerprint = configuredFingerprint(given.fingerprint, json);
  return {
    ...guess,
    fingerprint: fingerprint ?? guess.fingerprint,
    status: state === undefined ? guess.status : configuredStatus(given, state),
    levelSaid: words(given.level) ?? guess.levelSaid,
    titles: [words(given.title), ...guess.titles],
    description: words(given.description) ?? guess.description,
    service: words(given.service) ?? guess.service,
    environment: words(given.environment) ?? guess.environment,
    links: [linkOf('source', words(given.link)), ...(guess.links ?? [])],
    groupHint: words(given.group),
    expectsResolve:
      guess.expectsResolve === true || (given.status !== undefined && fingerprint !== undefined),
  };
};

/** Senders that number their deliveries: https://www.standardwebhooks.com, and the header of the HTTP drafts. */
const readingOf = ({ headers }: AlertRequest, draft: AlertDraft): AlertReading => ({
  reports: [reportOf(draft)],
  ...eventIdOf(headers['webhook-id'], headers['idempotency-key']),
});

/** How much of a text is looked at, in bytes. */
const MOST_TEXT = 16 * 1024;

/** Words without the tags around them, for bodies in XML and HTML. */
const withoutTags = (text: string): string =>
  text.trimStart().startsWith('<') ? text.replace(/<[^<>]{0,500}>/g, ' ') : text;

const textDraft = ({ body }: AlertRequest): AlertDraft => {
  const text = withoutTags(body.subarray(0, MOST_TEXT).toString('utf8'));
  const guess = guessOf(text.split('\n').find((line) => /\p{L}/u.test(line)) ?? text);
  return { ...guess, description: text.includes('\n') ? text : undefined };
};

/** An alert out of any request: JSON of any shape, text, or nothing at all. It fires, unless it says that it is over. */
export const genericAlert = (request: AlertRequest): AlertReading => {
  const draft = request.json === undefined ? textDraft(request) : guessOf(request.json);
  return readingOf(request, { ...draft, expectsResolve: false });
};

/** Any sender of JSON: at configured places, else at those where senders commonly put things. */
export const generic: Source = {
  source: 'generic',
  summary: 'anything that sends JSON; `pointers` say where things stand',
  settings,
  read: (request, given) => {
    const set = settings.safeParse({ pointers: at(given, 'pointers') });
    if (!isFields(request.json) && !Array.isArray(request.json)) return undefined;
    return readingOf(request, draftOf(request.json, set.data?.pointers ?? {}));
  },
};
