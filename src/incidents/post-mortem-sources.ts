import type { Change } from '../domain/change.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { Incident, TimelineEntry } from '../domain/incident.ts';
import { USUAL_INCIDENTS } from '../domain/incident-settings.ts';
import type { PostMortemChange, PostMortemFacts } from '../domain/post-mortem-facts.ts';
import type { Journal } from '../workflow/journal.ts';
import { nameOf } from '../workflow/people.ts';

/** Where the facts come from. */
export interface PostMortemSources {
  readonly journal: Pick<Journal, 'incidents' | 'changes'>;
  readonly configuration: Configuration;
  readonly redact: (text: string) => string;
}

/** How long before its beginning, and after its end, a change may have to do with it. */
const BEFORE_MS = 24 * 60 * 60_000;
const AFTER_MS = 60 * 60_000;
const MOST_CHANGES = 100;

const isThere = ({ plan }: Change, { service, environment }: Incident): boolean =>
  plan.components.some(
    (ref) => ref.service === service && (environment === undefined || ref.environment === environment),
  );

/** Changes of its service around it, and all that its timeline names. */
async function changesOf(
  { changes }: Pick<Journal, 'changes'>,
  incident: Incident,
  timeline: readonly TimelineEntry[],
): Promise<readonly Change[]> {
  const { service, impactSince, resolvedAt = Number.POSITIVE_INFINITY } = incident;
  const around =
    service === undefined
      ? []
      : await changes.list({ service, since: impactSince - BEFORE_MS, limit: MOST_CHANGES });
  const near = around.filter(
    (change) => isThere(change, incident) && change.requestedAt <= resolvedAt + AFTER_MS,
  );
  const ids = new Set(timeline.flatMap(({ subject = '' }) => (/^C-\d+$/.test(subject) ? [subject] : [])));
  const named = await Promise.all([...ids].slice(0, MOST_CHANGES).map((id) => changes.find(id)));
  const all = [...near, ...named.filter((change) => change !== undefined)];
  return [...new Map(all.map((change) => [change.id, change])).values()];
}

async function toldOf({ changes }: Pick<Journal, 'changes'>, change: Change): Promise<PostMortemChange> {
  const { id, plan, requester, startedAt, requestedAt, state, ending } = change;
  const decisions = await changes.decisions(id);
  return {
    id,
    summary: plan.summary,
    requester,
    approvers: decisions.filter(({ decision }) => decision === 'approved').map(({ person }) => person),
    at: startedAt ?? requestedAt,
    state,
    ...(ending === undefined ? {} : { ending }),
  };
}

/** Everything that a post-mortem is drafted from, as of now. */
export async function postMortemFacts(
  { journal, configuration, redact }: PostMortemSources,
  incident: Incident,
): Promise<Omit<PostMortemFacts, 'mostLines'>> {
  const { people, services, incidents = USUAL_INCIDENTS } = configuration;
  const timeline = await journal.incidents.timeline(incident.id);
  const changes = await changesOf(journal, incident, timeline);
  const title = services.find(({ name }) => name === incident.service)?.title;
  return {
    incident,
    // What it says of itself would be news each time that it is drafted.
    timeline: timeline.filter(({ kind }) => kind !== 'post-mortem'),
    alerts: await journal.incidents.alertsOf(incident.id),
    changes: await Promise.all(changes.map((change) => toldOf(journal, change))),
    settings: incidents.severities[incident.severity],
    nameOf: (key) => nameOf(people, key),
    redact,
    ...(title === undefined ? {} : { serviceTitle: title }),
  };
}
