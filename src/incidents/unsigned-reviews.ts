import type { Change } from '../domain/change.ts';
import type { Incident } from '../domain/incident.ts';
import type { Journal } from '../workflow/journal.ts';

/** People may break the glass first, and open the incident when it is quieter. */
const BEFORE_MS = 60 * 60_000;
/** More than anybody breaks within one incident. */
const MOST = 50;

/**
 * Changes of the incident's service, made since it began, for which somebody broke the glass and whose review nobody has
 * signed: as long as there is one, it is not over. An incident of no service is kept open by none.
 */
export async function unsignedReviews(
  changes: Pick<Journal['changes'], 'list'>,
  { service, environment, openedAt, impactSince }: Incident,
): Promise<readonly Change[]> {
  if (service === undefined) return [];
  const since = Math.min(openedAt, impactSince) - BEFORE_MS;
  const unsigned = await changes.list({ reviewOpen: true, service, since, limit: MOST });
  return unsigned.filter(({ plan }) =>
    plan.components.some(
      (ref) => ref.service === service && (environment === undefined || ref.environment === environment),
    ),
  );
}
