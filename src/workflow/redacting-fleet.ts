import type { Deploy } from '../deploys/deploy.ts';
import { type Outcome, succeeded } from '../domain/outcome.ts';
import type { Fleet } from './fleet.ts';

const redacted = <T>(outcome: Outcome<T>, redact: (text: string) => string): Outcome<T> =>
  outcome.kind === 'succeeded' ? outcome : { ...outcome, message: redact(outcome.message) };

const redactedDeploy = (deploy: Deploy, redact: (text: string) => string): Deploy => ({
  deploy: async (read, wanted) => redacted(await deploy.deploy(read, wanted), redact),
  rollback: async (read, wanted) => redacted(await deploy.rollback(read, wanted), redact),
  present: async (read) => redacted(await deploy.present(read), redact),
  behind: async (read) => redacted(await deploy.behind(read), redact),
});

const withDeploy = (deploy: Fleet['deploy'], redact: (text: string) => string): Pick<Fleet, 'deploy'> =>
  deploy === undefined ? {} : { deploy: (placed) => redactedDeploy(deploy(placed), redact) };

/** The same fleet; the words of its targets go no further with a secret in them. Log lines are `logs`' to redact. */
export const redactingFleet = (fleet: Fleet, redact: (text: string) => string): Fleet => ({
  ...fleet,
  ...withDeploy(fleet.deploy, redact),
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
