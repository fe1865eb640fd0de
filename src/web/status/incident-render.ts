import {
  isClosing,
  type PublicIncident,
  type PublicPage,
  type PublicUpdate,
} from '../../domain/status-update.ts';
import { EMPTY, type Html, html } from '../html.ts';
import { icon, label, moment, STANDING_OF_IMPACT, type Standing } from './words.ts';

/** The address of an incident, relative to the page. */
export const incidentPath = ({ id }: Pick<PublicIncident, 'id'>): string => `/incidents/${id}`;

const IMPACT_WORDS = {
  none: 'No impact',
  maintenance: 'Maintenance',
  minor: 'Minor impact',
  major: 'Major impact',
  critical: 'Critical impact',
} as const;

/** What an incident does while it lasts, and what it did. */
const standingOf = ({ impact, status }: PublicIncident): Standing =>
  isClosing(status) ? 'good' : STANDING_OF_IMPACT[impact];

const namesOf = ({ affected }: PublicIncident, { components }: PublicPage): string =>
  affected.map((name) => components.find((each) => each.name === name)?.title ?? name).join(', ');

function scheduledLine({ scheduled }: PublicIncident, page: PublicPage): Html {
  if (scheduled === undefined) return EMPTY;
  return html`<div><dt>Planned</dt><dd>${moment(scheduled.from, page)} to ${moment(scheduled.until, page)}</dd></div>`;
}

function nextLine({ nextUpdateAt, status }: PublicIncident, page: PublicPage): Html {
  if (nextUpdateAt === undefined || isClosing(status)) return EMPTY;
  return html`<div><dt>Next update</dt><dd>by ${moment(nextUpdateAt, page)}</dd></div>`;
}

/** What is known of an incident beside its updates. */
export function incidentFacts(incident: PublicIncident, page: PublicPage): Html {
  const names = namesOf(incident, page);
  const ended = incident.resolvedAt;
  return html`<dl class="facts">
<div><dt>Impact</dt><dd>${IMPACT_WORDS[incident.impact]}</dd></div>
${names !== '' && html`<div><dt>Affected</dt><dd>${names}</dd></div>`}
${incident.kind === 'incident' && html`<div><dt>Began</dt><dd>${moment(incident.startedAt, page)}</dd></div>`}
${scheduledLine(incident, page)}
${ended !== undefined && html`<div><dt>Ended</dt><dd>${moment(ended, page)}</dd></div>`}
${nextLine(incident, page)}
</dl>`;
}

const updateItem = (update: PublicUpdate, page: PublicPage): Html =>
  html`<li class="update"><p class="what"><strong>${label(update.status)}</strong> <span class="when">${moment(update.at, page)}</span></p>
<p class="body">${update.body}</p></li>`;

/** The updates of an incident, newest first. */
export const updateList = (updates: readonly PublicUpdate[], page: PublicPage): Html =>
  html`<ol class="updates">${updates.map((update) => updateItem(update, page))}</ol>`;

/** The state of an incident as a badge: shape, colour and word. */
export const badge = (incident: PublicIncident): Html =>
  html`<span class="badge ${standingOf(incident)}">${icon(standingOf(incident))} ${label(incident.status)}</span>`;

/** An incident on the front page. */
export const incidentArticle = (incident: PublicIncident, page: PublicPage): Html =>
  html`<article class="incident ${standingOf(incident)}">
<h3><a href="${incidentPath(incident)}">${incident.title}</a></h3>
<p>${badge(incident)}</p>
${incidentFacts(incident, page)}
${updateList(incident.updates, page)}
</article>`;

/** An incident in the history: its title, how long it took, and its last word. */
export function pastArticle(incident: PublicIncident, page: PublicPage): Html {
  const [last] = incident.updates;
  return html`<article class="past">
<h4><a href="${incidentPath(incident)}">${incident.title}</a></h4>
<p>${badge(incident)} <span class="when">${moment(incident.startedAt, page)}${incident.resolvedAt !== undefined && html` to ${moment(incident.resolvedAt, page)}`}</span></p>
${last !== undefined && html`<p class="body">${last.body}</p>`}
</article>`;
}
