import { z } from 'zod';
import { type PolicyMatch, type PolicyRule, SEVERITIES } from '../src/domain/policy.ts';
import { USUAL_CLOCK } from '../src/domain/policy-yaml.ts';
import { duration, line, name, oneOrMore, someDuration } from './fields.ts';
import { placeWindow, window } from './freezes-schema.ts';

const counted = z.int().min(0).max(10_000);

const bounds = z.strictObject({
  min: counted.optional().describe('at least so many'),
  max: counted.optional().describe('at most so many'),
});

const matching = {
  verb: oneOrMore(line).optional().describe('verbs it speaks of; absent = all'),
  risk: oneOrMore(z.enum(['read', 'change', 'destructive']))
    .optional()
    .describe('risks it speaks of; absent = all'),
  service: oneOrMore(name).optional().describe('services it speaks of; absent = all'),
  environment: oneOrMore(name).optional().describe('environments it speaks of; absent = all'),
  target_kind: oneOrMore(name)
    .optional()
    .describe('kinds of target it speaks of: ssh, docker …; absent = all'),
  components: bounds.optional().describe('how many components the whole plan touches; looking touches none'),
  hosts: bounds.optional().describe('how many hosts the whole plan touches; looking touches none'),
  frozen: z
    .boolean()
    .optional()
    .describe(
      'true: speaks only while a freeze holds there, and lifts it for those it allows; false: only while none does',
    ),
  severity: oneOrMore(z.enum([...SEVERITIES, 'none']))
    .optional()
    .describe('gravest open incident of the service, or none'),
  recent_failures: z
    .strictObject({
      at_least: z.int().min(1).max(100).default(1).describe('so many changes of the component'),
      within: duration('1h').describe('failed, were not verified or became unknown in so long a time'),
    })
    .optional()
    .describe('speaks only when changes of the component went wrong lately'),
  hours: z
    .union([z.strictObject(window), z.array(z.strictObject(window)).min(1)])
    .transform((given) => (Array.isArray(given) ? given : [given]))
    .optional()
    .describe(
      'when it speaks: one window or several, written as in `freezes`; with --at, the time it is to start',
    ),
  channel: oneOrMore(name)
    .optional()
    .describe(
      'channels it was asked in, by our names; `console` and `direct` (a direct message) are two more',
    ),
  role: oneOrMore(name)
    .optional()
    .describe('roles of which the asker holds one; for others the next rules count, unlike with `allow`'),
};

/** One rule of the policy as it is written. */
export const policyRule = z.strictObject({
  ...matching,
  allow: oneOrMore(name).optional().describe('roles that may; everybody else may not'),
  deny: z.literal(true).optional().describe('nobody may; instead of `allow`'),
  why: line.optional().describe('words that are said with every refusal by this rule'),
  approvals: z.int().min(0).max(10).default(0).describe('how many other people must approve'),
  from: oneOrMore(name).optional().describe('roles an approver holds one of'),
  expires: duration(USUAL_CLOCK).describe('how long an approval may be given'),
  start_within: duration(USUAL_CLOCK).describe('how long after its approval it may still start'),
  remind: someDuration
    .optional()
    .describe('how often those who have not decided are asked again; absent = never'),
  escalate: z
    .strictObject({
      after: duration('5m').describe('when not enough have approved by then,'),
      from: oneOrMore(name).describe('these roles are asked, too, and their approvals count'),
    })
    .optional()
    .describe('second approvers'),
  on_expiry: z
    .enum(['expired', 'denied'])
    .default('expired')
    .describe('what becomes of it when too few approve in time'),
  reason: z.enum(['required', 'optional']).default('optional').describe('whether --reason must be given'),
});

/** What {@link policyRule} makes of a rule. */
export type WrittenRule = z.infer<typeof policyRule>;

type Written = Partial<WrittenRule>;

/** What a rule matches; `home` is the zone of windows that name none. */
export const placeMatch = (rule: Written, home: string): PolicyMatch => ({
  verb: rule.verb,
  risk: rule.risk,
  service: rule.service,
  environment: rule.environment,
  targetKind: rule.target_kind,
  components: rule.components,
  hosts: rule.hosts,
  frozen: rule.frozen,
  severity: rule.severity,
  recentFailures: rule.recent_failures && {
    atLeast: rule.recent_failures.at_least,
    withinMs: rule.recent_failures.within,
  },
  hours: rule.hours?.flatMap((each) => placeWindow(each, home) ?? []),
  channel: rule.channel,
  role: rule.role,
});

/** A rule as the program works with it; `index` is its place in the list. */
export const placeRule = (rule: WrittenRule, index: number, home: string): PolicyRule => ({
  number: index + 1,
  ...placeMatch(rule, home),
  allow: rule.allow ?? [],
  why: rule.why,
  approvals: rule.approvals,
  from: rule.from ?? [],
  expiresMs: rule.expires,
  startWithinMs: rule.start_within,
  remindEveryMs: rule.remind,
  escalate: rule.escalate && { afterMs: rule.escalate.after, from: rule.escalate.from },
  onExpiry: rule.on_expiry,
  reason: rule.reason,
});
