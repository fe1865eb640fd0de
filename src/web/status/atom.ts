import type { PublicIncident, PublicPage, PublicUpdate } from '../../domain/status-update.ts';
import { type Html, html } from '../html.ts';
import { incidentPath } from './incident-render.ts';
import { iso, label } from './words.ts';

/** Entries of the feed (facts/status-page.md §4). */
const MOST = 100;

/** RFC 4151; stays the same wherever the page moves. */
const tagOf = ({ id, createdAt }: PublicIncident): string =>
  `tag:botswain,${iso(createdAt).slice(0, 10)}:${id}`;

const updateText = (update: PublicUpdate): Html =>
  html`<p><strong>${label(update.status)}</strong> – ${iso(update.at)}</p><p>${update.body}</p>`;

// Markup inside of a feed is text: it is escaped a second time.
const asText = (markup: Html): Html => html`${markup.toString()}`;

const entry = (incident: PublicIncident, { url = '' }: PublicPage): Html =>
  html`<entry>
<id>${tagOf(incident)}</id>
<title>${incident.title}</title>
<link rel="alternate" type="text/html" href="${url}${incidentPath(incident)}"/>
<published>${iso(incident.createdAt)}</published>
<updated>${iso(incident.updatedAt)}</updated>
<content type="html">${asText(html`${incident.updates.map(updateText)}`)}</content>
</entry>
`;

/** The history as an Atom feed (RFC 4287): one entry an incident, with all its updates. */
export const atomFeed = (page: PublicPage): string =>
  html`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>${page.url === undefined ? 'tag:botswain,2026:status' : `${page.url}/`}</id>
<title>${page.title}</title>
<updated>${iso(page.updatedAt)}</updated>
<author><name>${page.title}</name></author>
<link rel="self" type="application/atom+xml" href="${page.url ?? ''}/history.atom"/>
<link rel="alternate" type="text/html" href="${page.url ?? ''}/"/>
${page.incidents.slice(0, MOST).map((incident) => entry(incident, page))}</feed>
`.toString();
