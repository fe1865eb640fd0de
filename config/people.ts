import type { Finding } from './problem.ts';
import { type Entry, entry, texts } from './read.ts';

/** A person as far as it can be read. */
export interface PersonDraft {
  readonly key: string;
  readonly entry: Entry;
  readonly roles: readonly string[];
}

/** Reads `people` leniently. */
export const personDrafts = (botswain: Entry): readonly PersonDraft[] =>
  Object.entries(entry(botswain.people)).map(([key, value]) => ({
    key,
    entry: entry(value),
    roles: texts(entry(value).roles) ?? [],
  }));

const account = (person: PersonDraft, platform: string): string | undefined => {
  const id = person.entry[platform];
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
};

/** Accounts that two people claim: a quorum counts humans, so an account is one person's. */
export function accountFindings(people: readonly PersonDraft[]): readonly Finding[] {
  return ['slack', 'telegram'].flatMap((platform) =>
    people.flatMap((person, index) => {
      const id = account(person, platform);
      const owner = people
        .slice(0, index)
        .find((other) => id !== undefined && account(other, platform) === id);
      return owner === undefined
        ? []
        : [
            {
              path: ['people', person.key, platform],
              at: 'value' as const,
              message: `${platform} account ${id} is ${owner.key}'s already`,
              remedy: 'give each account to one person',
            },
          ];
    }),
  );
}
