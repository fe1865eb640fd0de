import { DateTime } from 'luxon';
import type { Severity } from './policy.ts';
import { BUILT_IN_TEMPLATES } from './status-template-texts.ts';
import { isBackwards, type UpdateState } from './status-update.ts';

/** How a template says what there is to say: `standard`, `no-news`, `false-alarm` … */
export type Variant = string;

/** Words for one state, with `{{facts}}` in them; `{{fact?}}` goes, with the blank behind it, where the fact is not known. */
export interface StatusTemplate {
  readonly state: UpdateState;
  readonly variant: Variant;
  /** Only for incidents of these severities; absent = all. */
  readonly severities?: readonly Severity[];
  /** Only where one of these components is affected; absent = all. */
  readonly components?: readonly string[];
  /** For the first update; absent = {@link titleOf}. */
  readonly title?: string;
  readonly body: string;
}

/** Everything that may stand in a template. Times are epoch milliseconds and shown in UTC. */
export interface TemplateFacts {
  /** Title of what is affected, as the public knows it. */
  readonly service: string;
  /** Affected components by title; `service` where none is named. */
  readonly component?: string | undefined;
  /** What users meet: `errors when sending karma`. */
  readonly impact: string;
  /** Who meets it: `users in Europe`. */
  readonly scope?: string | undefined;
  readonly workaround?: string | undefined;
  /** What is said of the cause in public. */
  readonly cause?: string | undefined;
  /** What is said of data at the end: `No data was lost.` */
  readonly dataStatement?: string | undefined;
  readonly since?: number | undefined;
  readonly next?: number | undefined;
  /** When something was said last. */
  readonly last?: number | undefined;
  readonly resolved?: number | undefined;
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  /** Whether every component will be operational when this is out. */
  readonly isAllWell: boolean;
}

/** What users meet, by severity, where nobody said it better; the titles of alerts are not for the public. */
export const USUAL_IMPACT: Readonly<Record<Severity, string>> = {
  P0: 'an outage',
  P1: 'a partial outage',
  P2: 'degraded performance',
  P3: 'a minor problem',
};

/** `03:12`, with the day where it is another one than now's: `20 Nov 03:12`; always UTC. */
export function utcTime(at: number, now: number): string {
  const moment = DateTime.fromMillis(at, { zone: 'utc', locale: 'en' });
  const isToday = moment.hasSame(DateTime.fromMillis(now, { zone: 'utc' }), 'day');
  return moment.toFormat(isToday ? 'HH:mm' : 'd LLL HH:mm');
}

/** Names that may stand in a template. */
export const TEMPLATE_FACTS: readonly string[] = [
  'service',
  'component',
  'impact',
  'Impact',
  'scope',
  'Scope',
  'cause',
  'workaround',
  'data',
  'normal',
  'since',
  'next',
  'last',
  'resolved',
  'start',
  'end',
];

const TIMES = ['since', 'next', 'last', 'resolved', 'start', 'end'] as const;

const sentence = (text: string | undefined): string | undefined =>
  text === undefined || /[.!?]$/.test(text.trim()) ? text?.trim() : `${text.trim()}.`;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function valuesOf(facts: TemplateFacts, now: number): Readonly<Record<string, string | undefined>> {
  const { isAllWell, dataStatement, ...given } = facts;
  const component = facts.component ?? facts.service;
  const times = TIMES.map((name) => {
    const at = given[name];
    return [name, at === undefined ? undefined : utcTime(at, now)];
  });
  return {
    service: given.service,
    component,
    impact: given.impact,
    Impact: capital(given.impact),
    scope: given.scope,
    Scope: given.scope === undefined ? undefined : capital(given.scope),
    cause: sentence(given.cause),
    workaround: sentence(given.workaround),
    data: sentence(dataStatement),
    // The runbook's own sentence, where it is true.
    normal: isAllWell
      ? 'All services are now operating normally.'
      : `${component} is now operating normally.`,
    ...Object.fromEntries(times),
  };
}

const OPTIONAL = /\{\{\s*(\w+)\s*\?\s*\}\} ?/g;
const PLACE = /\{\{\s*(\w+)\s*\}\}/g;

/** Puts facts into words; what is not known stays as it is, for the lint to find. */
export function fill(text: string, facts: TemplateFacts, now: number): string {
  const values = valuesOf(facts, now);
  return text
    .replace(OPTIONAL, (place, name: string) =>
      values[name] === undefined ? '' : place.replace(/\{\{.*?\}\}/, () => values[name] ?? ''),
    )
    .replace(PLACE, (place, name: string) => values[name] ?? place)
    .trim();
}

/** What public title an incident gets: `Karmabot: degraded performance`. */
export const titleOf = ({ service, impact }: Pick<TemplateFacts, 'service' | 'impact'>): string =>
  `${service}: ${impact.replace(/^(?:an?|the) /i, '')}`.slice(0, 255);

/** What decides which template is meant. */
export interface TemplateCase {
  readonly state: UpdateState;
  /** Typed by somebody; absent = {@link usualVariant}. */
  readonly variant?: Variant;
  readonly severity?: Severity;
  readonly components: readonly string[];
  /** State of the last update; absent = nothing is public yet. */
  readonly before?: UpdateState;
}

/** The variant that a case calls for: the same state again is no news, and one that goes back is a relapse. */
export function usualVariant({ state, before }: Pick<TemplateCase, 'state' | 'before'>): Variant {
  if (before === state) return 'no-news';
  return before !== undefined && isBackwards(before, state) ? 'regression' : 'standard';
}

const fits = (template: StatusTemplate, wanted: TemplateCase): boolean =>
  template.state === wanted.state &&
  (template.severities === undefined ||
    (wanted.severity !== undefined && template.severities.includes(wanted.severity))) &&
  (template.components?.some((name) => wanted.components.includes(name)) ?? true);

const narrowness = ({ severities, components }: StatusTemplate): number =>
  (severities === undefined ? 0 : 1) + (components === undefined ? 0 : 2);

/** The variants there are for a state, own ones first. */
export const variantsOf = (own: readonly StatusTemplate[], state: UpdateState): readonly Variant[] => [
  ...new Set([...own, ...BUILT_IN_TEMPLATES].flatMap((each) => (each.state === state ? [each.variant] : []))),
];

/**
 * The template for a case: the configuration's before the built-in, the one for a component before the one for a severity
 * before the one for all. Undefined where somebody named a variant that there is none of; an unnamed one falls back on `standard`.
 */
export function chooseTemplate(
  own: readonly StatusTemplate[],
  wanted: TemplateCase,
): StatusTemplate | undefined {
  const candidates = [...own.toSorted((a, b) => narrowness(b) - narrowness(a)), ...BUILT_IN_TEMPLATES];
  const find = (variant: Variant): StatusTemplate | undefined =>
    candidates.find((each) => each.variant === variant && fits(each, wanted));
  if (wanted.variant !== undefined) return find(wanted.variant);
  return find(usualVariant(wanted)) ?? find('standard');
}
