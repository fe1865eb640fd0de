import type { FakeClock } from './clock.ts';
import { fieldOf, numberOf } from './request-body.ts';
import type { UpdateQueue } from './update-queue.ts';
import type { WireUpdate } from './wire-types.ts';

/** What setWebhook asked for. */
export interface WebhookSetting {
  readonly url: string;
  readonly secret: string;
  readonly maxConnections: number;
}

/** One try to deliver an update; no status when there was no answer. */
export interface WebhookTry {
  readonly updateId: number;
  readonly status: number | undefined;
  readonly words: string;
}

const LONGEST_RETRY_MS = 400;
const PATIENCE_MS = 10_000;

/** Posts updates to the bot's webhook, each chat in order, until it answers 2xx (telegram-bot-api's WebhookActor.cpp, in fast motion). */
export class WebhookDelivery {
  /** The pause before the first repeat; it doubles. */
  retryMs = 20;
  /** So many answers get lost after the bot gave them: the update comes again. */
  losesAnswers = 0;
  readonly tries: WebhookTry[] = [];
  lastError: { readonly date: number; readonly message: string } | undefined;
  private readonly updates: UpdateQueue;
  private readonly clock: FakeClock;
  private setting: WebhookSetting | undefined;
  private readonly lanes = new Set<string>();
  private readonly pauses = new Set<NodeJS.Timeout>();
  private readonly sent = new Map<number, WireUpdate>();

  constructor(updates: UpdateQueue, clock: FakeClock) {
    this.updates = updates;
    this.clock = clock;
    updates.told = () => this.pump();
  }

  /** What is set now. */
  get current(): WebhookSetting | undefined {
    return this.setting;
  }

  /** Sets it, or with undefined takes it away. */
  set(setting: WebhookSetting | undefined): void {
    this.setting = setting;
    this.lastError = undefined;
    this.updates.webhookUrl = setting?.url ?? '';
    if (setting) this.updates.abortWaiting();
    this.pump();
  }

  /** Delivers an update once more that was delivered before; resolves with the status. */
  async redeliver(updateId: number): Promise<number> {
    const update = this.sent.get(updateId);
    if (!update || !this.setting) throw new Error(`Update ${updateId} was never delivered to a webhook.`);
    return (await this.send(update, this.setting)).status ?? 0;
  }

  close(): void {
    this.setting = undefined;
    for (const pause of this.pauses) clearTimeout(pause);
  }

  private pump(): void {
    const { setting } = this;
    if (!setting) return;
    for (const update of this.updates.undelivered) {
      const lane = laneOf(update);
      if (this.lanes.has(lane) || this.lanes.size >= setting.maxConnections) continue;
      this.lanes.add(lane);
      void this.deliver(update, lane, this.retryMs);
    }
  }

  private async deliver(update: WireUpdate, lane: string, pauseMs: number): Promise<void> {
    const { setting } = this;
    if (!setting) return void this.lanes.delete(lane);
    const { status, words } = await this.send(update, setting);
    const lost = this.losesAnswers > 0;
    if (lost) this.losesAnswers -= 1;
    if (!lost && status !== undefined && status >= 200 && status < 300) {
      this.updates.drop(update.update_id);
      this.lanes.delete(lane);
      this.pump();
      return;
    }
    const message =
      status === undefined || lost
        ? 'Read timeout expired'
        : `Wrong response from the webhook: ${status} ${words}`;
    this.lastError = { date: this.clock.seconds(), message };
    this.later(pauseMs, () => void this.deliver(update, lane, Math.min(LONGEST_RETRY_MS, pauseMs * 2)));
  }

  private later(ms: number, then: () => void): void {
    const pause = setTimeout(() => {
      this.pauses.delete(pause);
      then();
    }, ms);
    this.pauses.add(pause);
  }

  private async send(update: WireUpdate, setting: WebhookSetting): Promise<WebhookTry> {
    this.sent.set(update.update_id, update);
    const tried = await posted(update, setting);
    this.tries.push(tried);
    return tried;
  }
}

async function posted(update: WireUpdate, { url, secret }: WebhookSetting): Promise<WebhookTry> {
  const updateId = update.update_id;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(secret === '' ? {} : { 'x-telegram-bot-api-secret-token': secret }),
      },
      body: JSON.stringify(update),
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return { updateId, status: response.status, words: await response.text() };
  } catch {
    return { updateId, status: undefined, words: '' };
  }
}

/** Updates of one chat go one after the other. */
function laneOf(update: WireUpdate): string {
  const message = update.message ?? fieldOf(update.callback_query, 'message');
  return String(numberOf(fieldOf(fieldOf(message, 'chat'), 'id')) ?? 'other');
}
