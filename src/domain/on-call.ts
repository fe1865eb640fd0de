import type { EscalationChain } from './incident.ts';
import type { PagingWebhook } from './incident-settings.ts';
import type { Severity } from './policy.ts';
import type { Window } from './window.ts';

/** Some people who take turns. */
export interface RotationLayer {
  /** Person keys in their order. */
  readonly people: readonly string[];
  /** How long a turn is. */
  readonly every: { readonly unit: 'day' | 'week'; readonly count: number };
  /** The first hand-over, as wall-clock time in the rotation's zone: `2026-01-05T09:00`; all others are at the same time of day. */
  readonly from: string;
  /** When this layer has anybody at all; absent = always. Follow-the-sun is several layers with windows. */
  readonly only?: readonly Window[];
}

/** Who is on call when, by name; the later layer counts where two have somebody. */
export interface Rotation {
  readonly name: string;
  /** IANA name. */
  readonly timezone: string;
  readonly layers: readonly RotationLayer[];
  /** Services it is for; absent = all that have none of their own. */
  readonly services?: readonly string[];
}

/** Somebody takes over from whoever is on call, for a while. */
export interface OnCallOverride {
  readonly number: number;
  /** `O-2` */
  readonly id: string;
  /** Name of the rotation. */
  readonly rotation: string;
  /** Person key. */
  readonly person: string;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly until: number;
  /** Person key of whoever typed it. */
  readonly by: string;
  readonly endedAt?: number;
}

/** Who is on call, and who is called when. */
export interface OnCallSettings {
  readonly rotations: readonly Rotation[];
  /** By name. */
  readonly chains: Readonly<Record<string, EscalationChain>>;
  readonly webhooks: readonly PagingWebhook[];
}

/** The chain of each severity where the configuration names none: as runbooks call them. */
export const CHAIN_OF_SEVERITY: Readonly<Record<Severity, string>> = {
  P0: 'critical',
  P1: 'high',
  P2: 'medium',
  P3: 'low',
};
