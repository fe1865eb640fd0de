import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault, FaultQueue } from './faults.ts';
import { METHODS, type MethodContext, type Modals, respond } from './methods.ts';
import type { RateLimits } from './rates.ts';
import { readRequest, type WireRequest } from './server.ts';
import { type Json, type Received, SlackRefusal, str } from './types.ts';
import type { SlackWorld } from './world.ts';

/** https://docs.slack.dev/interactivity/handling-user-interaction: "up to 5 times within 30 minutes". */
const RESPONSE_URL_USES = 5;
const RESPONSE_URL_LIFE_MS = 30 * 60_000;

/** A response_url that was handed out. */
export type ResponseTarget = {
  readonly channel: string;
  readonly user: string;
  /** The message it came from, for `replace_original`. */
  readonly ts?: string;
  /** The line that was typed. */
  readonly typed?: string;
  readonly issuedAt: number;
  uses: number;
};

/** Everything the HTTP side needs. */
export type WebApi = {
  readonly world: SlackWorld;
  readonly faults: FaultQueue;
  readonly rates: RateLimits;
  readonly modals: Modals;
  readonly received: Received[];
  readonly responseUrls: Map<string, ResponseTarget>;
  readonly tokens: { bot: string; app: string };
  /** The web origin of the fake; known once it listens. */
  origin: string;
};

type Reply = {
  readonly status: number;
  readonly body: Json | string;
  readonly headers?: Readonly<Record<string, string>>;
};

const refused = (error: SlackRefusal): Json => ({
  ok: false,
  error: error.word,
  ...(error.details.length > 0
    ? { errors: error.details, response_metadata: { messages: error.details } }
    : {}),
});

const checkToken = (api: WebApi, method: string, token: string): void => {
  if (token === '') throw new SlackRefusal('not_authed');
  const app = method === 'apps.connections.open';
  if (token === (app ? api.tokens.app : api.tokens.bot)) return;
  throw new SlackRefusal(
    token === (app ? api.tokens.bot : api.tokens.app) ? 'not_allowed_token_type' : 'invalid_auth',
  );
};

const callMethod = (api: WebApi, method: string, request: WireRequest): Json => {
  checkToken(api, method, request.token);
  if (method === 'apps.connections.open') {
    return {
      ok: true,
      url: `${api.origin.replace('http:', 'ws:')}/link/?ticket=${api.world.next()}&app_id=1`,
    };
  }
  const run = METHODS[method];
  if (!run) throw new SlackRefusal('unknown_method');
  const context: MethodContext = {
    args: request.args,
    world: api.world,
    modals: api.modals,
    origin: api.origin,
  };
  return { ok: true, ...run(context) };
};

const useResponseUrl = (api: WebApi, path: string, body: Json): Reply => {
  const target = api.responseUrls.get(path);
  if (!target || Date.now() - target.issuedAt > RESPONSE_URL_LIFE_MS) {
    return { status: 404, body: { ok: false, error: 'expired_url' } };
  }
  if (target.uses >= RESPONSE_URL_USES) return { status: 404, body: { ok: false, error: 'used_url' } };
  target.uses += 1;
  respond(api.world, target, body);
  return { status: 200, body: { ok: true } };
};

const receiveUpload = (api: WebApi, request: WireRequest): Reply => {
  const file = api.world.files.get(request.path.split('/').at(-1) ?? '');
  if (!file || !request.upload) return { status: 404, body: 'no such upload' };
  api.world.files.set(file.id, { ...file, content: request.upload });
  return { status: 200, body: `OK - ${request.upload.length}` };
};

const methodOf = (path: string): string => {
  if (path.startsWith('/upload/')) return 'upload';
  return path.startsWith('/api/') ? path.slice('/api/'.length) : 'response_url';
};

/** Slack names the token's scopes in every answer, and the time. */
const headersOf = (world: SlackWorld) => ({
  'x-oauth-scopes': [...world.scopes].join(','),
  date: new Date(Date.now() + world.clockAheadMs).toUTCString(),
});

const work = (api: WebApi, method: string, request: WireRequest): Reply => {
  try {
    if (method === 'upload') return receiveUpload(api, request);
    if (method === 'response_url') return useResponseUrl(api, request.path, request.args);
    return { status: 200, body: callMethod(api, method, request), headers: headersOf(api.world) };
  } catch (error) {
    if (!(error instanceof SlackRefusal)) throw error;
    return { status: method === 'response_url' ? 400 : 200, body: refused(error) };
  }
};

const rateLimited = (seconds: number | undefined): Reply => ({
  status: 429,
  body: { ok: false, error: 'ratelimited' },
  headers: seconds === undefined ? {} : { 'retry-after': String(seconds) },
});

/** What a fault answers instead of the work; undefined where the work is done first (late, reset). */
const instead = (fault: Fault | undefined): Reply | undefined => {
  if (fault?.kind === 'http') return { status: fault.status, body: fault.body ?? 'upstream error' };
  if (fault?.kind === 'rate_limit') return rateLimited(fault.retryAfter);
  if (fault?.kind === 'error') return { status: 200, body: { ok: false, error: fault.error } };
  if (fault?.kind === 'garbage') return { status: 200, body: '<html>Slack is down for maintenance</html>' };
  return undefined;
};

const send = (response: ServerResponse, { status, body, headers }: Reply): void => {
  const json = typeof body !== 'string';
  response.writeHead(status, {
    'content-type': json ? 'application/json; charset=utf-8' : 'text/html',
    ...headers,
  });
  response.end(json ? JSON.stringify(body) : body);
};

const outcomeOf = ({ status, body }: Reply): string => {
  if (status !== 200) return `http ${status}`;
  if (typeof body === 'string') return 'ok';
  return body.ok === false ? str(body, 'error') : 'ok';
};

const reply = (
  api: WebApi,
  fault: Fault | undefined,
  request: WireRequest & { method: string; at: number },
): Reply => {
  const ready = instead(fault);
  if (ready) return ready;
  const channel = str(request.args, 'channel');
  const wait = api.rates.refuse({ method: request.method, channel, at: request.at });
  return wait === undefined ? work(api, request.method, request) : rateLimited(wait);
};

/** Answers one HTTP request: records it, meets its fault, does the work. */
export const handleHttp = async (
  api: WebApi,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const wire = await readRequest(request);
  const method = methodOf(wire.path);
  const record: Received = { method, args: wire.args, token: wire.token, at: Date.now(), outcome: 'pending' };
  api.received.push(record);
  const fault = api.faults.take({ method, channel: str(wire.args, 'channel') });
  if (fault?.kind === 'reset' && fault.when === 'before') {
    record.outcome = 'reset';
    request.socket.destroy();
    return;
  }
  const answer = reply(api, fault, { ...wire, method, at: record.at });
  record.outcome = fault?.kind === 'reset' ? `reset after ${outcomeOf(answer)}` : outcomeOf(answer);
  if (fault?.kind === 'reset') request.socket.destroy();
  else if (fault?.kind === 'late') setTimeout(() => send(response, answer), fault.ms);
  else send(response, answer);
};
