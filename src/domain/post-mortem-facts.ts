import type { Alert } from './alert.ts';
import type { Incident, TimelineEntry } from './incident.ts';
import type { SeveritySettings } from './incident-settings.ts';
import { plainMarkdown } from './markdown.ts';
import type { Redact } from './redaction.ts';

/** A change of the service around the incident. */
export interface PostMortemChange {
  /** `C-142` */
  readonly id: string;
  /** What it did: `rollback karmabot to v1.4.1`. */
  readonly summary: string;
  /** Person keys. */
  readonly requester: string;
  readonly approvers: readonly string[];
  /** Epoch milliseconds. */
  readonly at: number;
  /** How it ended: `succeeded`, `not verified`. */
  readonly state: string;
  readonly ending?: string;
}

/** All that a post-mortem is drafted from. */
export interface PostMortemFacts {
  readonly incident: Incident;
  readonly serviceTitle?: string;
  /** Oldest first. */
  readonly timeline: readonly TimelineEntry[];
  /** Oldest first. */
  readonly alerts: readonly Alert[];
  readonly changes: readonly PostMortemChange[];
  readonly settings: Pick<SeveritySettings, 'respondMs' | 'resolveMs'>;
  /** The name of a person by key. */
  readonly nameOf: (key: string) => string;
  readonly redact: Redact;
  /** Lines of the timeline at most; those in the middle are left out. */
  readonly mostLines: number;
}

/** What nobody has filled in yet is called by this, so that a half-filled document cannot look finished. */
export const BLANK = ['TO', 'DO'].join('');

/** Somebody's text without secrets, as Markdown that shows exactly it. */
export const shown = ({ redact }: Pick<PostMortemFacts, 'redact'>, text: string): string =>
  plainMarkdown(redact(text));

/** Who did it, as people read it; empty for Botswain itself. */
export const actorOf = (facts: Pick<PostMortemFacts, 'redact' | 'nameOf'>, key: string): string =>
  key === 'botswain' ? '' : shown(facts, facts.nameOf(key));

/** `2026-11-20 03:12:02`, in UTC. */
export const utcTime = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

/** How long it took from one time to another; null where either is missing or they are in the wrong order. */
export function tookMs(from: number | undefined, to: number | undefined): number | null {
  if (from === undefined || to === undefined || to < from) return null;
  return to - from;
}
