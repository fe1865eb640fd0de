import { nextDueAt } from '../domain/escalation.ts';
import { type Incident, isOver } from '../domain/incident.ts';
import type { Actor, Alteration } from '../domain/incident-alteration.ts';
import type { IncidentDesk } from './incident-book.ts';

/** Writes what becomes of an incident: itself, its timeline, its timers and the audit. */
export async function alter(desk: IncidentDesk, who: Actor, alteration: Alteration): Promise<Incident> {
  const { incident, entries, timers, event, detail } = alteration;
  await desk.say(incident.id, entries);
  for (const [kind, dueAt] of timers) await desk.setTimer(incident.id, kind, dueAt);
  const { id, service, escalation } = incident;
  const due = escalation === undefined || isOver(incident) ? undefined : nextDueAt(escalation);
  await desk.setTimer(id, 'escalate', due);
  const about = service === undefined ? { subject: id } : { service, subject: id };
  await desk.audit({ event, at: who.at, actor: who.key, ...about, detail });
  return desk.put(incident);
}
