import { z } from 'zod';
import type { Incident, TimelineEntry } from './incident.ts';
import type { PagingWebhook } from './incident-settings.ts';
import type { Severity } from './policy.ts';

/** What a phone service is told, as JSON. */
export interface PageNotice {
  /** `INC-7` */
  readonly incident: string;
  readonly severity: Severity;
  readonly title: string;
  readonly service?: string;
  readonly environment?: string;
  /** Person key and name of who is called; absent where nobody is and the webhook is all there is. */
  readonly person?: string;
  readonly name?: string;
  /** Where the incident is read. */
  readonly url?: string;
}

/** One call of a paging webhook; the same key is the same page, however often it arrives. */
export interface WebhookPage {
  readonly webhook: PagingWebhook;
  readonly key: string;
  readonly notice: PageNotice;
}

/** A step of an escalation that was taken: whom it calls, and how. */
export interface Page {
  /** That of its entry in the timeline, so that no two pages of an incident share one. */
  readonly number: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly text: string;
  /** Person keys. */
  readonly people: readonly string[];
  readonly webhooks: readonly string[];
}

const called = z.object({ people: z.array(z.string()), webhooks: z.array(z.string()) });

/** The pages that a timeline speaks of. */
export const pagesIn = (timeline: readonly TimelineEntry[]): readonly Page[] =>
  timeline.flatMap(({ kind, number, at, text, detail }) => {
    const read = kind === 'escalated' ? called.safeParse(detail).data : undefined;
    return read === undefined ? [] : [{ number, at, text, ...read }];
  });

/** What became of pages stands in the timeline under these. */
export const pageSubject = (page: number, how: string): string => `page ${page} ${how}`;

/** Pages of which the timeline says what became of them. */
export const settledPages = (timeline: readonly TimelineEntry[]): ReadonlySet<string> =>
  new Set(
    timeline
      .filter(({ kind }) => kind === 'paged' || kind === 'page failed')
      .flatMap(({ subject }) => subject ?? []),
  );

/** Whether an escalation has called anybody yet. */
export const hasCalled = ({ escalation }: Incident): boolean =>
  escalation !== undefined && escalation.done + escalation.rounds + (escalation.unresolvedDone ?? 0) > 0;
