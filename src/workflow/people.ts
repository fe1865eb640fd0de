import type { Mention } from '../domain/message.ts';
import type { Account, Person } from '../domain/person.ts';

/** Finds the person behind an account; accounts that are linked are one person. */
export function personOf(people: readonly Person[], account: Account): Person | undefined {
  // A guest, or somebody of another workspace, counts where the configuration names that very account.
  if (account.standing !== 'bot' && account.platform === 'slack')
    return people.find((person) => person.slack === account.id);
  if (account.standing !== 'person') return undefined;
  if (account.platform === 'telegram') return people.find((person) => person.telegram === account.id);
  return people.find((person) => person.key === account.id);
}

/** The name people read for a person key; the key itself for somebody who left the configuration. */
export const nameOf = (people: readonly Person[], key: string): string =>
  people.find((person) => person.key === key)?.name ?? key;

/** People who may approve: they hold one of the roles and did not ask for it themselves. */
export const approversOf = (
  people: readonly Person[],
  roles: readonly string[],
  requester: string,
): readonly Person[] =>
  people.filter((person) => person.key !== requester && person.roles.some((role) => roles.includes(role)));

/** Addresses a person by every account they have. */
export const mentionOf = (person: Person): Mention => ({
  person: person.key,
  name: person.name,
  ...(person.slack === undefined ? {} : { slack: person.slack }),
  ...(person.telegram === undefined ? {} : { telegram: person.telegram }),
});
