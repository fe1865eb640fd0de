import type { AuditEntry } from '../domain/audit-event.ts';
import type { StatusApproval, StatusDraft } from '../domain/status-draft.ts';
import type {
  ComponentStatus,
  ComponentStatuses,
  PublicIncident,
  PublicUpdate,
} from '../domain/status-update.ts';

/** One update on its way to one page. */
export interface Publication {
  /** Public id of its incident. */
  readonly incident: string;
  /** Number of the update. */
  readonly update: number;
  /** Name of the page. */
  readonly backend: string;
  readonly state: 'wished' | 'published' | 'refused';
  readonly attempts: number;
  /** Not before this epoch millisecond. */
  readonly notBefore: number;
  /** What the page calls the incident. */
  readonly remoteId?: string;
  /** Why it is not there yet. */
  readonly why?: string;
  /** People were told that it is not there. */
  readonly isTold: boolean;
}

/** A publication with all that the page has to be told. */
export interface DuePublication {
  readonly publication: Publication;
  readonly incident: PublicIncident;
  readonly update: PublicUpdate;
  /** How the components stood with it. */
  readonly components: ComponentStatuses;
}

/** A draft that becomes public. */
export interface Publishing {
  readonly draft: StatusDraft;
  /** Public id if it is the first word. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Names of the components of the page. */
  readonly components: readonly string[];
  /** Names of pages beside ours. */
  readonly backends: readonly string[];
}

/** What became of a wish to publish. */
export type PublishedDraft =
  | { readonly kind: 'published'; readonly incident: PublicIncident; readonly update: PublicUpdate }
  /** This very draft is public already. */
  | { readonly kind: 'again'; readonly incident: PublicIncident }
  /** Something else was said since it was shown. */
  | { readonly kind: 'stale' };

/** An update that the incident's own timeline does not hold yet. */
export interface UntoldUpdate {
  readonly incident: PublicIncident;
  readonly update: PublicUpdate;
  /** Person key of whoever asked for it, and of those who pressed. */
  readonly by: string;
  readonly approvals: readonly StatusApproval[];
  /** Why it went out although the lint said no. */
  readonly anyway?: string;
}

/** How a component of the page stands. */
export interface KeptComponent {
  readonly name: string;
  readonly status: ComponentStatus;
  /** Since when, epoch milliseconds. */
  readonly since: number;
}

/** What the public was told, what is on its way to it, and what was only shown to us so far. */
export interface StatusBook {
  /** Keeps a draft that is shown; forgets those that expired long ago. */
  keepDraft(draft: StatusDraft): Promise<void>;
  draft(digest: string): Promise<StatusDraft | undefined>;
  /** Adds somebody who pressed, once; the draft as it stands then. */
  approve(digest: string, approval: StatusApproval): Promise<StatusDraft | undefined>;
  /** Makes a draft public, together with its way to every page; `audit` gets the id of work that had none. */
  publish(publishing: Publishing, audit: (of: string) => AuditEntry): Promise<PublishedDraft>;
  /** By public id, `INC-7` or `M-3`. */
  find(id: string): Promise<PublicIncident | undefined>;
  /** Not over, newest first. */
  open(): Promise<readonly PublicIncident[]>;
  /** The newest of a kind, open or over. */
  latest(kind: PublicIncident['kind'], limit: number): Promise<readonly PublicIncident[]>;
  /** Those that were ever altered. */
  components(): Promise<readonly KeptComponent[]>;
  /** Publications of an incident, in order. */
  publications(incident: string): Promise<readonly Publication[]>;
  /** Those that are due, of each page and incident the oldest. */
  due(at: number, limit: number): Promise<readonly DuePublication[]>;
  published(publication: Publication, remoteId: string | undefined): Promise<void>;
  /** It is tried again then, unless it is refused. */
  failed(
    publication: Publication,
    next: Pick<Publication, 'state' | 'notBefore' | 'isTold'> & { readonly why: string },
    audit?: AuditEntry,
  ): Promise<void>;
  /** Tries everything of an incident again that is not there; how many that are. */
  retry(incident: string, at: number): Promise<number>;
  /** Updates of which the timeline of their incident does not say yet, oldest first. */
  untold(limit: number): Promise<readonly UntoldUpdate[]>;
  /** The timeline says it. */
  told(incident: string, update: number): Promise<void>;
}
