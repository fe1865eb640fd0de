import type { Incident } from '../domain/incident.ts';
import { mergeInto } from '../domain/incident-ends.ts';
import { alter } from './alter.ts';
import type { IncidentDesk } from './incident-book.ts';
import { openIncident } from './open-incident.ts';
import { botswainAt, STORM_KEY, type Taking } from './taking.ts';

/** More incidents than this make a storm whatever is configured. */
const MOST_YOUNG = 1_000;

/** Opens the one incident that a storm has; what nobody has heard of yet goes into it. */
export async function beginStorm(taking: Taking, why: string): Promise<Incident> {
  const { desk, at, settings } = taking;
  // It may name what a sender wrote into a label.
  const because = taking.redact(why);
  const storm = await openIncident(desk, {
    who: botswainAt(at),
    title: `Storm of alerts: ${because}`,
    severity: 'P0',
    settings: settings.severities.P0,
    origin: 'storm',
    key: STORM_KEY,
    announceAt: at,
  });
  await desk.say(storm.id, [
    {
      at,
      kind: 'storm',
      actor: 'botswain',
      text: `There are ${because}: what comes from now on is put together here, and nobody is called for each. Ask with: alerts --firing`,
      isSaid: true,
    },
  ]);
  const young = await desk.list({ states: ['open'], since: at - settings.storm.withinMs, limit: MOST_YOUNG });
  for (const incident of young.filter(({ origin, announceAt }) => origin === 'alerts' && announceAt >= at))
    await absorb(desk, incident, { storm, at });
  return storm;
}

async function absorb(
  desk: IncidentDesk,
  incident: Incident,
  { storm, at }: { readonly storm: Incident; readonly at: number },
): Promise<void> {
  const who = botswainAt(at);
  const merged = mergeInto(incident, who, storm);
  if (merged.kind !== 'succeeded') return;
  for (const alert of await desk.alertsOf(incident.id)) await desk.putAlert({ ...alert, incident: storm.id });
  const entries = merged.value.entries.map((entry) => ({ ...entry, isSaid: false }));
  await alter(desk, who, { ...merged.value, entries });
}
