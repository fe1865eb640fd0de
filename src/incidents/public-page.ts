import type { PublicIncident, PublicPage } from '../domain/status-update.ts';
import type { StatusPorts } from './status-ports.ts';

/** Incidents of each kind that are shown and listed (facts/status-page.md §3). */
const SHOWN = 50;

/** What the public page shows, of the configuration and the journal alone: no target is asked. */
export async function publicPage(
  ports: Pick<StatusPorts, 'journal' | 'settings' | 'url' | 'configuration'>,
  /** When it began to be there, epoch milliseconds; what is shown where nothing ever happened. */
  since: number,
): Promise<PublicPage> {
  const { settings, url, configuration } = ports;
  const book = ports.journal.statusPage;
  const kept = new Map((await book.components()).map((component) => [component.name, component]));
  const all = [
    ...(await book.open()),
    ...(await book.latest('incident', SHOWN)),
    ...(await book.latest('maintenance', SHOWN)),
  ];
  const incidents = [...new Map(all.map((incident) => [incident.id, incident])).values()];
  const names = settings.components.map(({ name }) => name);
  return {
    title: settings.title,
    ...(url === undefined ? {} : { url }),
    timezone: configuration.timezone,
    ...(settings.support === undefined ? {} : { support: settings.support }),
    components: settings.components.map(({ name, title, description, group }) => ({
      name,
      title,
      ...(description === undefined ? {} : { description }),
      ...(group === undefined ? {} : { group }),
      status: kept.get(name)?.status ?? 'operational',
      ...(kept.has(name) ? { since: kept.get(name)?.since ?? 0 } : {}),
    })),
    incidents: incidents.map((each) => known(each, names)).toSorted((a, b) => b.createdAt - a.createdAt),
    updatedAt: Math.max(
      ...(incidents.length === 0 ? [since] : []),
      ...incidents.map(({ updatedAt }) => updatedAt),
    ),
  };
}

/** A component that was taken out of the configuration is not shown any more. */
const known = (incident: PublicIncident, names: readonly string[]): PublicIncident => ({
  ...incident,
  affected: incident.affected.filter((name) => names.includes(name)),
});
