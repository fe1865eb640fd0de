import type { PersonDraft } from './people.ts';
import type { Finding, KeyPath } from './problem.ts';
import { type Entry, entry, texts } from './read.ts';
import { lostName } from './references.ts';
import type { Registries } from './schema.ts';

/** A policy rule as far as it can be read; absent lists match everything. */
interface RuleDraft {
  readonly path: KeyPath;
  readonly entry: Entry;
  readonly matches: Readonly<Record<MatchKey, readonly string[] | undefined>>;
  readonly allow: readonly string[];
  readonly from: readonly string[];
  readonly approvals: number;
}

const MATCH_KEYS = ['verb', 'risk', 'service', 'environment'] as const;
type MatchKey = (typeof MATCH_KEYS)[number];

/** What the rest of the configuration knows; a list is undefined where its file cannot be read. */
export interface PolicyContext {
  readonly people: readonly PersonDraft[];
  readonly services: readonly string[] | undefined;
  readonly environments: readonly string[] | undefined;
  readonly verbs: Registries['verbs'];
}

function ruleDraft(value: unknown, index: number): RuleDraft {
  const rule = entry(value);
  const { verb, risk, service, environment, approvals } = rule;
  return {
    path: ['policy', index],
    entry: rule,
    matches: {
      verb: texts(verb),
      risk: texts(risk),
      service: texts(service),
      environment: texts(environment),
    },
    allow: texts(rule.allow) ?? [],
    from: texts(rule.from) ?? [],
    approvals: typeof approvals === 'number' ? approvals : 0,
  };
}

const ruleDrafts = (botswain: Entry): readonly RuleDraft[] => {
  const { policy } = botswain;
  return Array.isArray(policy) ? policy.map(ruleDraft) : [];
};

const finding = (
  rule: RuleDraft,
  key: string | undefined,
  rest: Pick<Finding, 'message' | 'remedy'>,
): Finding => ({
  path: key === undefined ? rule.path : [...rule.path, key],
  at: 'value',
  ...rest,
});

function formFindings(rule: RuleDraft): readonly Finding[] {
  const { deny, allow, approvals, from } = rule.entry;
  const found: Finding[] = [];
  if (deny === undefined && allow === undefined)
    found.push(
      finding(rule, undefined, {
        message: 'the rule says neither allow nor deny',
        remedy: 'add allow: [ROLE], or deny: true',
      }),
    );
  if (deny !== undefined && allow !== undefined)
    found.push(
      finding(rule, 'deny', { message: 'the rule says both allow and deny', remedy: 'keep one of them' }),
    );
  if (rule.approvals > 0 && from === undefined)
    found.push(
      finding(rule, 'approvals', {
        message: 'approvals without "from": nobody could give them',
        remedy: 'add from: [ROLE]',
      }),
    );
  if (from !== undefined && (approvals === undefined || approvals === 0))
    found.push(
      finding(rule, 'from', {
        message: '"from" without approvals asks nobody',
        remedy: 'add approvals: 1, or remove from',
      }),
    );
  return found;
}

function nameFindings(rule: RuleDraft, context: PolicyContext): readonly Finding[] {
  const known: readonly (readonly [MatchKey, readonly string[] | undefined])[] = [
    ['verb', context.verbs?.map(({ name }) => name)],
    ['service', context.services],
    ['environment', context.environments],
  ];
  return known.flatMap(([key, names]) =>
    (rule.matches[key] ?? [])
      .filter((given) => names !== undefined && !names.includes(given))
      .map((given) => {
        const { guess, remedy } = lostName(given, names ?? [], `take ${given} out`);
        const place = Array.isArray(rule.entry[key]) ? texts(rule.entry[key])?.indexOf(given) : undefined;
        return {
          path: [...rule.path, key, ...(place === undefined ? [] : [place])],
          at: 'value' as const,
          message: `there is no ${key} "${given}"${guess}`,
          remedy,
        };
      }),
  );
}

/** Mistakes in the policy that its shape does not show. */
export function policyFindings(botswain: Entry, context: PolicyContext): readonly Finding[] {
  return ruleDrafts(botswain).flatMap((rule) => [...formFindings(rule), ...nameFindings(rule, context)]);
}

