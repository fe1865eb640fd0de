import type { Received } from '../fakes/slack/types.ts';
import methods from '../fixtures/slack-methods.json' with { type: 'json' };

/** What Slack's own reference says of a method. */
export interface MethodFacts {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly scopes: readonly string[];
  readonly tier: string;
}

/** Every method of the fixture by name. */
export const METHOD_FACTS: Readonly<Record<string, MethodFacts>> = methods.methods;

/** A call that is no Web API method, or that nobody signed with a token: a response_url under another path. */
const isOther = ({ method, token }: Received): boolean => token === '' || method === 'upload';
/** Bolt and @slack/web-api add these to any call. */
const ADDED = ['team_id', 'token'];

const strange = ({ method, args }: Received): readonly string[] => {
  const facts = METHOD_FACTS[method];
  if (facts === undefined) return [`${method} is not in test/fixtures/slack-methods.json`];
  const allowed = [...facts.required, ...facts.optional, ...ADDED];
  return [
    ...facts.required.filter((name) => !(name in args)).map((name) => `${method} lacks ${name}`),
    ...Object.keys(args)
      .filter((name) => !allowed.includes(name))
      .map((name) => `${method} has no argument ${name}`),
  ];
};

/** What Slack's published reference would object to in these calls. */
export const strangeCalls = (received: readonly Received[]): readonly string[] => [
  ...new Set(received.filter((call) => !isOther(call)).flatMap(strange)),
];
