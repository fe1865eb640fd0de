import type { Level } from './alert.ts';
import type { SecretReference } from './fleet.ts';
import type { EscalationChain } from './incident.ts';
import type { Severity } from './policy.ts';
import type { Matcher } from './silence.ts';
import type { Window } from './window.ts';

/** Who may send alerts, and what its words mean here. */
export interface Integration {
  readonly name: string;
  /** Name of a source: `alertmanager`. */
  readonly source: string;
  /** The source's own settings, as written. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Any of these shows that a request comes from the sender: in the path, as `Bearer`, or in `X-Auth-Token`. */
  readonly tokens: readonly SecretReference[];
  /** Or one of these by HTTP Basic. */
  readonly logins: readonly { readonly user: string; readonly password: SecretReference }[];
  /** Or a signature made with one of these, where the source signs. Where there are any, a signature is demanded. */
  readonly secrets: readonly SecretReference[];
  /** What alerts are of where they do not say so themselves. */
  readonly service?: string;
  readonly environment?: string;
  /** First match wins; RE2 over what the alert says of its service. */
  readonly services: readonly { readonly match: string; readonly service: string }[];
  /** The sender's own words for how bad it is. */
  readonly levels: Readonly<Record<string, Level>>;
  /** Alerts that are taken up in five minutes; what is beyond is kept, and said once. */
  readonly mostInFiveMinutes: number;
  /** Longest milliseconds between two heartbeats (Watchdog) before monitoring itself counts as down; absent = none is expected. */
  readonly watchdogMs?: number;
}

/** What an incident of a severity demands. */
export interface SeveritySettings {
  /** Milliseconds until somebody has acknowledged it, and until it is resolved. */
  readonly respondMs: number;
  readonly resolveMs: number;
  readonly chain: EscalationChain;
  /** Milliseconds until those who follow it are told something again; absent = nobody asks for it. */
  readonly updateEveryMs?: number;
  /** Milliseconds from its end until the post-mortem is due; absent = none is demanded. */
  readonly postMortemMs?: number;
}

/** What becomes of alerts that match; the first rule decides. */
export interface AlertRule {
  /** 1-based place in the list. */
  readonly number: number;
  readonly match: readonly Matcher[];
  /** Labels (or `service`, `environment`) whose values alerts of one incident share. */
  readonly groupBy?: readonly string[];
  readonly severity?: Severity;
  readonly service?: string;
  /** Recorded, and nobody is told. */
  readonly isIgnored: boolean;
  /** Milliseconds it has to fire before it opens an incident. */
  readonly lastsMs?: number;
  /** By whom people are called in place of what the severity says. */
  readonly chain?: EscalationChain;
  /** Lines that are offered as buttons, without `/ops`; pressing one types it, an alert never does. */
  readonly propose: readonly string[];
}

/** While an alert that matches `source` fires, those that match `target` with the same values of `equal` tell nobody. */
export interface Inhibition {
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
}

/** Work that is announced: alerts are recorded, and nobody is called. */
export interface Maintenance {
  readonly name: string;
  readonly match: readonly Matcher[];
  readonly windows: readonly Window[];
}

/** A phone service or the like that is told who is called; gets JSON. */
export interface PagingWebhook {
  readonly name: string;
  readonly url: string | SecretReference;
  readonly token?: SecretReference;
}

/** How alerts become incidents, and who is called. */
export interface IncidentSettings {
  readonly severities: Readonly<Record<Severity, SeveritySettings>>;
  /** What a level comes to where no rule says otherwise. */
  readonly severityOf: Readonly<Record<Level, Severity>>;
  /** Milliseconds an alert of a level has to fire before it opens an incident, where no rule says otherwise; `never`: it is only kept. */
  readonly lasts: Readonly<Record<Level, number | 'never'>>;
  /** Whether the checks of the services open incidents, too. */
  readonly checks: boolean;
  readonly rules: readonly AlertRule[];
  readonly inhibitions: readonly Inhibition[];
  readonly maintenance: readonly Maintenance[];
  /** All milliseconds. How long the first alert of a group waits for others; P0 does not wait. */
  readonly groupWaitMs: number;
  /** An alert that comes back within this reopens its incident. */
  readonly reopenMs: number;
  /** All alerts were over for so long: the incident is resolved, unless somebody has taken it on. */
  readonly resolveAfterMs: number;
  readonly storm: {
    /** New incidents in `withinMs` that make a storm; new alerts likewise. */
    readonly incidents: number;
    readonly alerts: number;
    readonly withinMs: number;
  };
}

const NOBODY: EscalationChain = { steps: [], repeat: 0, repeatAfterMs: 0 };
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What holds where botswain.yaml says nothing; times by AjudadoraBot's runbook, intervals of updates by facts/status-page.md §6. */
export const USUAL_INCIDENTS: IncidentSettings = {
  severities: {
    P0: {
      respondMs: 15 * MINUTE_MS,
      resolveMs: 2 * HOUR_MS,
      updateEveryMs: 20 * MINUTE_MS,
      postMortemMs: 24 * HOUR_MS,
      chain: NOBODY,
    },
    P1: {
      respondMs: 30 * MINUTE_MS,
      resolveMs: 4 * HOUR_MS,
      updateEveryMs: 30 * MINUTE_MS,
      postMortemMs: 24 * HOUR_MS,
      chain: NOBODY,
    },
    P2: { respondMs: 2 * HOUR_MS, resolveMs: 24 * HOUR_MS, chain: NOBODY },
    P3: { respondMs: 24 * HOUR_MS, resolveMs: 7 * 24 * HOUR_MS, chain: NOBODY },
  },
  severityOf: { critical: 'P0', error: 'P1', warning: 'P2', info: 'P3', unknown: 'P2' },
  lasts: { critical: 0, error: 0, warning: 10 * MINUTE_MS, info: 'never', unknown: 10 * MINUTE_MS },
  checks: false,
  rules: [],
  inhibitions: [],
  maintenance: [],
  groupWaitMs: 10_000,
  reopenMs: 30 * MINUTE_MS,
  resolveAfterMs: 5 * MINUTE_MS,
  storm: { incidents: 10, alerts: 50, withinMs: 2 * MINUTE_MS },
};