const holders = (people: readonly PersonDraft[], roles: readonly string[]): readonly PersonDraft[] =>
  people.filter((person) => person.roles.some((role) => roles.includes(role)));

function holderWarnings(rule: RuleDraft, people: readonly PersonDraft[]): readonly Finding[] {
  const idle = rule.allow
    .filter((role) => holders(people, [role]).length === 0)
    .map((role) =>
      finding(rule, 'allow', {
        message: `nobody has the role "${role}"`,
        remedy: `give it to somebody, or take it out`,
      }),
    );
  const approvers = holders(people, rule.from).length;
  if (rule.from.length === 0 || approvers >= rule.approvals + 1) return idle;
  const roles = rule.from.join(', ');
  const message =
    approvers === 0
      ? `nobody could approve: nobody has the role ${roles}`
      : `${rule.approvals} must approve and ${approvers} could (${roles}); who asks never counts`;
  return [...idle, finding(rule, 'from', { message, remedy: `give ${roles} to more people` })];
}

/** True where everything the second rule matches is decided by the first already. */
const covers = (first: RuleDraft['matches'], second: RuleDraft['matches']): boolean =>
  MATCH_KEYS.every((key) => {
    const wide = first[key];
    const narrow = second[key];
    return wide === undefined || narrow?.every((word) => wide.includes(word)) === true;
  });

function shadowWarnings(rules: readonly RuleDraft[]): readonly Finding[] {
  return rules.flatMap((rule, index) => {
    const place = rules.slice(0, index).findIndex((earlier) => covers(earlier.matches, rule.matches));
    return place === -1
      ? []
      : [
          finding(rule, undefined, {
            message: `rule ${place + 1} decides all of this already`,
            remedy: 'move it above, or remove it',
          }),
        ];
  });
}

const PRODUCTION = 'production';

function mayDestroyAlone(rule: RuleDraft, verbs: Registries['verbs']): boolean {
  const { verb, risk, environment } = rule.matches;
  const named =
    verb === undefined || verbs === undefined
      ? true
      : verbs.some(({ name, risk: danger }) => danger === 'destructive' && verb.includes(name));
  return (
    rule.allow.length > 0 &&
    rule.approvals === 0 &&
    named &&
    (risk?.includes('destructive') ?? true) &&
    (environment?.includes(PRODUCTION) ?? true)
  );
}

function destructiveWarnings(rules: readonly RuleDraft[], context: PolicyContext): readonly Finding[] {
  if (context.environments?.includes(PRODUCTION) === false) return [];
  return rules.flatMap((rule, index) => {
    if (!mayDestroyAlone(rule, context.verbs)) return [];
    const narrowed = { ...rule.matches, risk: ['destructive'], environment: [PRODUCTION] };
    if (rules.slice(0, index).some((earlier) => covers(earlier.matches, narrowed))) return [];
    return [
      finding(rule, undefined, {
        message: 'something destructive may be done in production without anybody approving',
        remedy: 'add a rule for risk: destructive with approvals above it',
      }),
    ];
  });
}

function idleRoles(people: readonly PersonDraft[], rules: readonly RuleDraft[]): readonly Finding[] {
  const used = new Set(rules.flatMap((rule) => [...rule.allow, ...rule.from]));
  return people.flatMap((person) =>
    person.roles.flatMap((role, index) =>
      used.has(role)
        ? []
        : [
            {
              path: ['people', person.key, 'roles', index],
              at: 'value' as const,
              message: `no policy rule speaks of the role "${role}"`,
              remedy: 'use it in a rule, or take it out',
            },
          ],
    ),
  );
}

/** What is allowed to be written and probably not meant. */
export function policyWarnings(botswain: Entry, context: PolicyContext): readonly Finding[] {
  const rules = ruleDrafts(botswain);
  return [
    ...rules.flatMap((rule) => holderWarnings(rule, context.people)),
    ...shadowWarnings(rules),
    ...destructiveWarnings(rules, context),
    ...idleRoles(context.people, rules),
  ];
}
