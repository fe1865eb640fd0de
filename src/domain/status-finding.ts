import type { Redact } from './redaction.ts';
import type { ComponentStatus, UpdateState } from './status-update.ts';

/** Something about an update that should not, or may not, go out. */
export interface LintFinding {
  /** An error keeps it from being published unless somebody says why it is right all the same. */
  readonly severity: 'error' | 'warning';
  readonly rule: LintRule;
  /** What is wrong and what to do, one sentence each. */
  readonly message: string;
}

/** The rules; a closed list. */
export const LINT_RULES = [
  'placeholder',
  'host name',
  'address',
  'e-mail',
  'secret',
  'promise',
  'blame',
  'length',
  'failing check',
  'not operational',
  'still open',
  'backwards',
  'next update',
  'schedule',
  'internal name',
] as const;

/** One of {@link LINT_RULES}. */
export type LintRule = (typeof LINT_RULES)[number];

/** What an update is judged by. */
export interface LintFacts {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly redact: Redact;
  /** Host names that may be named: our page's, the product's. Those below them may, too. */
  readonly allowedHosts: readonly string[];
  /** Names and addresses of targets, which nobody outside has to know. */
  readonly innerNames: readonly string[];
  /** State of the last update; absent = nothing is public yet. */
  readonly before?: UpdateState;
  /** Somebody said why it goes back. */
  readonly hasNote: boolean;
  /** Checks of the service that fail, in words: `web@production: HTTP 502`. */
  readonly failingChecks: readonly string[];
  /** Why it does not look like the end: `2 of its alerts still fire`. */
  readonly stillOpen?: string;
  /** Components of the incident: how it leaves them, and what other incidents that are public do to them. */
  readonly after: readonly {
    readonly title: string;
    readonly status: ComponentStatus;
    readonly others: ComponentStatus;
  }[];
  /** The least that any page takes, in characters. */
  readonly limits: { readonly title: number; readonly body: number };
}

/** Makes a finding. */
export const found = (severity: LintFinding['severity'], rule: LintRule, message: string): LintFinding => ({
  severity,
  rule,
  message,
});
