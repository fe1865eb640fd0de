import { type Outcome, succeeded } from '../domain/outcome.ts';
import type { Fleet } from './fleet.ts';

const redacted = <T>(outcome: Outcome<T>, redact: (text: string) => string): Outcome<T> =>
  outcome.kind === 'succeeded' ? outcome : { ...outcome, message: redact(outcome.message) };

/** The same fleet; the words of its targets go no further with a secret in them. Log lines are `logs`' to redact. */
export const redactingFleet = (fleet: Fleet, redact: (text: string) => string): Fleet => ({
  ...fleet,
  status: async (placed) => {
    const seen = await fleet.status(placed);
    if (seen.kind !== 'succeeded') return redacted(seen, redact);
    return succeeded({ ...seen.value, summary: redact(seen.value.summary) });
  },
  identity: async (placed, action) => redacted(await fleet.identity(placed, action), redact),
  logs: async (placed, query) => redacted(await fleet.logs(placed, query), redact),
  check: (placed) => ({
    look: async (signal) => {
      const seen = await fleet.check(placed).look(signal);
      return { ...seen, summary: redact(seen.summary) };
    },
  }),
});
