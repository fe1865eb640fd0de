import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Account } from '../../domain/person.ts';
import type { ChatOutcome, Home } from '../chat.ts';
import { attempt, type SlackFailure } from './slack-errors.ts';
import { type HearParts, UNIDENTIFIED } from './slack-hear.ts';
import { homeBlocks, homeView, wordsBlocks } from './slack-home-render.ts';
import type { Actor } from './slack-people.ts';
import { howToBeAdded, UNREADABLE } from './slack-picker.ts';

/** What the home tab needs. */
export interface HomeParts extends Omit<HearParts, 'whisper'> {
  readonly web: WebClient;
}

/** Somebody opened the home tab; `hash` is of what stands there. */
export interface HomeOpened {
  readonly actor: Actor;
  readonly hash: string | undefined;
}

const Opened = z.object({
  event: z.object({
    user: z.string(),
    tab: z.string().optional(),
    view: z.object({ hash: z.string().optional() }).optional(),
  }),
});

/** Reads an app_home_opened event; undefined for the other tabs of the bot. */
export const parseHomeOpened = (body: unknown): HomeOpened | undefined => {
  const { user, tab, view } = Opened.parse(body).event;
  return tab === undefined || tab === 'home' ? { actor: { id: user }, hash: view?.hash } : undefined;
};

interface Shown {
  readonly actor: Actor;
  readonly openedAt: number;
  readonly hash?: string;
  /** What stands there, without the time. */
  readonly content?: string;
}

/** How long after it was opened a home tab is kept true. */
const KEPT_MS = 15 * 60_000;
/** Changes that come together are shown together. */
const GATHER_MS = 1000;
/** views.publish is tier 4, 100 a minute for the whole app; this leaves room for tabs that are opened. */
const EACH_MS = 1000;
/** After a tab could not be drawn. */
const AGAIN_MS = 10_000;
const MOST = 50;

/** Everybody's start page: drawn when it is opened, and again when a card changes while it may be looked at. */
export class SlackHome {
  readonly #parts: HomeParts;
  readonly #shown = new Map<string, Shown>();
  readonly #queues = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  /** Epoch milliseconds before which no round is drawn. */
  #restUntil = 0;

  constructor(parts: HomeParts) {
    this.#parts = parts;
  }

  /** Somebody looks at it now. */
  async opened({ actor, hash }: HomeOpened): Promise<void> {
    this.#shown.delete(actor.id);
    this.#shown.set(actor.id, { actor, openedAt: Date.now(), ...(hash === undefined ? {} : { hash }) });
    const [oldest] = this.#shown.keys();
    if (this.#shown.size > MOST && oldest !== undefined) this.#shown.delete(oldest);
    await this.#refresh(actor.id);
  }

  /** Something that may stand on somebody's page has changed. */
  touch(): void {
    this.#refreshIn(GATHER_MS);
  }

  #refreshIn(ms: number): void {
    if (this.#shown.size === 0) return;
    const wait = Math.max(ms, this.#restUntil - Date.now());
    this.#timer ??= setTimeout(() => this.#refreshAll(), wait).unref();
  }

  /** Nothing is drawn any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#shown.clear();
  }

  #refreshAll(): void {
    this.#timer = undefined;
    for (const [id, { openedAt }] of this.#shown)
      if (Date.now() - openedAt > KEPT_MS) this.#shown.delete(id);
      else void this.#refresh(id);
    this.#restUntil = Math.max(this.#restUntil, Date.now() + this.#shown.size * EACH_MS);
  }

  /** One after another, so that the newest is what stays. */
  #refresh(id: string): Promise<void> {
    const before = this.#queues.get(id) ?? Promise.resolve();
    const work = before
      .then(() => this.#draw(id))
      .catch((error: unknown) => {
        this.#parts.ports.log('warn', `A home tab could not be drawn: ${String(error)}`, { user: id });
      });
    this.#queues.set(id, work);
    return work.finally(() => {
      if (this.#queues.get(id) === work) this.#queues.delete(id);
    });
  }

  async #draw(id: string): Promise<void> {
    const shown = this.#shown.get(id);
    if (shown === undefined) return;
    const content = await this.#content(shown.actor);
    if (JSON.stringify(content) === shown.content) return;
    let published = await this.#publish(id, content, shown.hash);
    // Somebody else drew it meanwhile: what is true now is asked for once more.
    if (published.kind !== 'succeeded' && published.message.includes('hash_conflict'))
      published = await this.#publish(id, await this.#content(shown.actor), undefined);
    if (published.kind !== 'succeeded') {
      this.#failed(published);
      return;
    }
    const hash = published.value;
    const { actor, openedAt } = shown;
    if (this.#shown.has(id))
      this.#shown.set(id, {
        actor,
        openedAt,
        content: JSON.stringify(content),
        ...(hash === undefined ? {} : { hash }),
      });
  }

  /** What Slack may take another time is tried again, so that the last state is shown in the end. */
  #failed({ code, message, retryAfterMs = 0 }: SlackFailure): void {
    this.#parts.ports.log('warn', `A home tab was not drawn: ${message}`, { part: 'slack' });
    if (code === 'CHAT_REJECTED') return;
    this.#restUntil = Math.max(this.#restUntil, Date.now() + retryAfterMs);
    this.#refreshIn(AGAIN_MS);
  }

  async #content(actor: Actor): Promise<readonly KnownBlock[]> {
    const { people, identity } = this.#parts;
    const account = await people.identify(actor, identity()?.team ?? '');
    if (account === undefined) return wordsBlocks(UNIDENTIFIED);
    const home = account.standing === 'person' ? await this.#home(account) : undefined;
    if (home === 'unreadable') return wordsBlocks(UNREADABLE);
    return home === undefined ? wordsBlocks(howToBeAdded(account)) : homeBlocks(home);
  }

  async #home(account: Account): Promise<Home | 'unreadable' | undefined> {
    const { ports } = this.#parts;
    try {
      return await ports.home(account);
    } catch (error) {
      ports.log('error', `A start page could not be read: ${String(error)}`, { part: 'slack' });
      return 'unreadable';
    }
  }

  #publish(
    user: string,
    blocks: readonly KnownBlock[],
    hash: string | undefined,
  ): Promise<ChatOutcome<string | undefined>> {
    const view = homeView(blocks, Date.now());
    const known = hash === undefined ? {} : { hash };
    return attempt(async () => {
      const answer = await this.#parts.web.views.publish({ user_id: user, view, ...known });
      return answer.view?.hash;
    });
  }
}
