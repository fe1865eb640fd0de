import type { JsonObject } from './json.ts';
import type { Severity } from './policy.ts';

/** How far an incident is. */
export const INCIDENT_STATES = ['open', 'acknowledged', 'mitigated', 'resolved'] as const;

/** One of {@link INCIDENT_STATES}. */
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** What people may be during an incident; each has one holder at a time. */
export const INCIDENT_ROLES = ['lead', 'communications', 'scribe'] as const;

/** One of {@link INCIDENT_ROLES}. */
export type IncidentRole = (typeof INCIDENT_ROLES)[number];

/** One step of an escalation chain: who is called so long after it began. */
export interface EscalationStep {
  /** Milliseconds from the beginning of the chain. */
  readonly afterMs: number;
  /** Names of rotations, `role:NAME` or person keys. */
  readonly call: readonly string[];
  /** Names of webhooks that are called as well. */
  readonly webhooks: readonly string[];
}

/** Who is called when nobody acknowledges; kept with the incident as it stood when that opened. */
export interface EscalationChain {
  readonly steps: readonly EscalationStep[];
  /** How often it begins again after its last step. */
  readonly repeat: number;
  /** Milliseconds after the last step until it begins again. */
  readonly repeatAfterMs: number;
  /** An acknowledgement is asked about after so many milliseconds, and is none any more where nobody answers; absent = never. */
  readonly remindMs?: number;
  /** Steps that are taken although somebody has acknowledged: only the end of the incident stops them. */
  readonly unresolved?: readonly EscalationStep[];
}

/** How far the escalation of an incident is. */
export interface Escalation {
  readonly chain: EscalationChain;
  /** When it began, epoch milliseconds. */
  readonly since: number;
  /** Steps carried out since then. */
  readonly done: number;
  /** How often it went through the whole chain. */
  readonly rounds: number;
  /** Why nobody is called at present: `acknowledged by Ana`; absent while it goes on. */
  readonly paused?: string;
  /** When it began first, for the steps of what is not resolved; absent = `since`. Epoch milliseconds. */
  readonly begunAt?: number;
  /** Steps carried out of {@link EscalationChain.unresolved}. */
  readonly unresolvedDone?: number;
}

/** Something that went wrong and that somebody has to see to. */
export interface Incident {
  readonly number: number;
  /** `INC-7` */
  readonly id: string;
  readonly title: string;
  readonly state: IncidentState;
  readonly severity: Severity;
  /** Our names; absent where it is not known whose it is. */
  readonly service?: string;
  readonly environment?: string;
  readonly origin: 'alerts' | 'person' | 'storm';
  /** By what alerts find it; absent where somebody opened it by hand. */
  readonly key?: string;
  /** Person key, or `botswain`. All times are epoch milliseconds. */
  readonly openedBy: string;
  readonly openedAt: number;
  /** When it began for those who use the service, as far as is known. */
  readonly impactSince: number;
  /** Nobody is told before: more alerts of the same group may come. */
  readonly announceAt: number;
  readonly lastAlertAt?: number;
  readonly acknowledgedAt?: number;
  readonly acknowledgedBy?: string;
  readonly mitigatedAt?: number;
  readonly resolvedAt?: number;
  /** Person key, or `botswain` where all its alerts were over. */
  readonly resolvedBy?: string;
  readonly reopened: number;
  /** Person keys by role. */
  readonly roles: Readonly<Partial<Record<IncidentRole, string>>>;
  readonly escalation?: Escalation;
  /** The incident that this one went into. */
  readonly mergedInto?: string;
  /** The one before with the same key. */
  readonly previous?: string;
  /** When something was said about it last, by a person. */
  readonly spokenAt?: number;
  /** When whoever acknowledged was asked whether they still have it. */
  readonly askedAt?: number;
  /** When the next word is due that was promised in public; absent = none was. */
  readonly updateDueAt?: number;
  /** When it was first and last spoken of in public, and how. */
  readonly published?: PublishedState;
  readonly postMortem?: PostMortemRecord;
  /** Grows with every alteration. */
  readonly version: number;
}

/** What the public was told of an incident. */
export interface PublishedState {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly status: 'investigating' | 'identified' | 'monitoring' | 'resolved';
}

/** What became of a post-mortem. */
export interface PostMortemRecord {
  readonly dueAt: number;
  readonly draftedAt?: number;
  readonly url?: string;
  /** What was drafted last, so that what people wrote since can be told from it. */
  readonly draft?: string;
}

/** What happened in an incident; a closed list. */
export const TIMELINE_KINDS = [
  'opened',
  'reopened',
  'alert fired',
  'alert resolved',
  'alert flaps',
  'paged',
  'page failed',
  'acknowledged',
  'acknowledgement ended',
  'escalated',
  'severity changed',
  'role changed',
  'note',
  'note withdrawn',
  'change',
  'deploy',
  'mitigated',
  'resolved',
  'merged',
  'status update',
  'post-mortem',
  'reminder',
  'storm',
] as const;

/** One of {@link TIMELINE_KINDS}. */
export type TimelineKind = (typeof TIMELINE_KINDS)[number];

/** One line of the timeline. */
export interface TimelineEntry {
  readonly incident: string;
  /** 1, 2, 3 … within its incident. */
  readonly number: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly kind: TimelineKind;
  /** Person key, or `botswain`. */
  readonly actor: string;
  /** One sentence for people, redacted. */
  readonly text: string;
  /** What it is about: `C-142`, an alert's key, the id of a message. */
  readonly subject?: string;
  /** True = it is also said in the threads of the incident. */
  readonly isSaid: boolean;
  /** Person keys that the thread calls by name with it. */
  readonly calls?: readonly string[];
  readonly detail?: JsonObject;
}

/** An entry before the journal numbers it. */
export type TimelineDraft = Omit<TimelineEntry, 'incident' | 'number'>;

/** What is to happen to an incident at a time; one of each kind an incident. */
export const TIMER_KINDS = ['escalate', 'acknowledgement', 'update due', 'resolve', 'post-mortem'] as const;

/** One of {@link TIMER_KINDS}. */
export type TimerKind = (typeof TIMER_KINDS)[number];

/** Something that is to happen to an incident, kept in the journal. */
export interface IncidentTimer {
  readonly incident: string;
  readonly kind: TimerKind;
  /** Epoch milliseconds. */
  readonly dueAt: number;
}

/** Whether it is over. */
export const isOver = ({ state }: Pick<Incident, 'state'>): boolean => state === 'resolved';
