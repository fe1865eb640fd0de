import { didYouMean } from '../domain/nearest.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';

/**
 * Whom somebody names: `me`, a key, a name, a Slack or Telegram account id, each with or without `@`. Slack's `<@U0ANA>` is
 * `@U0ANA` by the time a line is read.
 */
export function findPerson(
  { people, asker }: { readonly people: readonly Person[]; readonly asker: Person },
  typed: string,
): Outcome<Person> {
  const text = typed.replace(/^@/, '').trim();
  if (text.toLowerCase() === 'me') return succeeded(asker);
  const byAccount = people.find(({ key, slack, telegram }) => [key, slack, telegram].includes(text));
  if (byAccount !== undefined) return succeeded(byAccount);
  const lower = text.toLowerCase();
  const named = people.filter(({ key, name }) => [key.toLowerCase(), name.toLowerCase()].includes(lower));
  const [only, ...others] = named;
  if (only !== undefined && others.length === 0) return succeeded(only);
  if (only !== undefined)
    return failed(
      'INPUT_INVALID_VALUE',
      `"${text}" could be ${named.map(({ key }) => key).join(' or ')}`,
      'Use the key from botswain.yaml.',
    );
  const known = people.map(({ key }) => key);
  return failed(
    'INPUT_INVALID_VALUE',
    `nobody here is called "${text}".${didYouMean(text, known)}`,
    'Write @name, the key from botswain.yaml, or me.',
  );
}
