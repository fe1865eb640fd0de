import type { Severity } from './policy.ts';

/** How far an incident is for the public, in the order it usually goes. */
export const INCIDENT_UPDATE_STATES = ['investigating', 'identified', 'monitoring', 'resolved'] as const;

/** How far announced work is, in its order. */
export const MAINTENANCE_STATES = ['scheduled', 'in_progress', 'verifying', 'completed'] as const;

/** Every state that can be published; Atlassian Statuspage has the same words. */
export const UPDATE_STATES = [...INCIDENT_UPDATE_STATES, ...MAINTENANCE_STATES] as const;

/** One of {@link UPDATE_STATES}. */
export type UpdateState = (typeof UPDATE_STATES)[number];

/** How a part of the public page is, best first; maintenance stands beside that order. */
export const COMPONENT_STATUSES = [
  'operational',
  'under_maintenance',
  'degraded_performance',
  'partial_outage',
  'major_outage',
] as const;

/** One of {@link COMPONENT_STATUSES}. */
export type ComponentStatus = (typeof COMPONENT_STATUSES)[number];

/** How much the public feels of it. */
export const IMPACTS = ['none', 'maintenance', 'minor', 'major', 'critical'] as const;

/** One of {@link IMPACTS}. */
export type Impact = (typeof IMPACTS)[number];

/** Statuses by component, as `status_page.components` calls them. */
export type ComponentStatuses = Readonly<Record<string, ComponentStatus>>;

/** When announced work is to begin and end, epoch milliseconds. */
export interface ScheduledTime {
  readonly from: number;
  readonly until: number;
}

/** What is to be said in public at once: exactly what was shown before. */
export interface StatusUpdate {
  readonly status: UpdateState;
  /** Of the whole incident, at most 255 characters. */
  readonly title: string;
  /** Plain text. */
  readonly body: string;
  /** What this incident does to components from now on; those that it leaves alone are absent. */
  readonly components: ComponentStatuses;
  readonly impact: Impact;
  /** When the public is promised to hear more, epoch milliseconds. */
  readonly nextUpdateAt?: number;
  readonly scheduled?: ScheduledTime;
  /** Subscribers are told, where there are some. */
  readonly isLoud: boolean;
}

/** A component that an update alters. */
export interface ComponentTurn {
  readonly component: string;
  readonly from: ComponentStatus;
  readonly to: ComponentStatus;
}

/** An update that the public can read. */
export interface PublicUpdate {
  /** 1, 2, 3 … within its incident. */
  readonly number: number;
  readonly status: UpdateState;
  readonly body: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** What it altered on the page. */
  readonly turns: readonly ComponentTurn[];
  readonly components: ComponentStatuses;
  readonly nextUpdateAt?: number;
  readonly isLoud: boolean;
}

/** What the public knows of an incident or of announced work. Neither our ids nor our people stand in what is shown of it. */
export interface PublicIncident {
  /** As addresses show it: 12 letters and digits that tell nothing. */
  readonly id: string;
  /** What people type: `INC-7` of the incident it tells of, `M-3` where it is announced work. */
  readonly of: string;
  readonly kind: 'incident' | 'maintenance';
  readonly title: string;
  readonly status: UpdateState;
  readonly impact: Impact;
  /** When it began for those who use the service; all times are epoch milliseconds. */
  readonly startedAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly monitoringAt?: number;
  readonly resolvedAt?: number;
  readonly nextUpdateAt?: number;
  readonly scheduled?: ScheduledTime;
  /** Its present effect; empty when it is over. */
  readonly components: ComponentStatuses;
  /** Every component it ever had an effect on. */
  readonly affected: readonly string[];
  /** Newest first. */
  readonly updates: readonly PublicUpdate[];
}

/** A component of the page as it stands. */
export interface PublicComponent {
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  readonly group?: string;
  readonly status: ComponentStatus;
  /** Since when, epoch milliseconds; absent where it was never otherwise. */
  readonly since?: number;
}

/** Everything that the public page shows. */
export interface PublicPage {
  readonly title: string;
  /** Without a `/` at its end; absent = links are relative. */
  readonly url?: string;
  readonly timezone: string;
  /** Where users get help; absent = it is not said. */
  readonly support?: string;
  /** In the order of the configuration. */
  readonly components: readonly PublicComponent[];
  /** Open ones and the latest 50 of each kind, newest first. */
  readonly incidents: readonly PublicIncident[];
  /** When anything of it was altered last, epoch milliseconds. */
  readonly updatedAt: number;
}

/** Whether a state is one of announced work. */
export const isMaintenance = (status: UpdateState): boolean =>
  MAINTENANCE_STATES.some((each) => each === status);

/** Whether nothing more follows. */
export const isClosing = (status: UpdateState): boolean => status === 'resolved' || status === 'completed';

/** A state as people read it: `in progress`. */
export const stateWords = (status: UpdateState | ComponentStatus): string => status.replaceAll('_', ' ');

/** Whether a state lies before another one of its kind. */
export function isBackwards(from: UpdateState, to: UpdateState): boolean {
  const order: readonly UpdateState[] = isMaintenance(from) ? MAINTENANCE_STATES : INCIDENT_UPDATE_STATES;
  return order.indexOf(to) < order.indexOf(from);
}

/** What an incident of a severity does to the components of its service unless somebody says otherwise. */
export const STATUS_OF_SEVERITY: Readonly<Record<Severity, ComponentStatus>> = {
  P0: 'major_outage',
  P1: 'partial_outage',
  P2: 'degraded_performance',
  P3: 'operational',
};
