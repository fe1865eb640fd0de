import type { Severity } from '../domain/policy.ts';
import { impactOf, usualEffect } from '../domain/status-rollup.ts';
import { componentsOf } from '../domain/status-settings.ts';
import {
  type ComponentStatuses,
  type Impact,
  isClosing,
  type PublicIncident,
} from '../domain/status-update.ts';
import type { StatusWish } from './status-control.ts';
import type { Drafting } from './status-drafting.ts';

const severityOf = ({ about }: StatusWish): Severity | undefined =>
  about.kind === 'incident' ? about.incident.severity : undefined;

/** What the incident does to components from now on. */
export function effectOf({ ports, wish, before }: Drafting): ComponentStatuses {
  const { about, status, components: given } = wish;
  const ofService =
    about.kind === 'incident' ? componentsOf(ports.settings, about.incident).map(({ name }) => name) : [];
  // One that is back has the effect it had.
  const own = ofService.length > 0 ? ofService : (before?.affected ?? []);
  const so = isClosing(status) ? affectedBy(before) : (before?.components ?? {});
  if (given === undefined) return usualEffect(status, { severity: severityOf(wish), before: so, own });
  const usual = usualEffect(status, { severity: severityOf(wish), before: {}, own: Object.keys(given) });
  const named = Object.entries(given).map(([name, to]) => {
    const closed = isClosing(status) ? 'operational' : undefined;
    return [name, to ?? closed ?? usual[name] ?? 'degraded_performance'] as const;
  });
  return {
    ...usualEffect(status, { severity: undefined, before: so, own: [] }),
    ...Object.fromEntries(named),
  };
}

/** At its end everything it ever had an effect on is said to be well. */
const affectedBy = (before: PublicIncident | undefined): ComponentStatuses =>
  Object.fromEntries((before?.affected ?? []).map((name) => [name, 'operational' as const]));

const IMPACT_OF_SEVERITY: Readonly<Record<Severity, Impact>> = {
  P0: 'critical',
  P1: 'major',
  P2: 'minor',
  P3: 'none',
};

/** How much the public feels of it. */
export function impactFor({ wish, before }: Drafting, components: ComponentStatuses): Impact {
  if (wish.about.kind === 'maintenance') return 'maintenance';
  if (isClosing(wish.status)) return before?.impact ?? 'none';
  if (Object.keys(components).length > 0) return impactOf(components);
  return IMPACT_OF_SEVERITY[wish.about.incident.severity];
}

const MINUTE = 60_000;

/** When the next word is promised; on the minute, because the text says minutes. */
export function nextUpdate({ ports, wish, now }: Drafting): number | undefined {
  const severity = severityOf(wish);
  if (isClosing(wish.status)) return undefined;
  const usual = severity === undefined ? undefined : ports.settings.nextUpdateMs[severity];
  const ms = wish.nextMs ?? usual;
  return ms === undefined ? undefined : Math.ceil((now + ms) / MINUTE) * MINUTE;
}

/** When it began for users, or when announced work is to begin. */
export function startOf({ wish, before, now }: Drafting): number {
  if (wish.about.kind === 'incident')
    return wish.since ?? before?.startedAt ?? wish.about.incident.impactSince;
  return wish.scheduled?.from ?? before?.startedAt ?? now;
}
