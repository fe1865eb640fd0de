import { fetch } from 'undici';
import { z } from 'zod';
import type { Call, CallResult, HttpCall } from '../domain/call.ts';
import { clipStream } from '../domain/clip.ts';
import { formatDuration } from '../domain/duration.ts';
import { type Target, targetKey } from '../domain/fleet.ts';
import type { JsonObject } from '../domain/json.ts';
import { networkTrouble } from '../domain/network-error.ts';
import { failed, type Outcome, succeeded, unknown } from '../domain/outcome.ts';
import type { Executor, ExecutorKind, ExecutorPorts, RunRequest } from './executor.ts';
import { type HttpWay, wayTo } from './http-way.ts';

const secretReference = z.union([
  z.strictObject({ env: z.string().min(1).describe('Name of an environment variable that holds it') }),
  z.strictObject({ file: z.string().min(1).describe('Path of a file that holds it') }),
]);

const settings = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe('Root of the API; requests to any other origin are refused'),
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9-]+$/, 'not a name of a header\nuse letters, digits and dashes'),
      z.union([z.string(), secretReference]),
    )
    .exactOptional()
    .describe('Headers of each request; a secret by reference: Authorization: { env: API_TOKEN }'),
  bearer: secretReference
    .exactOptional()
    .describe('The token alone, sent as Authorization: Bearer …: { env: ADMIN_TOKEN }'),
  via: z
    .string()
    .min(1)
    .exactOptional()
    .describe(
      'Name of an ssh target in the same environment, from whose host the API is reached: http://localhost:8000 is its own port then',
    ),
});

const READS: readonly string[] = ['GET', 'HEAD'];

/** Bytes read of an answer at most, whatever the cap of what is kept. */
const ANSWER_LIMIT = 5 * 1024 * 1024;

function headersOf(ports: ExecutorPorts, target: Target, call: HttpCall): Outcome<Headers> {
  const { headers: given = {}, bearer } = settings.parse(target.settings);
  const headers = new Headers(call.headers);
  for (const [name, value] of Object.entries(given)) {
    const text = typeof value === 'string' ? succeeded(value) : ports.secret(value);
    if (text.kind !== 'succeeded') return text;
    headers.set(name, text.value.trim());
  }
  if (bearer === undefined) return succeeded(headers);
  const token = ports.secret(bearer);
  if (token.kind !== 'succeeded') return token;
  headers.set('Authorization', `Bearer ${token.value.trim()}`);
  return succeeded(headers);
}

/** Refuses what is not a request, or is one to somewhere else. */
function requestTo(target: Target, call: Call): Outcome<HttpCall> {
  if (call.kind !== 'http')
    return failed(
      'TARGET_NO_EXECUTOR',
      `an http target carries out no ${call.kind} call`,
      'Give the component a target of another kind.',
    );
  const root = settings.parse(target.settings).url;
  if (call.url.startsWith('/')) return succeeded({ ...call, url: `${root.replace(/\/+$/, '')}${call.url}` });
  if (URL.canParse(call.url) && new URL(call.url).origin === new URL(root).origin) return succeeded(call);
  return failed(
    'CONFIG_INVALID',
    `${targetKey(target)} may only be asked below ${root}, not ${call.url}`,
    'Correct the URL in the service file, or the target.',
  );
}

function explain(error: unknown, request: RunRequest, call: HttpCall): Outcome<never> {
  const what = `${call.method} ${call.url}`;
  const isRead = READS.includes(call.method);
  const said = error instanceof Error ? error.name : '';
  if (said === 'TimeoutError') {
    const message = `${what} did not end within ${formatDuration(request.deadlineMs)}`;
    return isRead
      ? failed('TARGET_TIMEOUT', message, 'Try again later.')
      : unknown('TARGET_TIMEOUT', message);
  }
  if (said === 'AbortError') {
    const message = `${what} was interrupted`;
    return isRead ? failed('TARGET_INTERRUPTED', message) : unknown('TARGET_INTERRUPTED', message);
  }
  const trouble = networkTrouble(error);
  const message = `${what}: ${trouble.words}`;
  if (trouble.beforeSending)
    return failed('TARGET_UNREACHABLE', message, 'Check the address, and that the service runs.');
  return isRead
    ? failed('TARGET_CONNECTION_LOST', message, 'Try again.')
    : unknown('TARGET_CONNECTION_LOST', message);
}

