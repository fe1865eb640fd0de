import type { PersonDraft } from './people.ts';
import type { PolicyContext } from './policy-draft.ts';
import { lostWords, onlyLooks } from './policy-names.ts';
import type { Finding } from './problem.ts';
import { type Entry, entry, texts } from './read.ts';

/** Roles that `break_glass` speaks of. */
export function safetyRoles(botswain: Entry): readonly string[] {
  const glass = entry(botswain.break_glass);
  return [...(texts(glass.roles) ?? []), ...(texts(glass.review_from) ?? [])];
}

/** Components of the services that a line speaks of; undefined where those are not known. */
function componentsOf(line: Entry, { components }: PolicyContext): readonly string[] | undefined {
  const services = texts(line.service);
  const meant = components?.filter(({ service }) => services?.includes(service) ?? true);
  return meant?.length ? [...new Set(meant.flatMap(({ names }) => names))] : undefined;
}

/** Names in `budget` that lead nowhere: misspelt, they would bound nothing. */
export function safetyFindings(botswain: Entry, context: PolicyContext): readonly Finding[] {
  const { budget } = botswain;
  const { verbs, services, environments } = context;
  const changing = verbs?.filter(({ risk }) => risk !== 'read').map(({ name }) => name);
  const whyNot = (verb: string): string | undefined =>
    onlyLooks(verb, verbs) ? `"${verb}" only looks, and nobody looks too often` : undefined;
  return (Array.isArray(budget) ? budget : []).flatMap((each: unknown, index) => {
    const line = { path: ['budget', index], entry: entry(each) };
    return [
      ...lostWords(line, { key: 'verb', names: changing, whyNot }),
      ...lostWords(line, { key: 'service', names: services }),
      ...lostWords(line, { key: 'environment', names: environments }),
      ...lostWords(line, { key: 'component', names: componentsOf(line.entry, context) }),
    ];
  });
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
