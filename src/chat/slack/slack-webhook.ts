import type { ChatPorts, Webhook, WebhookReply, WebhookRequest } from '../chat.ts';
import { ACK_AT_LATEST_MS, type Delivery, type SlackIntake } from './slack-intake.ts';
import { checkSignature, SeenSignatures } from './slack-signature.ts';

/** What the webhook needs of its owner. */
export interface WebhookParts {
  readonly signingSecret: string;
  readonly intake: SlackIntake;
  readonly log: ChatPorts['log'];
  /** False until Slack has told who we are. */
  readonly ready: () => boolean;
  /** Why a payload is not meant for us, or undefined when it is. */
  readonly whyNotOurs: (body: Record<string, unknown>) => string | undefined;
}

/** Where Slack calls us; commands, interactions and events alike. */
export const PATH = '/slack/events';
const TEXT = { 'content-type': 'text/plain; charset=utf-8' };
/** It would be the same the next time: https://docs.slack.dev/apis/events-api/#error-handling. */
const DO_NOT_RETRY = { 'x-slack-no-retry': '1' };
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const STARTING = { text: 'Botswain is just starting; nothing was done. Try again in a minute.' };
/** How often one kind of refusal is logged: whoever knows the address can cause them. */
const SAY_AGAIN_MS = 60_000;

const words = (status: number, body: string): WebhookReply => ({ status, headers: TEXT, body });
const asJson = (value: unknown): WebhookReply => ({
  status: 200,
  headers: JSON_TYPE,
  body: JSON.stringify(value),
});
/** Slack delivers an event again after this, up to three times. */
const COME_AGAIN = words(503, 'not recorded; deliver it again');

/** What an acknowledgement is on HTTP. */
const acknowledged = (response: unknown): WebhookReply => {
  if (response === undefined) return { status: 200 };
  return typeof response === 'string' ? words(200, response) : asJson(response);
};

type Read =
  | { readonly kind: 'delivery'; readonly what: Delivery['kind']; readonly body: Record<string, unknown> }
  | { readonly kind: 'challenge'; readonly challenge: string }
  | { readonly kind: 'unreadable'; readonly why: string };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const unreadable = (why: string): Read => ({ kind: 'unreadable', why });

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const readJson = (text: string): Read => {
  const body = parsed(text);
  if (!isObject(body)) return unreadable('the body is no JSON object');
  if (body.type === 'url_verification')
    return typeof body.challenge === 'string'
      ? { kind: 'challenge', challenge: body.challenge }
      : unreadable('the challenge is missing');
  return body.type === 'event_callback' && isObject(body.event)
    ? { kind: 'delivery', what: 'event', body }
    : unreadable('it is neither an event nor a url_verification');
};

const readForm = (text: string): Read => {
  const form = new URLSearchParams(text);
  const payload = form.get('payload');
  if (payload === null)
    return form.has('command')
      ? { kind: 'delivery', what: 'command', body: Object.fromEntries(form) }
      : unreadable('it is neither a command nor an interaction');
  const body = parsed(payload);
  return isObject(body)
    ? { kind: 'delivery', what: 'interaction', body }
    : unreadable('the payload is no JSON object');
};

const isForm = ({ headers }: WebhookRequest): boolean =>
  (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');

const read = (request: WebhookRequest): Read => {
  const text = request.body.toString('utf8');
  if (isForm(request)) return readForm(text);
  return (request.headers['content-type'] ?? '').startsWith('application/json')
    ? readJson(text)
    : unreadable('its content type is neither JSON nor a form');
};

/** Slack tries the address now and then, unsigned (https://docs.slack.dev/interactivity/implementing-slash-commands); nothing is done. */
const isSslCheck = (request: WebhookRequest): boolean =>
  request.method === 'GET' ||
  request.method === 'HEAD' ||
  (isForm(request) && new URLSearchParams(request.body.toString('utf8')).get('ssl_check') === '1');

/** Slack over HTTP: requests that Slack signed become deliveries to the intake, each answered within 3 s. */
class SlackWebhook implements Webhook {
  readonly path = PATH;
  readonly #parts: WebhookParts;
  readonly #seen = new SeenSignatures();
  readonly #saidAt = new Map<string, number>();

  constructor(parts: WebhookParts) {
    this.#parts = parts;
  }

  async take(request: WebhookRequest): Promise<WebhookReply> {
    if (isSslCheck(request)) return words(200, 'Slack calls this address.');
    if (request.method !== 'POST')
      return { ...words(405, 'Slack calls this address with POST.'), refused: 'its method is not POST' };
    const checked = checkSignature(request, this.#parts.signingSecret);
    if (checked.kind === 'refused') return this.#refuse(401, checked.why);
    const what = read(request);
    if (what.kind === 'unreadable') return this.#refuse(400, what.why);
    if (what.kind === 'challenge') return words(200, what.challenge);
    // Slack repeats an event within the second it failed in, byte for byte; its event_id makes it one.
    const retries = what.what === 'event' && request.headers['x-slack-retry-num'] !== undefined;
    if (!this.#seen.isNew(checked.signature, checked.sentAt) && !retries)
      return this.#refuse(401, 'the very same request came before');
    return this.#hand(request, what.what, { id: checked.signature, body: what.body });
  }

  #hand(
    { headers }: WebhookRequest,
    kind: Delivery['kind'],
    given: Pick<Delivery, 'id' | 'body'>,
  ): Promise<WebhookReply> | WebhookReply {
    if (!this.#parts.ready()) return kind === 'command' ? asJson(STARTING) : COME_AGAIN;
    const why = this.#parts.whyNotOurs(given.body);
    if (why !== undefined) return this.#refuse(403, why);
    const retryNum = Number(headers['x-slack-retry-num']);
    const retryReason = headers['x-slack-retry-reason'];
    return this.#answered({
      ...given,
      kind,
      ...(Number.isInteger(retryNum) ? { retryNum } : {}),
      ...(retryReason === undefined ? {} : { retryReason }),
    });
  }

  /** What the intake acknowledges with; an event that is not recorded in time or at all comes again. */
  #answered(delivery: Omit<Delivery, 'ack'>): Promise<WebhookReply> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(COME_AGAIN), ACK_AT_LATEST_MS + 100);
      const ack = async (response?: unknown) => resolve(acknowledged(response));
      void this.#parts.intake.take({ ...delivery, ack }).then((taken) => {
        clearTimeout(timer);
        resolve(taken === 'unreadable' ? this.#refuse(400, 'its shape is not that of Slack') : COME_AGAIN);
      });
    });
  }

  #refuse(status: number, why: string): WebhookReply {
    const now = Date.now();
    if (now - (this.#saidAt.get(why) ?? 0) > SAY_AGAIN_MS) {
      this.#saidAt.set(why, now);
      this.#parts.log('warn', `A request to ${PATH} was refused: ${why}`, { status });
    }
    return { status, headers: { ...TEXT, ...DO_NOT_RETRY }, body: `refused: ${why}`, refused: why };
  }
}

/** The path Slack calls with commands, interactions and events when there is no Socket Mode. */
export const createSlackWebhook = (parts: WebhookParts): Webhook => new SlackWebhook(parts);
