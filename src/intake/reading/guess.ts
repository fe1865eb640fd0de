import { type Fields, isFields, wordsOf } from './fields.ts';
import { fingerprintOf, ownFingerprint } from './fingerprint.ts';
import { ENVIRONMENT_LABELS, labelsOf, SERVICE_LABELS } from './labels.ts';
import { linkOf } from './links.ts';
import { lineWithin } from './plain-text.ts';
import type { AlertDraft } from './report.ts';
import { statusOf } from './statuses.ts';

/** Keys by which senders commonly call a thing, the surest first; compared without case, `_`, `-` and spaces. */
const KEYS = {
  title:
    'title summary subject headline alertname alertsummary rulename checkname conditionname monitorname name message msg event text',
  description: 'description details detail longdescription message msg reason body text alertdetails output',
  status:
    'status state currentstate newstate alertstate alertstatus eventaction action alerttypefriendlyname',
  over: 'resolved isresolved recovered ok isok up isup healthy',
  level: 'severity level priority sev importancelevel importance criticality urgency',
  fingerprint:
    'fingerprint dedupkey incidentkey alias alertid issueid incidentid checkid monitorid triggerid ruleid problemid uuid key',
  host: 'host hostname instance node server device entity monitor check resource target region',
  link: 'url link href htmlurl permalink weburl alerturl issueurl incidenturl eventurl ruleurl',
  startsAt:
    'startsat startedat starttime createdat triggeredat statechangedtimestamp timestamp occurredat time date',
} as const;

/** Objects in which senders wrap what they say. */
const WRAPS = new Set(
  'alert alerts data event incident issue monitor check payload problem trigger message body result attributes detail details'.split(
    ' ',
  ),
);

/** Whose values are no labels: somebody would read them. */
const SECRET = /token|secret|passw|auth|apikey|routingkey|servicekey|privatekey|signature|cookie/;

const plain = (key: string): string => key.toLowerCase().replace(/[_\-\s.]/g, '');

/** The texts of an object by plain key, the outermost object first, then those it wraps. */
type Levels = readonly ReadonlyMap<string, string>[];

const MOST_KEYS = 500;
const MOST_LEVELS = 4;

const textsIn = (objects: readonly Fields[]): ReadonlyMap<string, string> => {
  const texts = new Map<string, string>();
  for (const [key, value] of objects.flatMap((object) => Object.entries(object).slice(0, MOST_KEYS))) {
    const text = wordsOf(value);
    if (text !== undefined && !texts.has(plain(key))) texts.set(plain(key), text);
  }
  return texts;
};

const wrappedIn = (object: Fields): readonly Fields[] =>
  Object.entries(object)
    .slice(0, MOST_KEYS)
    .filter(([key]) => WRAPS.has(plain(key)))
    .map(([, value]) => (Array.isArray(value) ? value[0] : value))
    .filter(isFields);

const levelsOf = (body: unknown): Levels => {
  const levels: ReadonlyMap<string, string>[] = [];
  let objects: readonly Fields[] = isFields(body) ? [body] : [];
  while (objects.length > 0 && levels.length < MOST_LEVELS) {
    levels.push(textsIn(objects));
    objects = objects.flatMap(wrappedIn).slice(0, MOST_KEYS);
  }
  return levels;
};

const saidIn = (levels: Levels, keys: readonly string[]): string | undefined => {
  for (const texts of levels) {
    const key = keys.find((name) => texts.has(name));
    if (key !== undefined) return texts.get(key);
  }
  return undefined;
};

const said = (levels: Levels, what: keyof typeof KEYS): string | undefined =>
  saidIn(levels, KEYS[what].split(' '));

const isWord = (value: unknown): value is string =>
  typeof value === 'string' && /\p{L}{3}/u.test(value.slice(0, 1_000));
const isSentence = (value: unknown): value is string =>
  isWord(value) && /\S\s+\S/.test(value.slice(0, 1_000));

/** The first text that reads like a sentence, else like a word; outermost first, among a thousand values at most. */
const firstText = (body: unknown): string | undefined => {
  let values: readonly unknown[] = [body];
  const seen: unknown[] = [];
  while (values.length > 0 && seen.length < 1_000) {
    seen.push(...values);
    values = values
      .flatMap((value) =>
        typeof value === 'object' && value !== null ? Object.values(value).slice(0, 100) : [],
      )
      .slice(0, 1_000);
  }
  return seen.find(isSentence) ?? seen.find(isWord);
};

const LEADING_STATE =
  /^(?:[[(<*\s]|\p{Extended_Pictographic}|\ufe0f)*(?:(?:re-?)?(?:firing|resolved|problem|recovery|recovered|ok|down|up|alert|alerting|triggered|critical|warning|error|info|no data)\b[\])>*:\s–-]*)+/iu;
const MOVING =
  /\d{4}-\d{2}-\d{2}[T ]?|\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?|\d{10,}|\d+(?:[.,]\d+)?\s?%|\d+\.\d+\b(?!\.)/g;

/** What stays the same in a title while the problem does: without the state in front, times and measured values. */
const lastingTitle = (title: string): string => {
  const rest = title.replace(LEADING_STATE, '');
  return (rest === '' ? title : rest).replace(MOVING, '#');
};

const shapeOf = (body: unknown): string =>
  isFields(body) ? Object.keys(body).slice(0, MOST_KEYS).toSorted().join(' ') : typeof body;

/** What `statusSaid` or a yes or no says: `resolved: true`, `ok: false`. */
const guessedStatus = (levels: Levels): AlertDraft['status'] => {
  const word = said(levels, 'status');
  if (word !== undefined) return statusOf(word);
  return said(levels, 'over') === 'true' ? 'resolved' : 'firing';
};

const labelsIn = (body: unknown): Fields => {
  if (!isFields(body)) return {};
  const own = Object.entries(body)
    .slice(0, MOST_KEYS)
    .filter(([key]) => !SECRET.test(plain(key)));
  const nested = own.find(([key, value]) => /^(?:labels|tags)$/i.test(key) && isFields(value))?.[1];
  const short = own.filter(([, value]) => (wordsOf(value)?.length ?? Number.POSITIVE_INFINITY) <= 200);
  return { ...Object.fromEntries(short), ...(isFields(nested) ? nested : {}) };
};

/** What an alert has that nobody described: the usual keys, wherever they are; never empty. */
export const guessOf = (body: unknown): AlertDraft => {
  const levels = levelsOf(body);
  const keyed = said(levels, 'title');
  const title = lineWithin(keyed ?? firstText(body), 150);
  const service = saidIn(levels, SERVICE_LABELS.map(plain));
  const host = said(levels, 'host');
  const own = said(levels, 'fingerprint');
  const identity = {
    title: lastingTitle(title ?? ''),
    service: service ?? '',
    host: host ?? '',
    shape: keyed === undefined ? shapeOf(body) : '',
  };
  const description = said(levels, 'description');
  return {
    fingerprint: own === undefined ? fingerprintOf('generic', labelsOf(identity)) : ownFingerprint(own),
    status: guessedStatus(levels),
    levelSaid: said(levels, 'level'),
    titles: [title, 'A request without words'],
    description: description === title ? undefined : description,
    service,
    environment: saidIn(levels, ENVIRONMENT_LABELS.map(plain)),
    labels: labelsIn(body),
    startsAt: said(levels, 'startsAt'),
    links: [linkOf('source', said(levels, 'link'))],
    expectsResolve: own !== undefined && said(levels, 'status') !== undefined,
  };
};
