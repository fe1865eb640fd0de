import { z } from 'zod';

export const COMPONENT_STATUSES = [
  'operational',
  'degraded_performance',
  'partial_outage',
  'major_outage',
  'under_maintenance',
] as const;

const REALTIME = ['investigating', 'identified', 'monitoring', 'resolved'] as const;
const SCHEDULED = ['scheduled', 'in_progress', 'verifying', 'completed'] as const;

/** The published limits (https://developer.statuspage.io, "Create an incident"); a key that is not described there is a mistake. */
const written = z.strictObject({
  name: z.string().min(1, "Name can't be blank").max(255, 'Name is too long (maximum is 255 characters)'),
  status: z.enum([...REALTIME, ...SCHEDULED]).optional(),
  impact_override: z.enum(['none', 'maintenance', 'minor', 'major', 'critical']).optional(),
  body: z.string().max(25_000, 'Body is too long (maximum is 25000 characters)').optional(),
  component_ids: z.array(z.string()).optional(),
  components: z.record(z.string(), z.enum(COMPONENT_STATUSES)).optional(),
  deliver_notifications: z.boolean().default(true),
  metadata: z
    .record(z.string(), z.record(z.string(), z.unknown(), 'Metadata values must be objects'))
    .optional(),
  scheduled_for: z.iso.datetime().optional(),
  scheduled_until: z.iso.datetime().optional(),
  scheduled_remind_prior: z.boolean().optional(),
  scheduled_auto_in_progress: z.boolean().optional(),
  scheduled_auto_completed: z.boolean().optional(),
});

/** A body of a POST. */
export const createBody = z.object({ incident: written });
/** A body of a PATCH. */
export const patchBody = z.object({ incident: written.partial() });

/** What was written of an incident. */
export type Written = z.infer<typeof patchBody>['incident'];

/** One update as the API gives it. */
export interface WireUpdate {
  readonly id: string;
  readonly status: string;
  readonly body: string;
  readonly deliver_notifications: boolean;
}

/** An incident as the API gives it. */
export interface WireIncident {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly impact: string;
  readonly metadata: Readonly<Record<string, object>>;
  readonly scheduled_for: string | null;
  readonly scheduled_until: string | null;
  readonly component_ids: readonly string[];
  /** Newest first. */
  readonly incident_updates: readonly WireUpdate[];
}

/** Why a written incident cannot be, beyond its shape. */
export function complaints(incident: Written, known: ReadonlySet<string>): readonly string[] {
  const ids = [...(incident.component_ids ?? []), ...Object.keys(incident.components ?? {})];
  const strangers = ids.filter((id) => !known.has(id)).map((id) => `Component ${id} does not exist`);
  const planned = SCHEDULED.some((status) => status === incident.status);
  const lacks =
    planned && incident.status === 'scheduled' && incident.scheduled_until === undefined
      ? ["Scheduled until can't be blank"]
      : [];
  return [...strangers, ...lacks];
}
