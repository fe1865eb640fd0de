import type { Transaction } from 'kysely';
import type { Alert } from '../domain/alert.ts';
import type { Escalation, Incident } from '../domain/incident.ts';
import { parseStored, toStored } from './stored.ts';
import type { Tables } from './tables.ts';

/** Whoever is to be called after a while is called after that while, although the clock was set back by so many milliseconds. */
export async function moveIncidents(tx: Transaction<Tables>, byMs: number): Promise<void> {
  await tx
    .updateTable('incident_timers')
    .set((eb) => ({ due_at: eb('due_at', '-', byMs) }))
    .execute();
  const open = await tx
    .selectFrom('incidents')
    .select(['id', 'record'])
    .where('state', '!=', 'resolved')
    .execute();
  for (const { id, record } of open)
    await tx
      .updateTable('incidents')
      .set({ record: toStored(incidentBack(parseStored<Incident>(record), byMs)) })
      .where('id', '=', id)
      .execute();
  const young = await tx
    .selectFrom('alerts')
    .select(['key', 'record'])
    .where('status', '!=', 'resolved')
    .where('unannounced', '=', 1)
    .execute();
  for (const { key, record } of young) {
    const alert = parseStored<Alert>(record);
    await tx
      .updateTable('alerts')
      .set({ record: toStored({ ...alert, firingSince: alert.firingSince - byMs }) })
      .where('key', '=', key)
      .execute();
  }
}

const WAITS = ['announceAt', 'acknowledgedAt', 'spokenAt', 'askedAt'] as const;

/** What is written down of the past stays; what something is counted from moves. */
function incidentBack(incident: Incident, byMs: number): Incident {
  const moved = WAITS.flatMap((name) => {
    const at = incident[name];
    return at === undefined ? [] : [[name, at - byMs]];
  });
  const { escalation } = incident;
  return {
    ...incident,
    ...Object.fromEntries(moved),
    ...(escalation === undefined ? {} : { escalation: escalationBack(escalation, byMs) }),
  };
}

const escalationBack = (escalation: Escalation, byMs: number): Escalation => ({
  ...escalation,
  since: escalation.since - byMs,
  ...(escalation.begunAt === undefined ? {} : { begunAt: escalation.begunAt - byMs }),
});
