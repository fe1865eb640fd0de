import type { z } from 'zod';
import type { Diagnosis } from '../domain/diagnosis.ts';
import type { SecretReference } from '../domain/fleet.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { ComponentStatuses, PublicIncident, PublicUpdate } from '../domain/status-update.ts';

/** One update on its way to one page, with the incident as it stood when that was said. */
export interface Posting {
  readonly incident: Pick<PublicIncident, 'id' | 'kind' | 'title' | 'impact' | 'startedAt' | 'scheduled'>;
  readonly update: PublicUpdate;
  /** How the components of the page stand with it. */
  readonly components: ComponentStatuses;
  /** What the page calls the incident; absent where it is not known to be there. */
  readonly remoteId?: string;
}

/** What a page said. */
export type Posted =
  | { readonly kind: 'published'; readonly remoteId?: string }
  /** It may work later; `afterMs` where the page says when. The update may have arrived all the same. */
  | { readonly kind: 'later'; readonly why: string; readonly afterMs?: number }
  /** It will not work until a person mends something. */
  | { readonly kind: 'refused'; readonly why: string; readonly remedy: string };

/** A public page that updates are published to. */
export interface StatusBackend {
  /** As `status_page.backends` calls it, or `page` for our own. */
  readonly name: string;
  /** For people: `our page`, `Atlassian Statuspage`. */
  readonly title: string;
  /** Characters it takes. */
  readonly limits: { readonly title: number; readonly body: number };
  /** Publishes an update; the same again alters nothing. Never throws for the world's sake. */
  publish(posting: Posting, signal: AbortSignal): Promise<Posted>;
  /** Tries the token and what the settings name, and alters nothing; absent where there is nothing to try. */
  examine?(signal: AbortSignal): Promise<readonly Diagnosis[]>;
}

/** What backends get. */
export interface StatusBackendPorts {
  readonly secret: (reference: SecretReference) => Outcome<string>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Waits so many milliseconds, or rejects when the signal is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Root of its API where it is another than usual: `STATUSPAGE_API_URL`. */
  readonly apiUrl?: string;
}

/** A kind of page. */
export interface StatusBackendKind {
  /** Key below `status_page.backends`. */
  readonly kind: string;
  readonly title: string;
  readonly summary: string;
  /** A strictObject. */
  readonly settings: z.ZodType<object>;
  /** Components of ours that the settings give a name over there. */
  readonly componentsIn: (settings: unknown) => readonly string[];
  open(settings: unknown, ports: StatusBackendPorts): StatusBackend;
}
