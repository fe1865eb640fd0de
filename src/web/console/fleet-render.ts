import type { Tone } from '../../domain/message.ts';
import { EMPTY, type Html, html } from '../html.ts';
import { icon, spokenIcon, TONE_WORDS } from './icons.ts';
import { moment } from './message-render.ts';
import type { FleetRow } from './ports.ts';

/** When and for whom the fleet is drawn. */
export interface FleetView {
  /** Person key. */
  readonly viewer: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

const ORDER: readonly Tone[] = ['bad', 'unknown', 'warning', 'running', 'waiting', 'neutral', 'good'];
/** A look older than this is called old. */
const STALE_MS = 5 * 60_000;

/** The inside of the fleet's side bar: counts, then one button a service which asks for its status. */
export function fleetPanel(rows: readonly FleetRow[], view: FleetView): Html {
  const environments = Map.groupBy(rows, (row) => row.environment);
  const groups = [...environments].map(
    ([environment, members]) =>
      html`<section><h3>${environment}</h3><ul>${members.map((row) => item(row, view))}</ul></section>`,
  );
  return html`<button type="button" class="fleet-toggle" aria-expanded="true" aria-controls="fleet-rows"><span class="fleet-name">Fleet</span> ${counts(rows)}</button>
<div id="fleet-rows">${rows.length === 0 ? html`<p class="context">No services yet.</p>` : groups}</div>`;
}

function counts(rows: readonly FleetRow[]): Html {
  const tones = Map.groupBy(rows, (row) => row.tone);
  const shown = ORDER.filter((tone) => tones.has(tone));
  return html`<span class="counts">${shown.map(
    (tone) =>
      html`<span class="tone-${tone}">${icon(tone)}${tones.get(tone)?.length} ${TONE_WORDS[tone] || 'quiet'}</span>`,
  )}</span>`;
}

function item(row: FleetRow, view: FleetView): Html {
  const subject = `${row.service}@${row.environment}`;
  return html`<li><form method="post" action="/line"><input type="hidden" name="as" value="${view.viewer}">
<button class="service tone-${row.tone}" name="text" value="status ${subject}" title="/ops status ${subject}">${spokenIcon(row.tone)}
<span class="name">${row.service}</span>${age(row, view.now)}<span class="summary">${row.summary}</span></button></form></li>`;
}

function age(row: FleetRow, now: number): Html {
  if (row.ageMs === undefined) return html`<span class="age">never seen</span>`;
  const stale = row.ageMs > STALE_MS ? ' stale' : '';
  // Whole seconds, so that a row nobody looked at again stays the same text.
  const at = Math.round((now - row.ageMs) / 1000) * 1000;
  return html`${stale === '' ? EMPTY : html`<span class="spoken">old: </span>`}${moment(at, `age${stale}`)}`;
}
