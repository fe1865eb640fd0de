import type { Context } from '../../src/dispatch/command.ts';
import { AUDIT_EVENTS, type AuditRecord } from '../../src/domain/audit-event.ts';
import type { Change } from '../../src/domain/change.ts';
import type { Configuration } from '../../src/domain/configuration.ts';
import { didYouMean } from '../../src/domain/nearest.ts';
import { failed, type Outcome, succeeded } from '../../src/domain/outcome.ts';
import { readPast } from '../../src/domain/past-moment.ts';

/** What somebody typed behind `audit`. */
export interface AuditWords {
  /** A subject or an id, and since when: `karmabot last night`. */
  readonly about: readonly string[];
  readonly service: string | undefined;
  readonly by: string | undefined;
  readonly event: string | undefined;
  readonly since: string | undefined;
  readonly until: string | undefined;
}

/** What it means. */
export interface AuditWanted {
  /** `C-142` */
  readonly id?: string;
  readonly service?: string;
  readonly component?: string;
  readonly environment?: string;
  /** Person keys, or an account as it is written in the audit. */
  readonly actor?: string;
  readonly events?: readonly string[];
  /** Epoch milliseconds. */
  readonly since?: number;
  readonly until?: number;
}

const SUBJECT = /^([a-z][a-z0-9-]*)(?:\/([a-z][a-z0-9-]*))?(?:@([a-z][a-z0-9-]*))?$/;

/** A service that is not configured any more may still stand in the audit, so a misspelt one is found out by the answer. */
function aboutOf(text: string | undefined): Outcome<AuditWanted> {
  if (text === undefined) return succeeded({});
  if (/^[a-z]+-\d+$/i.test(text)) return succeeded({ id: text.toUpperCase() });
  const [, service, component, environment] = SUBJECT.exec(text.toLowerCase()) ?? [];
  if (service === undefined)
    return failed(
      'INPUT_INVALID_VALUE',
      `"${text}" is neither a subject nor the id of a change`,
      'Write karmabot, karmabot/app or C-142, then a time if you like: last night, yesterday 22:00, 12h.',
    );
  return succeeded({
    service,
    ...(component === undefined ? {} : { component }),
    ...(environment === undefined ? {} : { environment }),
  });
}

function actorOf(text: string, { people }: Configuration): Outcome<string> {
  const wanted = text.replace(/^@/, '').toLowerCase();
  const person = people.find(({ key, name }) => key === wanted || name.toLowerCase() === wanted);
  if (person !== undefined) return succeeded(person.key);
  if (wanted === 'botswain' || /^(?:slack|telegram|console):\S+$/i.test(wanted))
    return succeeded(wanted.startsWith('slack:') ? `slack:${wanted.slice(6).toUpperCase()}` : wanted);
  const known = people.flatMap(({ key, name }) => [key, name]);
  return failed(
    'INPUT_INVALID_VALUE',
    `there is nobody called "${text}".${didYouMean(wanted, known)}`,
    'Write a name, or an account as whoami shows it: slack:U0ABC123.',
  );
}

function eventsOf(text: string): Outcome<readonly string[]> {
  const words = text.toLowerCase().trim();
  const exact = AUDIT_EVENTS.filter((event) => event === words);
  const found = exact.length > 0 ? exact : AUDIT_EVENTS.filter((event) => event.includes(words));
  if (found.length > 0) return succeeded(found);
  return failed(
    'INPUT_INVALID_VALUE',
    `nothing is recorded as "${text}".${didYouMean(words, AUDIT_EVENTS)}`,
    `There are: ${AUDIT_EVENTS.join(', ')}.`,
  );
}

const DAY_MS = 86_400_000;

