import { CHAIN_OF_SEVERITY } from '../src/domain/on-call.ts';
import { ROLE_PREFIX } from '../src/domain/who-is-called.ts';
import { chainsOf, layersOf, rotationsOf, stepsOf, type Word, wordsOf } from './on-call-rules.ts';
import type { PersonDraft } from './people.ts';
import type { Finding } from './problem.ts';
import { type Entry, entry, text } from './read.ts';

/** Whether a chat that is configured knows an account of somebody. */
function isReached(botswain: Entry, person: PersonDraft): boolean {
  const chats = entry(botswain.chats);
  return ['slack', 'telegram'].some(
    (platform) => chats[platform] !== undefined && person.entry[platform] !== undefined,
  );
}

/** People whom nobody could page, wherever they are on call or called. */
function unreachable(botswain: Entry, people: readonly PersonDraft[]): readonly Finding[] {
  const lost = people.filter((person) => !isReached(botswain, person)).map(({ key }) => key);
  const onCall = rotationsOf(botswain)
    .flatMap(layersOf)
    .flatMap((layer) => wordsOf(layer, 'people'));
  const called = chainsOf(botswain)
    .flatMap(stepsOf)
    .flatMap((step) => wordsOf(step, 'call'));
  const rotations = rotationsOf(botswain).map(({ path }) => path.at(-1));
  const named = [...onCall, ...called.filter(({ word }) => !rotations.includes(word))];
  return named.flatMap((word) => [...lostPerson(word, lost), ...lostRole(word, people, lost)]);
}

const lostPerson = ({ path, word }: Word, lost: readonly string[]): readonly Finding[] =>
  lost.includes(word)
    ? [
        {
          path,
          at: 'value',
          message: `no chat reaches ${word}`,
          remedy: `give ${word} a slack or telegram account in people, or call somebody else`,
        },
      ]
    : [];

function lostRole(
  { path, word }: Word,
  people: readonly PersonDraft[],
  lost: readonly string[],
): readonly Finding[] {
  if (!word.startsWith(ROLE_PREFIX)) return [];
  const role = word.slice(ROLE_PREFIX.length);
  const holders = people.filter(({ roles }) => roles.includes(role));
  if (holders.length === 0 || holders.some(({ key }) => !lost.includes(key))) return [];
  return [
    {
      path,
      at: 'value',
      message: `no chat reaches anybody with the role ${role}`,
      remedy: 'give one of them a slack or telegram account in people',
    },
  ];
}

function chainless(botswain: Entry): readonly Finding[] {
  const chains = entry(entry(botswain.on_call).chains);
  const severities = entry(entry(botswain.incidents).severities);
  return Object.entries(CHAIN_OF_SEVERITY).flatMap(([severity, usual]) => {
    const chain = text(entry(severities[severity]).chain) ?? usual;
    if (chains[chain] !== undefined || text(entry(severities[severity]).chain) !== undefined) return [];
    return [
      {
        path: ['on_call'],
        at: 'key' as const,
        message: `nobody is called for incidents of severity ${severity}: there is no chain "${usual}"`,
        remedy: `add ${usual} to chains, or name another in incidents: severities: ${severity}: chain`,
      },
    ];
  });
}

/** Rotations that no chain calls: whoever is in them believes to be on call. */
function idleRotations(botswain: Entry): readonly Finding[] {
  const called = chainsOf(botswain)
    .flatMap(stepsOf)
    .flatMap((step) => wordsOf(step, 'call').map(({ word }) => word));
  return rotationsOf(botswain)
    .filter(({ path }) => !called.includes(String(path.at(-1))))
    .map(({ path }) => ({
      path,
      at: 'key',
      message: `no chain calls the rotation ${path.at(-1)}`,
      remedy: 'name it in a step of a chain, or take it out',
    }));
}

/** What is allowed to be written in `on_call` and probably not meant. */
export const onCallWarnings = (botswain: Entry, people: readonly PersonDraft[]): readonly Finding[] =>
  botswain.on_call === undefined
    ? []
    : [...unreachable(botswain, people), ...chainless(botswain), ...idleRotations(botswain)];
