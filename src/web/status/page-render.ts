import { overall } from '../../domain/status-rollup.ts';
import {
  isClosing,
  type PublicComponent,
  type PublicIncident,
  type PublicPage,
} from '../../domain/status-update.ts';
import { EMPTY, type Html, html } from '../html.ts';
import { badge, incidentArticle, incidentFacts, pastArticle, updateList } from './incident-render.ts';
import { dayOf, icon, label, moment, STANDING_OF, STANDING_OF_IMPACT } from './words.ts';

interface Framed {
  readonly page: PublicPage;
  /** Of the tab, before the name of the page. */
  readonly title: string;
  /** Changes when the style does. */
  readonly styleVersion: string;
  readonly body: Html;
}

function frame({ page, title, styleVersion, body }: Framed): string {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – ${page.title}</title>
<link rel="stylesheet" href="/status-page/style.css?v=${styleVersion}">
<link rel="icon" type="image/svg+xml" href="/status-page/icon.svg">
<link rel="alternate" type="application/atom+xml" title="${page.title}" href="/history.atom">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><p><a href="/">${page.title}</a></p></header>
<main id="main">
${body}
</main>
<footer>
${page.support !== undefined && html`<p>Need help? <a href="${page.support}">Contact us</a>.</p>`}
<ul><li><a href="/history.atom">Atom feed</a></li><li><a href="/api/v2/summary.json">JSON</a></li></ul>
</footer>
</body>
</html>
`;
  return document.toString();
}

const componentItem = ({ title, description, status }: PublicComponent): Html =>
  html`<li><span class="name">${title}${description !== undefined && html` <small>${description}</small>`}</span> <span class="badge ${STANDING_OF[status]}">${icon(STANDING_OF[status])} ${label(status)}</span></li>`;

const componentList = (components: readonly PublicComponent[]): Html =>
  html`<ul class="components">${components.map(componentItem)}</ul>`;

function componentsSection({ components }: PublicPage): Html {
  if (components.length === 0) return EMPTY;
  const grouped = Map.groupBy(components, ({ group }) => group);
  const alone = grouped.get(undefined) ?? [];
  const groups = [...grouped].flatMap(([group, members]) =>
    group === undefined ? [] : [{ group, members }],
  );
  return html`<section aria-labelledby="components">
<h2 id="components">Components</h2>
${alone.length > 0 && componentList(alone)}
${groups.map(({ group, members }) => html`<h3>${group}</h3>${componentList(members)}`)}
</section>`;
}

interface Section {
  readonly id: string;
  readonly title: string;
  readonly incidents: readonly PublicIncident[];
}

const incidentsSection = ({ id, title, incidents }: Section, page: PublicPage): Html =>
  incidents.length === 0
    ? EMPTY
    : html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${incidents.map((incident) => incidentArticle(incident, page))}
</section>`;

const HISTORY_DAYS = 14;
const DAY_MS = 86_400_000;

function historySection(page: PublicPage, now: number): Html {
  const ended = page.incidents.filter(
    ({ status, resolvedAt, updatedAt }) =>
      isClosing(status) && (resolvedAt ?? updatedAt) > now - HISTORY_DAYS * DAY_MS,
  );
  const days = Map.groupBy(ended, ({ startedAt }) => dayOf(startedAt));
  return html`<section aria-labelledby="history">
<h2 id="history">The last ${HISTORY_DAYS} days</h2>
${ended.length === 0 && html`<p>No incidents.</p>`}
${[...days].map(([day, incidents]) => html`<h3>${day}</h3>${incidents.map((incident) => pastArticle(incident, page))}`)}
</section>`;
}

/** The front page: the whole in one sentence, then what is open, the components, what is planned, and what was. */
export function frontPage(
  page: PublicPage,
  at: { readonly now: number; readonly styleVersion: string },
): string {
  const open = page.incidents.filter(({ status }) => !isClosing(status));
  const planned = open.filter(({ status }) => status === 'scheduled');
  const { indicator, description } = overall(page.components, open);
  const standing = STANDING_OF_IMPACT[indicator];
  return frame({
    page,
    title: description,
    styleVersion: at.styleVersion,
    body: html`<div class="overall ${standing}" role="status">
<h1>${icon(standing)} ${description}</h1>
<p>Last change: ${moment(page.updatedAt, page)}</p>
</div>
${incidentsSection({ id: 'open', title: 'Open now', incidents: open.filter(({ status }) => status !== 'scheduled') }, page)}
${componentsSection(page)}
${incidentsSection({ id: 'planned', title: 'Planned maintenance', incidents: planned }, page)}
${historySection(page, at.now)}`,
  });
}

/** The permanent page of one incident. */
export const incidentPage = (page: PublicPage, incident: PublicIncident, styleVersion: string): string =>
  frame({
    page,
    title: incident.title,
    styleVersion,
    body: html`<article class="whole">
<h1>${incident.title}</h1>
<p>${badge(incident)}</p>
${incidentFacts(incident, page)}
<h2>Updates</h2>
${updateList(incident.updates, page)}
</article>
<p><a href="/">Back to the current status</a></p>`,
  });

/** What stands where there is no incident. */
export const missingPage = (page: PublicPage, styleVersion: string): string =>
  frame({
    page,
    title: 'Not found',
    styleVersion,
    body: html`<h1>There is no such incident</h1><p>The address may be incomplete. <a href="/">See the current status</a>.</p>`,
  });