/** At 03:00 an end at 07:00 means this morning: until now. */
function windowOf(
  words: Pick<AuditWords, 'since' | 'until'>,
  zone: string,
  now: number,
): Outcome<AuditWanted> {
  const since = words.since === undefined ? succeeded(undefined) : readPast(words.since, zone, now);
  if (since.kind !== 'succeeded') return since;
  const until = words.until === undefined ? succeeded(undefined) : readPast(words.until, zone, now);
  if (until.kind !== 'succeeded') return until;
  const [from, to] = [since.value, until.value];
  const isEmpty = from !== undefined && to !== undefined && to <= from;
  if (isEmpty && to + DAY_MS <= now)
    return failed(
      'INPUT_INVALID_VALUE',
      `--until ${words.until} is before --since ${words.since}`,
      'Write both with their day: --since "2026-11-19 22:00" --until "2026-11-20 07:00".',
    );
  return succeeded({
    ...(from === undefined ? {} : { since: from }),
    ...(to === undefined || isEmpty ? {} : { until: to }),
  });
}

interface Apart {
  readonly about: string | undefined;
  readonly since: string | undefined;
}

/** Takes `karmabot last night` apart, and `--since yesterday 22:00` together, as people type them. */
function apart({ about, since }: AuditWords, isTime: (text: string) => boolean): Apart {
  const timeFrom = (place: number): string => [since, ...about.slice(place)].filter(Boolean).join(' ');
  if (about.length === 0 || (about.length === 1 && since !== undefined && !isTime(timeFrom(0))))
    return { about: about[0], since };
  const place = [0, 1].find((at) => at < about.length && isTime(timeFrom(at)));
  if (place === undefined) return { about: about.join(' '), since };
  return { about: about.slice(0, place)[0], since: timeFrom(place) };
}

/** Reads what is wanted of the audit; every refusal says how to write it. */
export function readWanted(words: AuditWords, context: Context): Outcome<AuditWanted> {
  const { configuration, now } = context;
  const { timezone } = configuration;
  const typed = apart(words, (text) => readPast(text, timezone, now()).kind === 'succeeded');
  const about = aboutOf(typed.about ?? words.service);
  if (about.kind !== 'succeeded') return about;
  const within = windowOf({ since: typed.since, until: words.until }, timezone, now());
  if (within.kind !== 'succeeded') return within;
  const actor = words.by === undefined ? succeeded(undefined) : actorOf(words.by, configuration);
  if (actor.kind !== 'succeeded') return actor;
  const events = words.event === undefined ? succeeded(undefined) : eventsOf(words.event);
  if (events.kind !== 'succeeded') return events;
  return succeeded({
    ...about.value,
    ...within.value,
    ...(actor.value === undefined ? {} : { actor: actor.value }),
    ...(events.value === undefined ? {} : { events: events.value }),
  });
}

/** Whether a record was made by whom, and as what, it is asked for. */
export const isOfActor = ({ actor, events }: AuditWanted, record: AuditRecord): boolean =>
  (actor === undefined || record.actor === actor) && (events === undefined || events.includes(record.event));

/** Whether a name stands in a text as a whole: shop/web is not in shop/webhook. */
const isNamed = (text: string, name: string): boolean =>
  new RegExp(`(?<![\\w-])${name.replace(/[^\w-]/g, '\\$&')}(?![\\w-])`).test(text);

/** Whether records, or the change they tell of, are about the component and the environment that are asked for. */
export function isAbout(
  { component, environment, service }: AuditWanted,
  records: readonly AuditRecord[],
  change: Change | undefined,
): boolean {
  if (component === undefined && environment === undefined) return true;
  const touches = change?.plan.components.some(
    (ref) =>
      ref.service === service &&
      (component === undefined || ref.component === component) &&
      (environment === undefined || ref.environment === environment),
  );
  if (touches !== undefined) return touches;
  const words = records.flatMap(({ subject, detail }) => [subject ?? '', JSON.stringify(detail)]).join(' ');
  return (
    (component === undefined || isNamed(words, `${service}/${component}`)) &&
    (environment === undefined || isNamed(words, environment))
  );
}
