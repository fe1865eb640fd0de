import { isDeepStrictEqual } from 'node:util';
import { type Bounds, MATCH_KEYS, type MatchKey, type PolicyMatch } from '../src/domain/policy.ts';
import { onCallRoles } from './on-call-rules.ts';
import type { PersonDraft } from './people.ts';
import { finding, type PolicyContext, type RuleDraft, ruleDrafts } from './policy-draft.ts';
import { placeMatch } from './policy-schema.ts';
import type { Finding } from './problem.ts';
import { type Entry, text } from './read.ts';
import { safetyRoles } from './safety-rules.ts';

/** A rule with what it matches. */
interface Rule extends RuleDraft {
  readonly matches: PolicyMatch;
}

const holders = (people: readonly PersonDraft[], roles: readonly string[]): readonly PersonDraft[] =>
  people.filter((person) => person.roles.some((role) => roles.includes(role)));

/** Roles that nobody has, where the rule hopes for somebody. */
function idleRoleWarnings(rule: Rule, people: readonly PersonDraft[]): readonly Finding[] {
  const hoped: readonly (readonly [string, readonly string[]])[] = [
    ['allow', rule.allow],
    ['role', rule.matches.role ?? []],
    ['escalate.from', rule.rule?.escalate?.from ?? []],
  ];
  return hoped.flatMap(([key, roles]) =>
    roles
      .filter((role) => holders(people, [role]).length === 0)
      .map((role) =>
        finding(rule, key, [`nobody has the role "${role}"`, 'give it to somebody, or take it out']),
      ),
  );
}

function approverWarnings(rule: Rule, people: readonly PersonDraft[]): readonly Finding[] {
  const approvers = holders(people, rule.from).length;
  if (rule.from.length === 0 || approvers >= rule.approvals + 1) return [];
  const roles = rule.from.join(', ');
  const message =
    approvers === 0
      ? `nobody could approve: nobody has the role ${roles}`
      : `${rule.approvals} must approve and ${approvers} could (${roles}); who asks never counts`;
  return [finding(rule, 'from', [message, `give ${roles} to more people`])];
}

const wider = ({ min: low = 0, max: high = Number.POSITIVE_INFINITY }: Bounds, narrow: Bounds): boolean =>
  low <= (narrow.min ?? 0) && high >= (narrow.max ?? Number.POSITIVE_INFINITY);

const listed = (wide: readonly unknown[], narrow: readonly unknown[]): boolean =>
  narrow.every((each) => wide.some((other) => isDeepStrictEqual(other, each)));

type Compare<Key extends MatchKey> = (
  wide: NonNullable<PolicyMatch[Key]>,
  narrow: NonNullable<PolicyMatch[Key]>,
) => boolean;

const COVERING: { readonly [Key in MatchKey]: Compare<Key> } = {
  verb: listed,
  risk: listed,
  service: listed,
  environment: listed,
  targetKind: listed,
  components: wider,
  hosts: wider,
  frozen: (wide, narrow) => wide === narrow,
  severity: listed,
  recentFailures: (wide, narrow) => wide.atLeast <= narrow.atLeast && wide.withinMs >= narrow.withinMs,
  hours: listed,
  channel: listed,
  role: listed,
};

function coversBy<Key extends MatchKey>(key: Key, first: PolicyMatch, second: PolicyMatch): boolean {
  const wide = first[key];
  const narrow = second[key];
  return wide === undefined || (narrow !== undefined && COVERING[key](wide, narrow));
}

/** True where everything the second rule matches is decided by the first already. */
const covers = (first: PolicyMatch, second: PolicyMatch): boolean =>
  MATCH_KEYS.every((key) => coversBy(key, first, second));

function shadowWarnings(rules: readonly Rule[]): readonly Finding[] {
  return rules.flatMap((rule, index) => {
    const place = rules.slice(0, index).findIndex((earlier) => covers(earlier.matches, rule.matches));
    return place === -1
      ? []
      : [
          finding(rule, undefined, [
            `rule ${place + 1} decides all of this already`,
            'move it above, or remove it',
          ]),
        ];
  });
}

/** What only looks touches nothing: no freeze holds, nothing has a blast radius, nothing went wrong. */
function neverWarnings(rule: Rule): readonly Finding[] {
  const { risk, frozen, components, hosts, recentFailures } = rule.matches;
  if (risk?.every((each) => each === 'read') !== true) return [];
  const key = [
    ...(frozen === true ? ['frozen'] : []),
    ...((components?.min ?? 0) > 0 ? ['components'] : []),
    ...((hosts?.min ?? 0) > 0 ? ['hosts'] : []),
    ...(recentFailures === undefined ? [] : ['recent_failures']),
  ][0];
  return key === undefined
    ? []
    : [
        finding(rule, key, [
          'the rule never matches: what only looks is never frozen, touches nothing and breaks nothing',
          `take ${key} out, or write another risk`,
        ]),
      ];
}

const PRODUCTION = 'production';

function mayDestroyAlone({ matches, allow, approvals }: Rule, verbs: PolicyContext['verbs']): boolean {
  const { verb, risk, environment } = matches;
  const named =
    verb === undefined || verbs === undefined
      ? true
      : verbs.some(({ name, risk: danger }) => danger === 'destructive' && verb.includes(name));
  return (
    allow.length > 0 &&
    approvals === 0 &&
    named &&
    (risk?.includes('destructive') ?? true) &&
    (environment?.includes(PRODUCTION) ?? true)
  );
}

function destructiveWarnings(rules: readonly Rule[], context: PolicyContext): readonly Finding[] {
  if (context.environments?.includes(PRODUCTION) === false) return [];
  return rules.flatMap((rule, index) => {
    if (!mayDestroyAlone(rule, context.verbs)) return [];
    // An earlier rule helps only if it holds wherever this one would: not at some hours, not for some roles.
    const narrowed: PolicyMatch = { ...rule.matches, risk: ['destructive'], environment: [PRODUCTION] };
    if (rules.slice(0, index).some((earlier) => covers(earlier.matches, narrowed))) return [];
    return [
      finding(rule, undefined, [
        'something destructive may be done in production without anybody approving',
        'add a rule for risk: destructive with approvals above it',
      ]),
    ];
  });
}

function idleRoles(
  people: readonly PersonDraft[],
  rules: readonly Rule[],
  others: readonly string[],
): readonly Finding[] {
  const spoken = rules.flatMap(({ allow, from, matches, rule }) => [
    ...allow,
    ...from,
    ...(matches.role ?? []),
    ...(rule?.escalate?.from ?? []),
  ]);
  const used = new Set([...spoken, ...others]);
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

/** What is allowed to be written and probably not meant; for a policy whose shape holds. */
export function policyWarnings(botswain: Entry, context: PolicyContext): readonly Finding[] {
  const home = text(botswain.timezone) ?? 'UTC';
  const rules = ruleDrafts(botswain).map((draft) => ({
    ...draft,
    matches: draft.rule === undefined ? {} : placeMatch(draft.rule, home),
  }));
  return [
    ...rules.flatMap((rule) => [
      ...idleRoleWarnings(rule, context.people),
      ...approverWarnings(rule, context.people),
      ...neverWarnings(rule),
    ]),
    ...shadowWarnings(rules),
    ...destructiveWarnings(rules, context),
    ...idleRoles(context.people, rules, [...safetyRoles(botswain), ...onCallRoles(botswain)]),
  ];
}
