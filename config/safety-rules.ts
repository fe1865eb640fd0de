import type { PersonDraft } from './people.ts';
import type { Finding } from './problem.ts';
import { type Entry, entry, texts } from './read.ts';
import { lostName } from './references.ts';
import type { Registries } from './schema.ts';

/** Roles that `break_glass` speaks of. */
export function safetyRoles(botswain: Entry): readonly string[] {
  const glass = entry(botswain.break_glass);
  return [...(texts(glass.roles) ?? []), ...(texts(glass.review_from) ?? [])];
}

/** What the rest of the configuration knows; a list is undefined where its file cannot be read. */
interface Known {
  readonly services: readonly string[] | undefined;
  readonly environments: readonly string[] | undefined;
  readonly verbs: Registries['verbs'];
}

/** Names in `budget` that lead nowhere: misspelt, they would bound nothing. */
export function safetyFindings(botswain: Entry, context: Known): readonly Finding[] {
  const { budget } = botswain;
  const known: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['verb', context.verbs?.map((verb) => verb.name)],
    ['service', context.services],
    ['environment', context.environments],
  ];
  return (Array.isArray(budget) ? budget : []).flatMap((rule: unknown, index) =>
    known.flatMap(([key, names]) =>
      (texts(entry(rule)[key]) ?? [])
        .filter((given) => names !== undefined && !names.includes(given))
        .map((given): Finding => {
          const { guess, remedy } = lostName(given, names ?? [], `take ${given} out`);
          return {
            path: ['budget', index, key],
            at: 'value',
            message: `there is no ${key} "${given}"${guess}`,
            remedy,
          };
        }),
    ),
  );
}

/** A glass that nobody could break, or whose review nobody else could sign. */
export function safetyWarnings(botswain: Entry, people: readonly PersonDraft[]): readonly Finding[] {
  const glass = entry(botswain.break_glass);
  const holders = (roles: readonly string[]): readonly PersonDraft[] =>
    people.filter((person) => person.roles.some((role) => roles.includes(role)));
  const warn = (key: string, message: string, remedy: string): Finding => ({
    path: ['break_glass', key],
    at: 'value',
    message,
    remedy,
  });
  const [roles, reviewers] = [texts(glass.roles), texts(glass.review_from)];
  if (roles === undefined || reviewers === undefined) return [];
  const breakers = holders(roles);
  const alone = breakers.filter(({ key }) => holders(reviewers).every((other) => other.key === key));
  if (breakers.length === 0)
    return [
      warn(
        'roles',
        `nobody has the role ${roles.join(', ')}`,
        'give it to somebody, or take break_glass out',
      ),
    ];
  return alone.map(({ key }) =>
    warn(
      'review_from',
      `nobody could sign the review when ${key} breaks the glass (${reviewers.join(', ')})`,
      'give the role to somebody else, too',
    ),
  );
}
