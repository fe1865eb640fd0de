import { isDeepStrictEqual } from 'node:util';
import { wholeExpression } from '../src/domain/matcher.ts';
import type { Source } from '../src/intake/source.ts';
import type { PolicyContext } from './policy-draft.ts';
import { lostWords, type Written } from './policy-names.ts';
import type { Finding } from './problem.ts';
import { type Entry, entry, text } from './read.ts';

const integrationsOf = (botswain: Entry): readonly Written[] =>
  Object.entries(entry(botswain.integrations)).map(([name, value]) => ({
    path: ['integrations', name],
    entry: entry(value),
  }));

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const mappingsOf = ({ path, entry: { services } }: Written): readonly Written[] =>
  listOf(services).map((each, index) => ({ path: [...path, 'services', index], entry: entry(each) }));

const tokensOf = ({ entry: { token, tokens } }: Written): readonly unknown[] =>
  [token, ...listOf(tokens)].filter((each) => each !== undefined);

const at = (
  { path }: Written,
  key: string | undefined,
  said: readonly [message: string, remedy: string],
): Finding => ({
  path: key === undefined ? path : [...path, key],
  at: 'value',
  message: said[0],
  remedy: said[1],
});

function expressionFindings(mapping: Written): readonly Finding[] {
  const match = text(mapping.entry.match);
  if (match === undefined) return [];
  try {
    wholeExpression(match);
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be read';
    const remedy = 'look-around and back references do not exist there';
    return [at(mapping, 'match', [`not a regular expression of RE2: ${why}`, remedy])];
  }
}

/** A secret that nothing is signed with would let everybody in who was meant to be kept out. */
function signatureFindings(integration: Written, sources: readonly Source[]): readonly Finding[] {
  const source = sources.find((each) => each.source === integration.entry.source);
  if (source === undefined || source.isSigned !== undefined) return [];
  return ['secret', 'secrets']
    .filter((key) => integration.entry[key] !== undefined)
    .map((key) =>
      at(integration, key, [`${source.source} signs nothing`, 'write token or basic in place of it']),
    );
}

/** Where the token alone says whose an event is, two must not share one. */
function sharedFindings(integration: Written, index: number, all: readonly Written[]): readonly Finding[] {
  if (integration.entry.source !== 'events-v2') return [];
  const other = all
    .slice(0, index)
    .find(
      (each) =>
        each.entry.source === 'events-v2' &&
        tokensOf(each).some((one) => tokensOf(integration).some((two) => isDeepStrictEqual(one, two))),
    );
  return other === undefined
    ? []
    : [
        at(integration, 'token', [
          `${other.path[1]} has the same token, which is the routing key`,
          'give each its own',
        ]),
      ];
}

/** Under these names Botswain keeps what it sees itself. */
const OWN: readonly string[] = ['checks', 'monitoring'];

const ownNameFindings = ({ path }: Written): readonly Finding[] =>
  OWN.includes(String(path[1]))
    ? [
        {
          path,
          at: 'key',
          message: `"${path[1]}" is what Botswain calls its own signals`,
          remedy: 'give the integration another name',
        },
      ]
    : [];

/** What is wrong with `integrations` and does not show in their shape. */
export function integrationFindings(
  botswain: Entry,
  context: PolicyContext,
  sources: readonly Source[],
): readonly Finding[] {
  const { services, environments } = context;
  return integrationsOf(botswain).flatMap((integration, index, all) => [
    ...lostWords(integration, { key: 'service', names: services }),
    ...lostWords(integration, { key: 'environment', names: environments }),
    ...mappingsOf(integration).flatMap((mapping) => [
      ...lostWords(mapping, { key: 'service', names: services }),
      ...expressionFindings(mapping),
    ]),
    ...signatureFindings(integration, sources),
    ...sharedFindings(integration, index, all),
    ...ownNameFindings(integration),
  ]);
}

const SHOWN = ['token', 'tokens', 'basic', 'secret', 'secrets'] as const;

/** Why nobody, or everybody on this machine, can send to an integration. */
function whyDoubtful({
  entry: integration,
}: Written): readonly [message: string, remedy: string] | undefined {
  if (SHOWN.some((key) => integration[key] !== undefined)) return undefined;
  if (integration.source === 'events-v2')
    return [
      'without a token nobody can send to /v2/enqueue, because that is the routing key',
      'add token: { env: NAME }',
    ];
  if (integration.source === 'cloudwatch')
    return integration.topics === undefined
      ? [
          'nobody can send to it: SNS signs for everybody, so its signature alone says nothing',
          'add topics: [ARN], or token: { env: NAME }',
        ]
      : undefined;
  return [
    'whoever sends to it need not show anything: alerts are taken from this machine alone',
    'add token: { env: NAME }, or basic, or secret where the source signs',
  ];
}

/** What is allowed to be written in `integrations` and probably not meant. */
export const integrationWarnings = (botswain: Entry): readonly Finding[] =>
  integrationsOf(botswain).flatMap((integration) => {
    const said = whyDoubtful(integration);
    return said === undefined ? [] : [at(integration, undefined, said)];
  });
