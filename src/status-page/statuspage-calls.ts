import { lookup } from 'node:dns';
import { Agent, fetch } from 'undici';
import { guardedLookup } from '../domain/address.ts';
import { networkTrouble } from '../domain/network-error.ts';
import type { Posted, StatusBackendPorts } from './status-page.ts';

/** What came back of a call that worked, or why it did not. */
export type Called =
  | { readonly kind: 'answered'; readonly json: unknown }
  | Exclude<Posted, { kind: 'published' }>;

/** One request. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** From the root on: `/pages/abc/incidents`. */
  readonly path: string;
  readonly body?: object;
  readonly signal: AbortSignal;
}

/** https://developer.statuspage.io, "Rate Limiting": one request a second for each API token. */
const PACE_MS = 1_000;
/** Past this the answer is lost, and the next try looks what became of it. */
const PATIENCE_MS = 20_000;
const ANSWER_CAP_BYTES = 8 * 1024 * 1024;

const guarded = new Agent({ connect: { lookup: guardedLookup(lookup) } });

/** Lets one request after the other out, each a second after the answer to the one before: whatever the way there takes, they arrive no faster. */
export class Pace {
  #free = 0;
  #last: Promise<unknown> = Promise.resolve();
  readonly #ports: Pick<StatusBackendPorts, 'now' | 'wait'>;
  constructor(ports: Pick<StatusBackendPorts, 'now' | 'wait'>) {
    this.#ports = ports;
  }

  /** Carries out a request when it is its turn; rejects when the signal is aborted before. */
  run<T>(request: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const turn = this.#last.then(async () => {
      // A clock that was set back must not make it wait for ever.
      const ms = Math.min(this.#free - this.#ports.now(), PACE_MS);
      if (ms > 0) await this.#ports.wait(ms, signal);
      signal.throwIfAborted();
      try {
        return await request();
      } finally {
        this.#free = this.#ports.now() + PACE_MS;
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

const REFUSALS: Readonly<Record<number, string>> = {
  401: 'Set STATUSPAGE_API_KEY to a key that works.',
  403: 'Give the owner of the API key the right to edit the page.',
  404: 'Correct `page` and `components` in botswain.yaml; an incident that somebody deleted there is gone.',
  422: 'Shorten or correct the update, or the components in botswain.yaml.',
};

const TOO_FAST = [420, 429];

function retryAfter(header: string | null): { readonly afterMs?: number } {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? { afterMs: Math.min(seconds, 3_600) * 1_000 } : {};
}

const said = (json: unknown): string => {
  const error = typeof json === 'object' && json !== null ? Reflect.get(json, 'error') : undefined;
  const words = Array.isArray(error) ? error.join('; ') : error;
  return typeof words === 'string' ? `: ${words.slice(0, 200)}` : '';
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function textOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > ANSWER_CAP_BYTES) throw new Error('the answer is far too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function judge(status: number, json: unknown, after: string | null): Called {
  if (status >= 200 && status < 300)
    return json === undefined
      ? { kind: 'later', why: `it answered ${status} with something that is no JSON` }
      : { kind: 'answered', json };
  if (TOO_FAST.includes(status))
    return { kind: 'later', why: `it asks for patience (HTTP ${status})`, ...retryAfter(after) };
  if (status >= 500 || status === 408)
    return { kind: 'later', why: `it answered HTTP ${status}`, ...retryAfter(after) };
  return {
    kind: 'refused',
    why: `it said no (HTTP ${status}${said(json)})`,
    remedy: REFUSALS[status] ?? 'Look at the settings of the page.',
  };
}

interface Access {
  readonly root: string;
  readonly key: string;
  readonly pace: Pace;
}

async function ask({ method, path, body, signal }: Call, { root, key }: Access): Promise<Called> {
  const answer = await fetch(`${root}${path}`, {
    method,
    headers: {
      authorization: `OAuth ${key}`,
      'user-agent': 'botswain',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    dispatcher: guarded,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return judge(answer.status, parse(await textOf(answer.body)), answer.headers.get('retry-after'));
}

/** Asks the API of Statuspage, not faster than it allows; redirects are not followed, because the key would go with them. */
export async function callStatuspage(call: Call, access: Access): Promise<Called> {
  try {
    return await access.pace.run(() => ask(call, access), call.signal);
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === 'TimeoutError';
    return { kind: 'later', why: isLate ? 'no answer came in time' : networkTrouble(error).words };
  }
}
