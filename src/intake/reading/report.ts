import type { AlertLink, AlertReport, AlertStatus, Level } from '../../domain/alert.ts';
import { firstWords } from './fields.ts';
import { ENVIRONMENT_LABELS, labelsOf, SERVICE_LABELS } from './labels.ts';
import { levelOf } from './levels.ts';
import { linesWithin, lineWithin } from './plain-text.ts';
import { timeOf } from './times.ts';

/** An alert as a source found it: nothing cut, nothing checked, anything may be missing. */
export interface AlertDraft {
  /** At most 128 characters: of `fingerprintOf` or `ownFingerprint`. */
  readonly fingerprint: string;
  /** `alert` where it is not said. */
  readonly kind?: AlertReport['kind'] | undefined;
  readonly status: AlertStatus;
  /** The sender's word for the level. */
  readonly levelSaid?: string | undefined;
  /** The level, where the word alone does not say it. */
  readonly level?: Level | undefined;
  /** The first that says something; the fingerprint, where none does. */
  readonly titles: readonly (string | undefined)[];
  readonly description?: string | undefined;
  /** Without it: the first of the usual labels. */
  readonly service?: string | undefined;
  /** Without it: the first of the usual labels. */
  readonly environment?: string | undefined;
  readonly labels?: unknown;
  readonly annotations?: unknown;
  readonly startsAt?: unknown;
  readonly endsAt?: unknown;
  readonly links?: readonly (AlertLink | undefined)[] | undefined;
  readonly groupHint?: string | undefined;
  /** True where it is not said. */
  readonly expectsResolve?: boolean | undefined;
  readonly ttlMs?: number | undefined;
}

const MOST_TITLE = 150;
const MOST_DESCRIPTION = 3_000;
const MOST_NAME = 128;
const MOST_HINT = 512;
const MOST_LINKS = 16;

type Present<T> = { readonly [K in keyof T]: Exclude<T[K], undefined> };

/** Leaves out what is undefined, for records whose keys are absent instead. */
const parsePresent = <T extends object>(values: T): Partial<Present<T>> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<
    Present<T>
  >;

const titleOf = ({ titles, fingerprint }: AlertDraft): string =>
  titles.map((title) => lineWithin(title, MOST_TITLE)).find((title) => title !== undefined) ?? fingerprint;

const linksOf = ({ links = [] }: AlertDraft): readonly AlertLink[] =>
  links
    .filter((link) => link !== undefined)
    .filter((link, index, all) => all.findIndex(({ url }) => url === link.url) === index)
    .slice(0, MOST_LINKS);

/** The report of an alert: cleaned, cut to the sizes of {@link AlertReport}, with level, service and times where they were said. */
export const reportOf = (draft: AlertDraft): AlertReport => ({
  fingerprint: draft.fingerprint,
  kind: draft.kind ?? 'alert',
  status: draft.status,
  level: draft.level ?? levelOf(draft.levelSaid),
  title: titleOf(draft),
  labels: labelsOf(draft.labels),
  annotations: labelsOf(draft.annotations),
  links: linksOf(draft),
  expectsResolve: draft.expectsResolve ?? true,
  ...parsePresent({
    levelSaid: lineWithin(draft.levelSaid, MOST_NAME),
    description: linesWithin(draft.description, MOST_DESCRIPTION),
    service: lineWithin(draft.service ?? firstWords(draft.labels, SERVICE_LABELS), MOST_NAME),
    environment: lineWithin(draft.environment ?? firstWords(draft.labels, ENVIRONMENT_LABELS), MOST_NAME),
    startsAt: timeOf(draft.startsAt),
    endsAt: draft.status === 'resolved' ? timeOf(draft.endsAt) : undefined,
    groupHint: lineWithin(draft.groupHint, MOST_HINT),
    ttlMs: draft.ttlMs,
  }),
});