async function* limited(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const chunk of stream) {
    yield chunk;
    read += chunk.length;
    if (read > ANSWER_LIMIT) return;
  }
}

interface Sending {
  readonly call: HttpCall;
  readonly headers: Headers;
  readonly way: HttpWay;
  readonly signal: AbortSignal;
}

async function send(request: RunRequest, { call, headers, way, signal }: Sending): Promise<CallResult> {
  const begun = performance.now();
  if (request.receipt !== undefined && !READS.includes(call.method))
    headers.set('Idempotency-Key', request.receipt);
  const answer = await fetch(call.url, {
    method: call.method,
    headers: [...headers],
    redirect: 'manual',
    dispatcher: way.dispatcher,
    signal,
    ...(call.body === undefined ? {} : { body: call.body }),
  });
  const { text, truncated } =
    answer.body === null
      ? { text: '', truncated: false }
      : await clipStream(limited(answer.body), request.outputCapBytes);
  return {
    code: answer.status,
    stdout: text,
    stderr: '',
    truncated,
    durationMs: Math.round(performance.now() - begun),
  };
}

async function run(ports: ExecutorPorts, request: RunRequest): Promise<Outcome<CallResult>> {
  const call = requestTo(request.target, request.call);
  if (call.kind !== 'succeeded') return call;
  const headers = headersOf(ports, request.target, call.value);
  if (headers.kind !== 'succeeded') return headers;
  const deadline = AbortSignal.timeout(request.deadlineMs);
  const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]);
  const way = await wayOf(ports, { request, call: call.value, signal });
  if (way.kind !== 'succeeded') return way;
  try {
    return succeeded(
      await send(request, { call: call.value, headers: headers.value, way: way.value, signal }),
    );
  } catch (error) {
    return explain(error, request, call.value);
  } finally {
    way.value.close();
  }
}

/** Nothing is sent while the way is being made, so whatever goes wrong did nothing. */
async function wayOf(
  ports: ExecutorPorts,
  of: { readonly request: RunRequest; readonly call: HttpCall; readonly signal: AbortSignal },
): Promise<Outcome<HttpWay>> {
  const { target } = of.request;
  const { via } = settings.parse(target.settings);
  try {
    return await wayTo(ports, { target, via, url: of.call.url }, of.signal);
  } catch (error) {
    const said = explain(error, of.request, { ...of.call, method: 'GET' });
    return said.kind === 'unknown' ? failed(said.code, said.message) : said;
  }
}

function describe(ports: ExecutorPorts, target: Target): JsonObject {
  const { url, via } = settings.parse(target.settings);
  if (via === undefined) return { url };
  const through = ports.target(target.environment, via);
  return { url, via, through: through === undefined ? null : ports.describe(through) };
}

const createExecutor = (ports: ExecutorPorts): Executor => ({
  run: (request) => run(ports, request),
  observe: async () => succeeded({}),
  async reconcile({ call }) {
    if (call.kind === 'http' && READS.includes(call.method)) return { kind: 'did not happen' };
    return { kind: 'cannot tell', why: 'an HTTP API does not say whether it carried a request out' };
  },
  describe: (target) => describe(ports, target),
  close: async () => {},
});

/** HTTP APIs; redirects are not followed, and requests leave for the target's own origin only. */
export const httpKind: ExecutorKind = {
  kind: 'http',
  summary: 'An HTTP API below one address',
  calls: ['http'],
  settings,
  references: ['via'],
  create: createExecutor,
};
