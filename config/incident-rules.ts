import type { Configuration } from '../src/domain/configuration.ts';
import { didYouMean } from '../src/domain/nearest.ts';
import type { Outcome } from '../src/domain/outcome.ts';
import type { PolicyContext } from './policy-draft.ts';
import type { Finding, KeyPath } from './problem.ts';
import { type Entry, entry } from './read.ts';
import { whyUnreadable } from './schedule-rules.ts';

const rulesOf = (botswain: Entry): readonly Entry[] => {
  const { rules } = entry(botswain.incidents);
  return Array.isArray(rules) ? rules.map(entry) : [];
};

function lost(
  path: KeyPath,
  given: unknown,
  of: { readonly what: string; readonly known: readonly string[] },
) {
  if (typeof given !== 'string' || of.known.includes(given)) return [];
  const message = `there is no ${of.what} "${given}"${didYouMean(given, of.known)}`;
  return [{ path, at: 'value' as const, message, remedy: `there are: ${of.known.join(', ') || 'none'}` }];
}

/** Names in the rules of `incidents` that lead nowhere. */
export function incidentFindings(botswain: Entry, { services }: PolicyContext): readonly Finding[] {
  const chains = Object.keys(entry(entry(botswain.on_call).chains));
  return rulesOf(botswain).flatMap((rule, index) => {
    const path = ['incidents', 'rules', index];
    return [
      ...lost([...path, 'chain'], rule.chain, { what: 'chain', known: chains }),
      ...(services === undefined
        ? []
        : lost([...path, 'service'], rule.service, { what: 'service', known: services })),
    ];
  });
}

/** Lines that rules offer as buttons and that nobody could type. */
export const unreadableProposals = (
  { incidents }: Pick<Configuration, 'incidents'>,
  read: (line: string) => Outcome<unknown>,
): readonly Finding[] =>
  (incidents?.rules ?? []).flatMap(({ number, propose }) =>
    propose.flatMap((line): readonly Finding[] => {
      const said = whyUnreadable(line, read(line));
      return said === undefined
        ? []
        : [{ path: ['incidents', 'rules', number - 1, 'propose'], at: 'value', ...said }];
    }),
  );
