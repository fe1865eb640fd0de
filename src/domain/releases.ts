import type { Change } from './change.ts';
import type { Release, Version } from './deploy.ts';

/** A release that was at least begun. */
export interface PastRelease {
  readonly change: Change;
  readonly release: Release;
}

const BEFORE_ANYTHING = ['requested', 'awaiting approval', 'denied', 'expired', 'voided'];

/** The releases of a service in one environment that were begun, in the order of the changes. */
export const releasesOf = (
  changes: readonly Change[],
  place: { readonly service: string; readonly environment: string },
): readonly PastRelease[] =>
  changes.flatMap((change) => {
    const { release, components } = change.plan;
    const isHere = components.some(
      ({ service, environment }) => service === place.service && environment === place.environment,
    );
    const isBegun = change.startedAt !== undefined && !BEFORE_ANYTHING.includes(change.state);
    return release !== undefined && isHere && isBegun ? [{ change, release }] : [];
  });

/** Whether the last release of a version ended without having been verified. */
export const endedBadly = (newestFirst: readonly PastRelease[], id: string): boolean => {
  const last = newestFirst.find(({ release }) => release.to.id === id);
  return last !== undefined && ['not verified', 'failed', 'cancelled'].includes(last.change.state);
};

/** The versions that were verified one upon the other; a rollback takes those above its own away. */
function verified(newestFirst: readonly PastRelease[]): readonly Version[] {
  const stack: Version[] = [];
  for (const { change, release } of newestFirst.toReversed()) {
    if (change.state !== 'succeeded') continue;
    // What ran before Botswain's first release was somebody's good version.
    if (stack.length === 0) stack.push(release.from);
    const known = stack.findLastIndex(({ id }) => id === release.to.id);
    if (change.plan.verb === 'rollback' && known >= 0) stack.length = known + 1;
    else if (stack.at(-1)?.id !== release.to.id) stack.push(release.to);
  }
  return stack;
}

/** The last version that was verified before the one that runs now; undefined where the journal knows none. */
export function versionBefore(newestFirst: readonly PastRelease[], present: string): Version | undefined {
  const stack = verified(newestFirst);
  const at = stack.findLastIndex(({ id }) => id === present);
  const before = at < 0 ? stack : stack.slice(0, at);
  const found = before.findLast(({ id }) => id !== present);
  if (found !== undefined) return found;
  const first = newestFirst.findLast(({ release }) => release.to.id === present);
  return at < 0 && first !== undefined && first.release.from.id !== present ? first.release.from : undefined;
}
