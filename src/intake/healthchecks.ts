import type { AlertReading, AlertStatus } from '../domain/alert.ts';
import { at, isFields, wordsAt } from './reading/fields.ts';
import { fingerprintOf, ownFingerprint } from './reading/fingerprint.ts';
import { levelOf } from './reading/levels.ts';
import { linkOf } from './reading/links.ts';
import { firstFilled } from './reading/placeholders.ts';
import { type AlertDraft, reportOf } from './reading/report.ts';
import { labelsOfTags } from './reading/tags.ts';
import type { AlertRequest, Source } from './source.ts';

/** The request body, for `POST`, of a check that goes down and of one that comes up alike: https://healthchecks.io/docs/configuring_notifications/. */
const template = '{"now": "$NOW", "status": "$STATUS", "check": $JSON}';

const STATES: Readonly<Record<string, AlertStatus>> = { down: 'firing', up: 'resolved' };

/** The id is missing for who may only read; one stands for it then. */
const KEYS = ['uuid', 'unique_key', 'code'];

/** `$JSON` under `check`, or the fields beside each other where somebody writes another body or only an address. */
const checkIn = (json: unknown, query: Readonly<Record<string, string>>): unknown => {
  const check = at(json, 'check');
  if (isFields(check)) return check;
  return isFields(json) ? json : query;
};

/** The page of the check, next to the address of its API; never the one to ping, which would bring it up. */
const pageOf = (check: unknown): string | undefined => {
  const url = URL.parse(wordsAt(check, 'update_url')?.slice(0, 2_048) ?? '');
  const uuid = wordsAt(check, 'uuid');
  return url === null || uuid === undefined
    ? undefined
    : `${url.origin}/checks/${encodeURIComponent(uuid)}/details/`;
};

/** What was found out of a request before it is put into words. */
interface Found {
  readonly check: unknown;
  readonly status: AlertStatus;
  /** `down` or `up`. */
  readonly word: string;
  /** When it turned, as it was written. */
  readonly now: string | undefined;
}

const descriptionOf = (check: unknown): string => {
  const ping = firstFilled(check, ['last_ping']);
  const words = [firstFilled(check, ['desc']), ping === undefined ? undefined : `Last ping: ${ping}`];
  return words.filter((one) => one !== undefined).join('\n');
};

function draftOf({ check, status, word, now }: Found): AlertDraft {
  const name = firstFilled(check, ['name', 'slug']);
  const key = firstFilled(check, KEYS);
  const tags = labelsOfTags(at(check, 'tags'), /\s+/);
  const said = tags.severity ?? tags.level ?? tags.priority;
  return {
    fingerprint:
      key === undefined
        ? fingerprintOf('healthchecks', { name: name ?? '' })
        : ownFingerprint(`check:${key}`),
    // The button `Test` sends a check that is called so, under another id each time.
    kind: name === 'TEST' ? 'test' : 'alert',
    status,
    level: said === undefined ? 'error' : levelOf(said),
    levelSaid: said ?? word,
    titles: [`${name ?? key} is down`],
    description: descriptionOf(check),
    service: tags.service ?? firstFilled(check, ['slug', 'name']),
    labels: { ...tags, alertname: name, slug: firstFilled(check, ['slug']) },
    startsAt: status === 'firing' ? now : undefined,
    endsAt: now,
    links: [linkOf('source', pageOf(check))],
  };
}

function read({ json, query }: Pick<AlertRequest, 'json' | 'query'>): AlertReading | undefined {
  const check = checkIn(json, query);
  const word = firstFilled(json, ['status']) ?? firstFilled(check, ['status']) ?? '';
  const status = Object.hasOwn(STATES, word) ? STATES[word] : undefined;
  const isKnown = firstFilled(check, ['name', 'slug', ...KEYS]) !== undefined;
  if (status === undefined || !isKnown) return undefined;
  const now = firstFilled(json, ['now']) ?? firstFilled(query, ['now']);
  return { reports: [reportOf(draftOf({ check, status, word, now }))] };
}

/** Healthchecks (healthchecks.io and one's own), integration `Webhook` with {@link template}. Signs nothing. */
export const healthchecks: Source = {
  source: 'healthchecks',
  summary: 'Healthchecks, integration `Webhook` with this request body, for down and up',
  template,
  read,
};
