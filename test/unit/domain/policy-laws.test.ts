import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decides,
  judge,
  type PolicyAnswer,
  type PolicyQuestion,
  type PolicyRule,
} from '../../../src/domain/policy.ts';
import { strictest } from '../../../src/domain/policy-strictest.ts';

const ROLES = ['operator', 'approver', 'lead', 'guest'] as const;
const ENVIRONMENTS = ['production', 'staging'] as const;
const SEVERITIES = ['P0', 'P2', 'none'] as const;
const NOON = Date.UTC(2026, 10, 19, 12);

const some = <Value>(of: readonly Value[], least = 0) => fc.subarray([...of], { minLength: least });
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

const bounds = fc.record({ min: maybe(fc.nat(4)), max: maybe(fc.nat(4)) });

const window = fc.record({
  kind: fc.constant('daily' as const),
  from: fc.nat(1439),
  to: fc.nat(1440),
  zone: fc.constant('UTC'),
});

const match = fc.record({
  verb: maybe(some(['restart', 'wipe'], 1)),
  risk: maybe(some(['read', 'change', 'destructive'] as const, 1)),
  service: maybe(some(['shop', 'blog'], 1)),
  environment: maybe(some(ENVIRONMENTS, 1)),
  targetKind: maybe(some(['ssh', 'docker'], 1)),
  components: maybe(bounds),
  hosts: maybe(bounds),
  frozen: maybe(fc.boolean()),
  severity: maybe(some(SEVERITIES, 1)),
  recentFailures: maybe(
    fc.record({ atLeast: fc.integer({ min: 1, max: 3 }), withinMs: fc.constant(3_600_000) }),
  ),
  hours: fc.option(fc.array(window, { minLength: 1, maxLength: 1 }), { nil: undefined, freq: 1 }),
  channel: maybe(some(['operations', 'direct'], 1)),
  role: maybe(some(ROLES, 1)),
});

const yields = fc.record({
  allow: some(ROLES),
  approvals: fc.nat(3),
  from: some(ROLES, 1),
  expiresMs: fc.integer({ min: 1, max: 1000 }),
  startWithinMs: fc.integer({ min: 1, max: 1000 }),
  remindEveryMs: maybe(fc.integer({ min: 1, max: 1000 })),
  escalate: maybe(fc.record({ afterMs: fc.integer({ min: 1, max: 1000 }), from: some(ROLES, 1) })),
  onExpiry: maybe(fc.constantFrom('expired' as const, 'denied' as const)),
  reason: fc.constantFrom('required' as const, 'optional' as const),
});

const rule: fc.Arbitrary<PolicyRule> = fc
  .tuple(match, yields)
  .map(([matches, rest]) => ({ ...matches, ...rest, number: 1 }));

const policy = fc
  .array(rule, { maxLength: 8 })
  .map((rules): readonly PolicyRule[] => rules.map((each, index) => ({ ...each, number: index + 1 })));

const fact = fc.record(
  {
    targetKinds: fc.constantFrom(['ssh'], ['docker'], ['ssh', 'docker']),
    blast: fc.record({ components: fc.nat(4), hosts: fc.nat(4) }),
    frozen: fc.boolean(),
    severity: fc.constantFrom(...SEVERITIES),
    recentFailures: fc.array(fc.integer({ min: NOON - 7_200_000, max: NOON + 7_200_000 }), { maxLength: 3 }),
    channel: fc.constantFrom('operations', 'direct'),
  },
  { requiredKeys: [] },
);

const asked = fc.record({
  verb: fc.constantFrom('restart', 'wipe'),
  risk: fc.constantFrom('read' as const, 'change' as const, 'destructive' as const),
  subject: fc.record({
    service: fc.constantFrom('shop', 'blog'),
    environment: fc.constantFrom(...ENVIRONMENTS),
  }),
  roles: some(ROLES),
  at: fc.integer({ min: NOON, max: NOON + 86_400_000 }),
});

const question: fc.Arbitrary<PolicyQuestion> = fc
  .tuple(asked, fact)
  .map(([must, known]) => ({ ...must, ...known }));

