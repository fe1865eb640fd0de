import { type Incident, isOver, type TimelineDraft } from '../domain/incident.ts';
import type { PagingWebhook } from '../domain/incident-settings.ts';
import type { Outcome } from '../domain/outcome.ts';
import {
  hasCalled,
  type Page,
  pageSubject,
  pagesIn,
  settledPages,
  type WebhookPage,
} from '../domain/page.ts';
import type { Person } from '../domain/person.ts';
import { type Duty, onHints } from '../workflow/duty.ts';
import { StoreError } from '../workflow/journal.ts';
import type { Wakeups } from '../workflow/wakeups.ts';
import type { IncidentBook } from './incident-book.ts';
import { noticeOf } from './page-message.ts';
import { type DirectPage, type DirectPorts, tellDirectly } from './page-person.ts';

/** What calling people needs. */
export interface PagingPorts extends DirectPorts {
  readonly book: IncidentBook;
  readonly wakeups: Wakeups;
  readonly webhooks: readonly PagingWebhook[];
  /** Calls a webhook until it answers well or there is no use in it; a page that was aborted is sent again at the next start. */
  readonly callWebhook: (page: WebhookPage, signal: AbortSignal) => Promise<Outcome<void>>;
  /** Where people read an incident; undefined where nothing stands yet. */
  readonly linkTo: (incident: Incident) => Promise<string | undefined>;
  readonly onError: (error: unknown) => void;
}

/** Milliseconds between two looks, should no hint come. */
const LOOK_MS = 2_000;

/** Tells people directly that they are called, and webhooks; what was called for before the last stop first of all. */
export function pagingDuty(ports: PagingPorts): Duty {
  const pages = new Pages(ports);
  const rounds = onHints(
    { name: 'pages', everyMs: LOOK_MS, run: () => pages.round(), onError: ports.onError },
    (react) => ports.wakeups.on('incidents', react),
  );
  return {
    ...rounds,
    stop: async () => {
      await rounds.stop();
      await pages.stop();
    },
  };
}

const LASTING: readonly Incident['state'][] = ['open', 'acknowledged', 'mitigated'];
const MOST_AT_ONCE = 500;
/** A phone that rings an hour late wakes somebody for nothing. */
const LATEST_MS = 60 * 60_000;

const PLATFORMS = { slack: 'Slack', telegram: 'Telegram', console: 'the console' } as const;

interface Looking {
  readonly incident: Incident;
  readonly url: string | undefined;
  readonly settled: ReadonlySet<string>;
}

interface Settled {
  readonly kind: 'paged' | 'page failed';
  readonly subject: string;
  readonly text: string;
  readonly person?: string;
}

