import { DateTime } from 'luxon';
import type { Overall } from '../../domain/status-rollup.ts';
import { type ComponentStatus, type PublicPage, stateWords } from '../../domain/status-update.ts';
import { type Html, html } from '../html.ts';

/** How a thing stands on the page: each has a colour, a shape and a word. */
export type Standing = 'good' | 'work' | 'minor' | 'major' | 'critical';

/** Standing of a component. */
export const STANDING_OF: Readonly<Record<ComponentStatus, Standing>> = {
  operational: 'good',
  under_maintenance: 'work',
  degraded_performance: 'minor',
  partial_outage: 'major',
  major_outage: 'critical',
};

/** Standing of the whole page, and of an incident by its impact. */
export const STANDING_OF_IMPACT: Readonly<Record<Overall['indicator'], Standing>> = {
  none: 'good',
  maintenance: 'work',
  minor: 'minor',
  major: 'major',
  critical: 'critical',
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A status as a label: `Partial outage`. */
export const label = (status: Parameters<typeof stateWords>[0]): string => capital(stateWords(status));

/** Each standing has a shape of its own, for those to whom colours say nothing. */
const SHAPES: Readonly<Record<Standing, string>> = {
  good: 'M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0Zm-1.2 11.6L3.4 8.2l1.3-1.3 2.1 2.1 4.5-4.6 1.3 1.3-5.8 5.9Z',
  work: 'M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0ZM5 4.5h2v7H5v-7Zm4 0h2v7H9v-7Z',
  minor: 'M8 0 0 8l8 8 8-8-8-8Zm-.9 4h1.8v5H7.1V4Zm0 6.2h1.8V12H7.1v-1.8Z',
  major: 'M8 .8 0 15.2h16L8 .8ZM7.1 6h1.8v4.6H7.1V6Zm0 5.7h1.8v1.7H7.1v-1.7Z',
  critical:
    'M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7L4.7 0Zm.4 3.8L3.8 5.1 6.7 8l-2.9 2.9 1.3 1.3L8 9.3l2.9 2.9 1.3-1.3L9.3 8l2.9-2.9-1.3-1.3L8 6.7 5.1 3.8Z',
};

/** The shape of a standing; the word stands beside it. */
export const icon = (standing: Standing): Html =>
  html`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false"><path d="${SHAPES[standing]}"/></svg>`;

/** ISO 8601 in UTC, as Statuspage writes times. */
export const iso = (at: number): string => new Date(at).toISOString();

/** A moment in UTC and, where the page has another zone, in that: `20 Nov 2026, 03:12 UTC (04:12 Europe/Berlin)`. */
export function moment(at: number, { timezone }: Pick<PublicPage, 'timezone'>): Html {
  const utc = DateTime.fromMillis(at, { zone: 'utc', locale: 'en' });
  const here = utc.setZone(timezone);
  const isOtherDay = here.toISODate() !== utc.toISODate();
  const isSame = here.offset === 0;
  const local = isSame ? '' : ` (${here.toFormat(isOtherDay ? 'd LLL, HH:mm' : 'HH:mm')} ${timezone})`;
  return html`<time datetime="${iso(at)}">${utc.toFormat('d LLL yyyy, HH:mm')} UTC</time>${local}`;
}

/** A day in UTC: `20 November 2026`. */
export const dayOf = (at: number): string =>
  DateTime.fromMillis(at, { zone: 'utc', locale: 'en' }).toFormat('d LLLL yyyy');
