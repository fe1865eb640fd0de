import type { PersonDraft } from './people.ts';
import { policyRule, type WrittenRule } from './policy-schema.ts';
import type { Finding, KeyPath } from './problem.ts';
import { type Entry, entry, texts } from './read.ts';
import type { Registries } from './schema.ts';

/** Keys of a rule that hold names of something else in the configuration. */
export const NAME_KEYS = ['verb', 'service', 'environment', 'target_kind', 'channel'] as const;

/** One of {@link NAME_KEYS}. */
export type NameKey = (typeof NAME_KEYS)[number];

/** A policy rule as far as it can be read. */
export interface RuleDraft {
  readonly path: KeyPath;
  readonly entry: Entry;
  /** What the schema made of it; undefined where it objects. */
  readonly rule: WrittenRule | undefined;
  readonly allow: readonly string[];
  readonly from: readonly string[];
  readonly approvals: number;
}

/** What the rest of the configuration knows; a list is undefined where its file cannot be read. */
export interface PolicyContext {
  readonly people: readonly PersonDraft[];
  readonly services: readonly string[] | undefined;
  /** Names of the components of each service. */
  readonly components: readonly { readonly service: string; readonly names: readonly string[] }[] | undefined;
  readonly environments: readonly string[] | undefined;
  readonly verbs: Registries['verbs'];
  readonly targetKinds: readonly string[] | undefined;
}

function ruleDraft(value: unknown, index: number): RuleDraft {
  const rule = entry(value);
  const { approvals } = rule;
  return {
    path: ['policy', index],
    entry: rule,
    rule: policyRule.safeParse(value).data,
    allow: texts(rule.allow) ?? [],
    from: texts(rule.from) ?? [],
    approvals: typeof approvals === 'number' ? approvals : 0,
  };
}

/** The rules of botswain.yaml from top to bottom. */
export const ruleDrafts = (botswain: Entry): readonly RuleDraft[] => {
  const { policy } = botswain;
  return Array.isArray(policy) ? policy.map(ruleDraft) : [];
};

/** Something wrong or doubtful at a key of a rule, or at the whole rule. */
export const finding = (
  rule: RuleDraft,
  key: string | undefined,
  said: readonly [message: string, remedy: string],
): Finding => ({
  path: key === undefined ? rule.path : [...rule.path, ...key.split('.')],
  at: 'value',
  message: said[0],
  remedy: said[1],
});
