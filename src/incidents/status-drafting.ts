import type { PublicIncident } from '../domain/status-update.ts';
import type { StatusWish } from './status-control.ts';
import type { StatusPorts } from './status-ports.ts';

/** Everything that a draft is made from. */
export interface Drafting {
  readonly ports: StatusPorts;
  readonly wish: StatusWish;
  /** What the public knows so far. */
  readonly before: PublicIncident | undefined;
  /** Everything public that is open. */
  readonly open: readonly PublicIncident[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** `INC-7`, `M-3`, or empty for new work. */
export const subjectOf = ({ about }: Pick<StatusWish, 'about'>): string =>
  about.kind === 'incident' ? about.incident.id : (about.id ?? '');

/** Reads what has to be known of what is public. */
export async function drafting(ports: StatusPorts, wish: StatusWish): Promise<Drafting> {
  const of = subjectOf(wish);
  const book = ports.journal.statusPage;
  return {
    ports,
    wish,
    before: of === '' ? undefined : await book.find(of),
    open: await book.open(),
    now: ports.now(),
  };
}