/** The pages of the incidents that last, brought to their ends; what was done stands in the timeline. */
export class Pages {
  readonly #ports: PagingPorts;
  /** The version of each incident that was looked at last. */
  readonly #seen = new Map<string, number>();
  /** Incidents with pages that are on their way. */
  readonly #open = new Set<string>();
  readonly #calls = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(ports: PagingPorts) {
    this.#ports = ports;
  }

  /** Looks at every incident that was altered, or has pages on their way. */
  async round(): Promise<void> {
    const { book, onError } = this.#ports;
    const lasting = await book.list({ states: LASTING, limit: MOST_AT_ONCE });
    const listed = new Set(lasting.map(({ id }) => id));
    const ended = await Promise.all(
      [...this.#seen.keys()].filter((id) => !listed.has(id)).map((id) => book.find(id)),
    );
    for (const incident of [...lasting, ...ended.filter((each) => each !== undefined)])
      if (this.#wantsLook(incident))
        await this.#look(incident).catch((error: unknown) => {
          if (error instanceof StoreError) throw error;
          onError(error);
        });
  }

  /** Breaks off what is under way, without a word in the timeline, and resolves when nothing is. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#calls.values());
  }

  #wantsLook(incident: Incident): boolean {
    if (this.#open.has(incident.id)) return true;
    return hasCalled(incident) && this.#seen.get(incident.id) !== incident.version;
  }

  async #look(incident: Incident): Promise<void> {
    const { book, linkTo } = this.#ports;
    const { id, version } = incident;
    const timeline = await book.timeline(id);
    const pages = pagesIn(timeline);
    const url = pages.length === 0 ? undefined : await linkTo(incident);
    const looking = { incident, url, settled: settledPages(timeline) };
    const open: boolean[] = [];
    for (const page of pages) open.push(await this.#see(page, looking));
    if (open.includes(true)) this.#open.add(id);
    else this.#open.delete(id);
    if (isOver(incident) && !open.includes(true)) this.#seen.delete(id);
    else this.#seen.set(id, version);
  }

  /** Whether anything of it is still on its way. */
  async #see(page: Page, looking: Looking): Promise<boolean> {
    const people = this.#ports.people();
    const called = page.people.flatMap((key) => people.find((person) => person.key === key) ?? []);
    const open: boolean[] = [];
    for (const person of called) open.push(await this.#tell(page, looking, person));
    const each = called.length === 0 ? [undefined] : called;
    for (const name of page.webhooks)
      for (const person of each) open.push(await this.#callOnce({ page, name, person }, looking));
    return open.includes(true);
  }

  async #tell(page: Page, { incident, url, settled }: Looking, person: Person): Promise<boolean> {
    const subject = pageSubject(page.number, person.key);
    const direct: DirectPage = { incident, page, person, url, isSettled: settled.has(subject) };
    const end = await tellDirectly(this.#ports, direct);
    this.#ports.wakeups.nudge('deliveries');
    if (end.kind === 'open') return true;
    const key = { subject, person: person.key };
    if (end.kind === 'told') {
      const where = PLATFORMS[end.delivery.conversation.platform];
      await this.#settle(incident, {
        ...key,
        kind: 'paged',
        text: `${person.name} was told directly in ${where}.`,
      });
    } else if (end.kind === 'failed') {
      const text = `${person.name} could NOT be told directly: ${end.why}.`;
      await this.#settle(incident, { ...key, kind: 'page failed', text });
    }
    return false;
  }

  async #callOnce(
    wanted: { readonly page: Page; readonly name: string; readonly person: Person | undefined },
    { incident, url, settled }: Looking,
  ): Promise<boolean> {
    const { page, name, person } = wanted;
    const subject = pageSubject(
      page.number,
      `${name}${person === undefined ? '' : ` ${person.key}`} by webhook`,
    );
    const call = `${incident.id} ${subject}`;
    if (this.#calls.has(call)) return true;
    if (settled.has(subject) || isOver(incident)) return false;
    const webhook = this.#ports.webhooks.find((each) => each.name === name);
    const whom = person === undefined ? '' : ` for ${person.name}`;
    const failed = (why: string): Settled => ({
      kind: 'page failed',
      subject,
      text: `The webhook ${name} could NOT be called${whom}: ${why}.`,
    });
    if (webhook === undefined || this.#ports.now() - page.at > LATEST_MS) {
      const why =
        webhook === undefined ? 'it is not in the configuration any more' : 'too late by more than an hour';
      await this.#settle(incident, failed(why));
      return false;
    }
    const sent = {
      webhook,
      key: call.replaceAll(' ', '-'),
      notice: noticeOf({ incident, url, people: [] }, person),
    };
    const called = this.#ports
      .callWebhook(sent, this.#stopping.signal)
      .then(async (outcome) => {
        if (this.#stopping.signal.aborted) return;
        const text = `The webhook ${name} was called${whom}.`;
        await this.#settle(
          incident,
          outcome.kind === 'succeeded' ? { kind: 'paged', subject, text } : failed(outcome.message),
        );
      })
      .catch(this.#ports.onError)
      .finally(() => this.#calls.delete(call));
    this.#calls.set(call, called);
    return true;
  }

  /** Writes down what became of a page, once; what failed is said to everybody. */
  async #settle({ id }: Incident, { kind, subject, text, person }: Settled): Promise<void> {
    const { book, now, wakeups } = this.#ports;
    const isSaid = kind === 'page failed';
    const entry: TimelineDraft = {
      at: now(),
      kind,
      actor: 'botswain',
      text,
      subject,
      isSaid,
      ...(person === undefined ? {} : { detail: { person } }),
    };
    await book.write(async (desk) => {
      const incident = await desk.find(id);
      if (incident === undefined || settledPages(await desk.timeline(id)).has(subject)) return;
      await desk.say(id, [entry]);
      if (isSaid) await desk.put(incident);
    });
    if (isSaid) wakeups.nudge('incidents');
  }
}
