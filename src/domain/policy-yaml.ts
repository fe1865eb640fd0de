import { parseDuration, writeDuration } from './duration.ts';
import { type Bounds, MATCH_KEYS, type MatchKey, type PolicyMatch, type PolicyRule } from './policy.ts';
import { KEY_NAMES } from './policy-text.ts';
import type { Window } from './window.ts';
import { windowEnds } from './window-text.ts';

const list = (words: readonly string[]): string => `[${words.join(', ')}]`;

const oneOrMore = (words: readonly string[]): string => (words.length === 1 ? (words[0] ?? '') : list(words));

const map = (pairs: readonly (readonly [string, string | undefined])[]): string =>
  `{ ${pairs.flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`])).join(', ')} }`;

const bounds = ({ min, max }: Bounds): string =>
  map([
    ['min', min?.toString()],
    ['max', max?.toString()],
  ]);

function windowYaml(window: Window): string {
  const [from, to] = windowEnds(window);
  return map([
    ['days', window.kind === 'daily' && window.days !== undefined ? list(window.days) : undefined],
    ['from', JSON.stringify(from)],
    ['to', JSON.stringify(to)],
    ['timezone', 'zone' in window ? window.zone : undefined],
  ]);
}

const WRITTEN: { readonly [Key in MatchKey]: (value: NonNullable<PolicyMatch[Key]>) => string } = {
  verb: oneOrMore,
  risk: oneOrMore,
  service: oneOrMore,
  environment: oneOrMore,
  targetKind: oneOrMore,
  components: bounds,
  hosts: bounds,
  frozen: String,
  severity: oneOrMore,
  recentFailures: ({ atLeast, withinMs }) =>
    map([
      ['at_least', String(atLeast)],
      ['within', writeDuration(withinMs)],
    ]),
  hours: (windows) => oneOrMore(windows.map(windowYaml)),
  channel: oneOrMore,
  role: oneOrMore,
};

function written<Key extends MatchKey>(key: Key, rule: PolicyMatch): string | undefined {
  const value = rule[key];
  return value === undefined ? undefined : WRITTEN[key](value);
}

/** Both clocks where nothing is written. */
export const USUAL_CLOCK = '15m';

const unusual = (ms: number): string | undefined =>
  ms === parseDuration(USUAL_CLOCK) ? undefined : writeDuration(ms);

const time = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : writeDuration(ms);

function approvalYaml(rule: PolicyRule): readonly (readonly [string, string | undefined])[] {
  const { approvals, from, escalate } = rule;
  if (approvals === 0) return [];
  const later =
    escalate &&
    map([
      ['after', time(escalate.afterMs)],
      ['from', list(escalate.from)],
    ]);
  return [
    ['approvals', String(approvals)],
    ['from', list(from)],
    ['expires', unusual(rule.expiresMs)],
    ['remind', time(rule.remindEveryMs)],
    ['escalate', later],
    ['on_expiry', rule.onExpiry === 'denied' ? 'denied' : undefined],
  ];
}

/** A rule as it is written in botswain.yaml, on one line; what is as it would be anyway is left out. */
export function ruleText(rule: PolicyRule): string {
  const isDenial = rule.allow.length === 0;
  return map([
    ...MATCH_KEYS.map((key) => [KEY_NAMES[key], written(key, rule)] as const),
    isDenial ? ['deny', 'true'] : ['allow', list(rule.allow)],
    ...approvalYaml(rule),
    ['start_within', isDenial ? undefined : unusual(rule.startWithinMs)],
    ['reason', rule.reason === 'required' ? 'required' : undefined],
    ['why', rule.why && JSON.stringify(rule.why)],
  ]);
}
