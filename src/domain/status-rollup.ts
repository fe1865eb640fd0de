import type { Severity } from './policy.ts';
import {
  COMPONENT_STATUSES,
  type ComponentStatus,
  type ComponentStatuses,
  type ComponentTurn,
  type Impact,
  isClosing,
  isMaintenance,
  type PublicIncident,
  STATUS_OF_SEVERITY,
  type UpdateState,
} from './status-update.ts';

/** The whole page in one word, with the sentence that says it. */
export interface Overall {
  readonly indicator: 'none' | 'minor' | 'major' | 'critical' | 'maintenance';
  readonly description: string;
}

/** As Atlassian Statuspage words them: facts/status-page.md §3. */
const DESCRIPTIONS: Readonly<Record<Overall['indicator'], string>> = {
  none: 'All Systems Operational',
  minor: 'Partially Degraded Service',
  major: 'Partial System Outage',
  critical: 'Major Service Outage',
  maintenance: 'Service Under Maintenance',
};

const GRAVITY = ['none', 'maintenance', 'minor', 'major', 'critical'] as const;

const gravest = (impacts: readonly Impact[]): Impact =>
  GRAVITY.findLast((each) => impacts.includes(each)) ?? 'none';

/** The worst of some statuses. */
export const worstStatus = (statuses: readonly ComponentStatus[]): ComponentStatus =>
  COMPONENT_STATUSES.findLast((each) => statuses.includes(each)) ?? 'operational';

const IMPACT_OF: Readonly<Record<ComponentStatus, Impact>> = {
  operational: 'none',
  under_maintenance: 'maintenance',
  degraded_performance: 'minor',
  partial_outage: 'major',
  major_outage: 'critical',
};

/** The impact that component statuses come to. */
export const impactOf = (components: ComponentStatuses): Impact =>
  gravest(Object.values(components).map((status) => IMPACT_OF[status]));

type Effect = Pick<PublicIncident, 'status' | 'components'>;

/** Announced work has no effect before it begins, and none when it is over. */
const hasEffect = ({ status }: Effect): boolean => status !== 'scheduled' && !isClosing(status);

/** How a component stands: the worst that any open incident does to it. */
export const statusOf = (component: string, incidents: readonly Effect[]): ComponentStatus =>
  worstStatus(incidents.filter(hasEffect).flatMap(({ components }) => components[component] ?? []));

/** What becomes of the page when an incident has this effect from now on, and the others stay as they are. */
export function turnsOf(
  components: readonly string[],
  before: readonly Effect[],
  after: readonly Effect[],
): readonly ComponentTurn[] {
  return components.flatMap((component) => {
    const [from, to] = [statusOf(component, before), statusOf(component, after)];
    return from === to ? [] : [{ component, from, to }];
  });
}

function indicatorOf(
  statuses: readonly ComponentStatus[],
  open: readonly Pick<PublicIncident, 'impact' | 'components' | 'status'>[],
): Overall['indicator'] {
  const down = statuses.filter((status) => status === 'major_outage').length;
  const byParts = statuses.map((status): Impact => {
    // One part of many that is down is no outage of the whole.
    const isPart = status === 'major_outage' && down * 2 < statuses.length;
    return isPart ? 'major' : IMPACT_OF[status];
  });
  const byWord = open
    .filter((each) => hasEffect(each) && Object.keys(each.components).length === 0)
    .map(({ impact }) => impact);
  return gravest([...byParts, ...byWord]);
}

/** The state of the whole page: by its components, and by open incidents that name none. */
export function overall(
  components: readonly { readonly status: ComponentStatus }[],
  open: readonly Pick<PublicIncident, 'impact' | 'components' | 'status'>[],
): Overall {
  const indicator = indicatorOf(
    components.map(({ status }) => status),
    open,
  );
  return { indicator, description: DESCRIPTIONS[indicator] };
}

/** What is known when nobody says what becomes of the components. */
export interface UsualEffect {
  readonly severity: Severity | undefined;
  /** What the incident did to components so far. */
  readonly before: ComponentStatuses;
  /** Those of the service. */
  readonly own: readonly string[];
}

const all = (names: readonly string[], status: ComponentStatus): ComponentStatuses =>
  Object.fromEntries(names.map((name) => [name, status]));

function duringIncident({ severity, own }: UsualEffect): ComponentStatuses {
  const usual = severity === undefined ? 'degraded_performance' : STATUS_OF_SEVERITY[severity];
  return usual === 'operational' ? {} : all(own, usual);
}

/** What an update does to components unless somebody says otherwise. */
export function usualEffect(status: UpdateState, given: UsualEffect): ComponentStatuses {
  const known = Object.keys(given.before);
  if (isClosing(status)) return all(known, 'operational');
  if (known.length > 0) return given.before;
  return isMaintenance(status) ? all(given.own, 'under_maintenance') : duringIncident(given);
}
