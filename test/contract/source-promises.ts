import { type AlertReading, type AlertReport, LEVELS, LINK_KINDS } from '../../src/domain/alert.ts';
import type { AlertRequest, Source } from '../../src/intake/source.ts';

const KINDS = ['alert', 'heartbeat', 'deploy', 'upstream', 'test'];
const STATUSES = ['firing', 'acknowledged', 'resolved'];
/** Controls other than tab and newline, and what turns text around. */
const HIDDEN = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

type Promise_ = readonly [name: string, isKept: boolean];

const isLine = (text: unknown, max: number): boolean =>
  typeof text === 'string' &&
  text.trim() !== '' &&
  text.length <= max &&
  text.isWellFormed() &&
  !HIDDEN.test(text);

const isText = (text: unknown, max: number): boolean =>
  typeof text === 'string' &&
  text !== '' &&
  text.length <= max &&
  text.isWellFormed() &&
  !HIDDEN.test(text.replace(/[\t\n]/g, ' '));

const isTime = (time: unknown): boolean =>
  time === undefined ||
  (Number.isSafeInteger(time) && Number(time) > Date.UTC(2000, 0) && Number(time) < Date.UTC(9999, 0));

const areLabels = (labels: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(labels).length <= 64 &&
  Object.entries(labels).every(([name, value]) => isLine(name, 128) && isText(value, 512)) &&
  Object.getPrototypeOf(labels) === Object.prototype;

const isLink = ({ kind, url }: AlertReport['links'][number]): boolean => {
  const parsed = URL.parse(url);
  return (
    LINK_KINDS.includes(kind) &&
    /^https?:$/.test(parsed?.protocol ?? '') &&
    parsed?.username === '' &&
    url.length <= 2_048
  );
};

const promisesOf = (report: AlertReport): readonly Promise_[] => [
  ['fingerprint', /^[\x20-\x7e]{1,128}$/.test(report.fingerprint)],
  ['kind', KINDS.includes(report.kind)],
  ['status', STATUSES.includes(report.status)],
  ['level', LEVELS.includes(report.level)],
  ['levelSaid', report.levelSaid === undefined || isLine(report.levelSaid, 128)],
  ['title', isLine(report.title, 150)],
  ['description', report.description === undefined || isText(report.description, 3_000)],
  ['service', report.service === undefined || isLine(report.service, 128)],
  ['environment', report.environment === undefined || isLine(report.environment, 128)],
  ['labels', areLabels(report.labels)],
  ['annotations', areLabels(report.annotations)],
  ['startsAt', isTime(report.startsAt)],
  ['endsAt', isTime(report.endsAt)],
  ['links', report.links.every(isLink)],
  ['groupHint', report.groupHint === undefined || isLine(report.groupHint, 512)],
  ['expectsResolve', typeof report.expectsResolve === 'boolean'],
  ['ttlMs', report.ttlMs === undefined || report.ttlMs > 0],
  ['no key that is undefined', !Object.values(report).includes(undefined)],
];

const readingPromises = (reading: AlertReading): readonly Promise_[] => [
  ['eventId', reading.eventId === undefined || (reading.eventId !== '' && reading.eventId.length <= 256)],
  [
    'truncated',
    reading.truncated === undefined || (Number.isSafeInteger(reading.truncated) && reading.truncated > 0),
  ],
  ['note', reading.note === undefined || (reading.note.trim() !== '' && reading.note.length <= 600)],
  [
    'confirm',
    reading.confirm === undefined ||
      /^https:\/\/sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\//.test(reading.confirm),
  ],
  [
    'reports, or why there are none',
    reading.reports.length > 0 || (reading.note ?? reading.confirm) !== undefined,
  ],
];

/** The promises of src/domain/alert.ts that a reading breaks; empty for one that keeps them all. */
export const brokenBy = (reading: AlertReading | undefined): readonly string[] => {
  if (reading === undefined) return [];
  return [...readingPromises(reading), ...reading.reports.flatMap(promisesOf)]
    .filter(([, isKept]) => !isKept)
    .map(([name]) => name);
};

/** Reads what is perhaps nothing, and fails where that throws, breaks a promise, or alters what all objects have. */
export const survives = (
  source: Pick<Source, 'source' | 'read'>,
  request: AlertRequest,
): AlertReading | undefined => {
  const reading = source.read(request, {});
  const broken = brokenBy(reading);
  if (broken.length > 0)
    throw new Error(`${source.source}: ${broken.join(', ')}: ${JSON.stringify(reading).slice(0, 2_000)}`);
  if (Object.keys(Object.prototype).length > 0) throw new Error(`${source.source} altered all objects`);
  return reading;
};
