import type { Severity } from './policy.ts';

/** How bad its sender calls an alert; each source maps its own scale to this one. */
export const LEVELS = ['critical', 'error', 'warning', 'info', 'unknown'] as const;

/** One of {@link LEVELS}; what an incident has is a severity, P0 … P3. */
export type Level = (typeof LEVELS)[number];

/** What its sender last said of an alert. */
export type AlertStatus = 'firing' | 'acknowledged' | 'resolved';

/** What a link of an alert leads to. */
export const LINK_KINDS = ['source', 'runbook', 'dashboard', 'silence', 'panel', 'image'] as const;

/** A link that came with an alert; http and https only, never followed by Botswain. */
export interface AlertLink {
  readonly kind: (typeof LINK_KINDS)[number];
  readonly url: string;
}

/** What a sender says of one alert at one time; all of its text is somebody else's. */
export interface AlertReport {
  /** The same for the same problem, within an integration; at most 128 characters. */
  readonly fingerprint: string;
  /**
   * `alert`: something is wrong, or right again. `heartbeat`: the sender is alive (Watchdog). `deploy`: something was rolled
   * out, well (resolved) or not (firing). `upstream`: somebody else's status page. `test`: somebody tries the integration.
   */
  readonly kind: 'alert' | 'heartbeat' | 'deploy' | 'upstream' | 'test';
  readonly status: AlertStatus;
  readonly level: Level;
  /** As the sender calls it: `High`, `P2`. */
  readonly levelSaid?: string;
  /** Plain text, at most 150 characters, never empty. */
  readonly title: string;
  /** Plain text, at most 3,000 characters. */
  readonly description?: string;
  /** As the sender calls them; the configuration maps them to ours. */
  readonly service?: string;
  readonly environment?: string;
  /** At most 64, each value at most 512 characters. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Epoch milliseconds; absent where the sender does not say, or says the year 1. */
  readonly startsAt?: number;
  readonly endsAt?: number;
  readonly links: readonly AlertLink[];
  /** What the sender puts together: Alertmanager's groupKey. */
  readonly groupHint?: string;
  /** False where the sender never says that it is over. */
  readonly expectsResolve: boolean;
  /** Milliseconds after which an alert that nobody repeats is stale; absent = 24 hours. */
  readonly ttlMs?: number;
}

/** What one delivery of a sender comes to. */
export interface AlertReading {
  /** The delivery's own id, the same when it is sent again: X-GitHub-Delivery, SNS MessageId. */
  readonly eventId?: string;
  readonly reports: readonly AlertReport[];
  /** How many alerts the sender left out. */
  readonly truncated?: number;
  /** Why there are no reports: `a ping`. */
  readonly note?: string;
  /** Address that must be fetched once to confirm a subscription; the source has checked its host. */
  readonly confirm?: string;
}

/** What is known of an alert: the last word of its sender, and what became of it here. */
export interface Alert {
  /** Name of the integration, as the configuration calls it. */
  readonly integration: string;
  readonly source: string;
  readonly report: AlertReport;
  /** Our names, where the configuration knows them. */
  readonly service?: string;
  readonly environment?: string;
  readonly severity: Severity;
  /** As it is for us: held at firing while it flaps. */
  readonly status: AlertStatus;
  /** Epoch milliseconds, our clock. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Since when it fires, this time. */
  readonly firingSince: number;
  readonly resolvedAt?: number;
  /** How often it was reported firing. */
  readonly count: number;
  /** When its status turned, newest last; of the last half hour. */
  readonly turns: readonly number[];
  readonly isFlapping: boolean;
  /** The incident that it belongs to; absent where it opened none. */
  readonly incident?: string;
  /** Why nobody was told: `silenced by S-3`, `inhibited by INC-7`, `a warning that is young`. */
  readonly unannounced?: string;
  /** Number of the rule of the configuration that speaks of it. */
  readonly rule?: number;
  /** Number of the delivery that said it last, under which its raw body is kept. */
  readonly delivery: number;
}

/** Key of an alert: `alertmanager/3f2a…`. */
export const alertKey = ({
  integration,
  report,
}: Pick<Alert, 'integration'> & { readonly report: Pick<AlertReport, 'fingerprint'> }): string =>
  `${integration}/${report.fingerprint}`;
