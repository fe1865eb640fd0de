import { createHash, timingSafeEqual } from 'node:crypto';
import { setTimeout as rest } from 'node:timers/promises';
import type { Update } from 'grammy/types';
import type { ChatPorts, Webhook, WebhookReply, WebhookRequest } from '../chat.ts';
import { describeError } from './telegram-errors.ts';

/** What the webhook needs. */
export interface WebhookParts {
  /** What Telegram was given as `secret_token`. */
  readonly secret: string;
  /** Takes one update; resolves when it is safely recorded. */
  readonly take: (update: Update) => Promise<void>;
  /** Called when an update could not be recorded at all. */
  readonly giveUp: (update: Update) => Promise<void>;
  readonly log: ChatPorts['log'];
}

/** Where Telegram posts updates (contract 6.4). */
export const WEBHOOK_PATH = '/telegram/webhook';
/** What Telegram sends back of setWebhook (https://core.telegram.org/bots/api#setwebhook). */
const SECRET_HEADER = 'x-telegram-bot-api-secret-token';
/** design.md 6.4; a real update has some kilobytes. */
const MAX_BODY_BYTES = 5 * 1024 * 1024;
/** Telegram waits longer, but a repeat finds the first try still at work and joins it. */
const ANSWER_MS = 8000;
/** So often Telegram's repeats may find that an update cannot be recorded; then its author is told. */
const TRIES = 5;
/** Ids by which a lost answer's repeat is known; the inbox knows them for good. */
const KEPT_IDS = 1000;
const WARN_EVERY_MS = 60_000;

/** Updates that Telegram brings: each is answered with 200 only after it was recorded, so what we could not record comes again. */
export class WebhookDoor implements Webhook {
  readonly path = WEBHOOK_PATH;
  private readonly parts: WebhookParts;
  private readonly secret: Buffer;
  private open = false;
  private readonly inHand = new Map<number, Promise<boolean>>();
  private readonly recorded = new Set<number>();
  private readonly failures = new Map<number, number>();
  private warnedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: WebhookParts) {
    this.parts = parts;
    this.secret = digest(parts.secret);
  }

  /** Lets updates in, once we know who we are. */
  unlock(): void {
    this.open = true;
  }

  /** Lets nothing more in; resolves when what came in is recorded or given back. */
  async shut(): Promise<void> {
    this.open = false;
    await Promise.allSettled(this.inHand.values());
  }

  async take(request: WebhookRequest): Promise<WebhookReply> {
    if (request.method !== 'POST')
      return {
        ...refused(
          405,
          'Telegram posts its updates here; nothing else is answered.',
          'its method is not POST',
        ),
        ...ALLOW_POST,
      };
    if (!this.knows(request.headers[SECRET_HEADER])) return this.stranger();
    if (request.body.length > MAX_BODY_BYTES)
      return refused(413, 'An update has at most 5 MB.', 'it is too long');
    const update = readUpdate(request.body);
    if (!update)
      return refused(
        400,
        'This is no update of the Bot API: a JSON object with an update_id.',
        'it is no update',
      );
    if (!this.open) return words(503, 'Botswain is starting or stopping. Bring it again.');
    return this.answer(update);
  }

  private async answer(update: Update): Promise<WebhookReply> {
    const id = update.update_id;
    if (this.recorded.has(id)) return words(200, '');
    const hand = this.inHand.get(id) ?? this.begin(update);
    const late = new AbortController();
    const tooLong = rest(ANSWER_MS, false, { signal: late.signal, ref: false }).catch(() => false);
    const recorded = await Promise.race([hand, tooLong]);
    late.abort();
    return recorded ? words(200, '') : words(503, 'This could not be recorded yet. Bring it again.');
  }

  private begin(update: Update): Promise<boolean> {
    const id = update.update_id;
    const hand = this.record(update).finally(() => this.inHand.delete(id));
    this.inHand.set(id, hand);
    return hand;
  }

  private async record(update: Update): Promise<boolean> {
    const id = update.update_id;
    try {
      await this.parts.take(update);
    } catch (error) {
      this.parts.log('error', 'Telegram: an update could not be recorded', {
        update: id,
        error: describeError(error),
      });
      const failures = (this.failures.get(id) ?? 0) + 1;
      this.failures.set(id, failures);
      if (failures < TRIES) return false;
      await this.giveUp(update);
    }
    this.failures.delete(id);
    this.recorded.add(id);
    const [oldest] = this.recorded;
    if (this.recorded.size > KEPT_IDS && oldest !== undefined) this.recorded.delete(oldest);
    return true;
  }

  private async giveUp(update: Update): Promise<void> {
    try {
      await this.parts.giveUp(update);
    } catch (error) {
      this.parts.log('error', 'Telegram: nobody could be told that an update was lost', {
        update: update.update_id,
        error: describeError(error),
      });
    }
  }

  /** Hashes have one length, so comparing them tells nothing about the secret, not even how long it is. */
  private knows(given: string | undefined): boolean {
    return given !== undefined && timingSafeEqual(digest(given), this.secret);
  }

  private stranger(): WebhookReply {
    const now = performance.now();
    if (now - this.warnedAt > WARN_EVERY_MS) {
      this.warnedAt = now;
      this.parts.log(
        'warn',
        'Telegram: somebody called the webhook without its secret; if updates stay away, another instance set the webhook with another TELEGRAM_WEBHOOK_SECRET',
      );
    }
    return refused(
      401,
      'Only Telegram may call this, with the secret it was given.',
      'the secret is not ours',
    );
  }
}

const ALLOW_POST = { headers: { allow: 'POST', 'content-type': 'text/plain; charset=utf-8' } };

function words(status: number, body: string): WebhookReply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

function refused(status: number, body: string, why: string): WebhookReply {
  return { ...words(status, body), refused: why };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function readUpdate(body: Buffer): Update | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isUpdate(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Its secret says that Telegram sent it, so its shape is taken at its word. */
function isUpdate(value: unknown): value is Update {
  return typeof value === 'object' && value !== null && Number.isSafeInteger(Reflect.get(value, 'update_id'));
}