const RUNS = { numRuns: 500 };

describe('whatever the policy', () => {
  it('a rule below the one that decides changes nothing', () => {
    const added = fc.record({ rule, place: fc.nat(8) });
    fc.assert(
      fc.property(policy, question, added, (rules, about, more) => {
        const first = rules.findIndex((each) => decides(each, about));
        if (first === -1) return;
        const at = first + 1 + (more.place % (rules.length - first));
        const longer = [...rules.slice(0, at), more.rule, ...rules.slice(at)];
        expect(judge(longer, about)).toEqual(judge(rules, about));
      }),
      RUNS,
    );
  });

  it('what no rule speaks of is denied, and so is everything under an empty policy', () => {
    fc.assert(
      fc.property(policy, question, (rules, about) => {
        if (!rules.some((each) => decides(each, about)))
          expect(judge(rules, about)).toEqual({ kind: 'denied', why: 'no policy rule allows it' });
        expect(judge([], about).kind).toBe('denied');
      }),
      RUNS,
    );
  });

  it('nobody is allowed who holds none of the roles that the deciding rule allows', () => {
    fc.assert(
      fc.property(policy, question, (rules, about) => {
        const answer = judge(rules, about);
        if (answer.kind === 'allowed')
          expect(answer.rule.allow.some((role) => about.roles.includes(role))).toBe(true);
      }),
      RUNS,
    );
  });

  it('a fact that is not known never helps: some value of it leads to the same answer, or to a stricter one', () => {
    fc.assert(
      fc.property(policy, question, fc.boolean(), (rules, about, frozen) => {
        const { frozen: _, ...unknown } = about;
        if (judge(rules, unknown).kind !== 'allowed') return;
        // What is allowed without knowing whether a freeze holds is allowed when none does, or lifted when one does.
        const known = judge(rules, { ...unknown, frozen });
        expect(known.kind === 'allowed' || frozen).toBe(true);
      }),
      RUNS,
    );
  });
});

const rank = (answer: PolicyAnswer): number =>
  answer.kind === 'denied' ? Number.POSITIVE_INFINITY : answer.rule.approvals;

/** When the approvals of people with only this role begin to count, milliseconds after the request. */
function countsFrom({ approvals, from, escalate }: PolicyRule, role: string): number {
  if (approvals === 0 || from.includes(role)) return 0;
  return escalate?.from.includes(role) === true ? escalate.afterMs : Number.POSITIVE_INFINITY;
}

function expectNotLaxer(whole: PolicyRule, part: PolicyRule): void {
  expect(whole.expiresMs).toBeLessThanOrEqual(part.expiresMs);
  expect(whole.startWithinMs).toBeLessThanOrEqual(part.startWithinMs);
  if (part.reason === 'required') expect(whole.reason).toBe('required');
  if (part.onExpiry === 'denied') expect(whole.onExpiry).toBe('denied');
  for (const role of ROLES) expect(countsFrom(whole, role)).toBeGreaterThanOrEqual(countsFrom(part, role));
}

describe('the strictest of several answers', () => {
  const answers = fc.array(
    fc.tuple(policy, question).map(([rules, about]) => judge(rules, about)),
    { minLength: 1, maxLength: 4 },
  );

  it('is never laxer than any part', () => {
    fc.assert(
      fc.property(answers, (parts) => {
        const whole = strictest(parts);
        expect(rank(whole)).toBe(Math.max(rank(whole), ...parts.map(rank)));
        for (const part of parts)
          if (whole.kind === 'allowed' && part.kind === 'allowed') expectNotLaxer(whole.rule, part.rule);
      }),
      RUNS,
    );
  });

  it('of one is that one', () => {
    fc.assert(
      fc.property(policy, question, (rules, about) => {
        const answer = judge(rules, about);
        const whole = strictest([answer]);
        expect(rank(whole)).toBe(rank(answer));
        expect(whole.rule?.number).toBe(answer.rule?.number);
      }),
      RUNS,
    );
  });
});
