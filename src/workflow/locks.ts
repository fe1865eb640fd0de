import type { Configuration } from '../domain/configuration.ts';
import { componentKey } from '../domain/fleet.ts';
import { isPersons, type Lock, lockText, standsInTheWay, tellMe } from '../domain/lock.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import { heldComponents } from '../domain/plan.ts';
import type { Journal } from './journal.ts';

/** What is to be worked on. */
type Held = Parameters<typeof heldComponents>[0];

/** The locks of others that keep a person's plan away. */
async function locksInTheWay(
  { journal, now }: { readonly journal: Pick<Journal, 'locks'>; readonly now: () => number },
  plan: Held,
  person: Person,
): Promise<readonly Lock[]> {
  const keys = heldComponents(plan).map(componentKey);
  const locks = await journal.locks.all();
  return locks.filter((lock) => keys.includes(lock.key) && standsInTheWay(lock, person.key, now()));
}

/** Says no where somebody else has locked a part of a plan: who, why, until when, and a button to hear when it is free. */
export async function refuseLocked(
  ports: {
    readonly journal: Pick<Journal, 'locks'>;
    readonly configuration: Configuration;
    readonly now: () => number;
  },
  plan: Held,
  person: Person,
): Promise<Outcome<void>> {
  const inTheWay = await locksInTheWay(ports, plan, person);
  const [lock] = inTheWay;
  if (lock === undefined) return succeeded(undefined);
  const { timezone } = ports.configuration;
  const remedy = isPersons(lock)
    ? `Ask ${lock.holderName}; whoever may change there can free it: unlock ${lock.key}`
    : `See show ${lock.holder}, then ask again.`;
  const refusal = failed(
    'DENIED_LOCKED',
    `${lock.key} is ${lockText(lock, { timezone, now: ports.now() })}`,
    remedy,
  );
  return { ...refusal, offers: [tellMe(inTheWay.map(({ key }) => key))] };
}
