import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AlertDoor, type RawAlert, whyTurnedAway } from './alert-door.ts';
import { answerToEvent, withDedupKey } from './alert-events.ts';
import { type AlertAnswer, type AlertPorts, keepAlert } from './alert-keep.ts';
import type { WebLog } from './errors.ts';
import type { Mount } from './servers.ts';

/** design.md 6.4 */
const BODY_BYTES = 5 * 1024 * 1024;
/** Seconds after which whoever was turned away for want of room may come again. */
const COME_AGAIN = '10';

/** Everything a request says but its address, which may hold a token. */
function rawOf(request: FastifyRequest): RawAlert {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  const mark = request.url.indexOf('?');
  const query = mark === -1 ? [] : new URLSearchParams(request.url.slice(mark + 1));
  return {
    method: request.method,
    headers,
    query: Object.fromEntries(query),
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  };
}

const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?=\s*(?:;|$))/;

/** What is spelt like no media type would be refused unread; how a sender calls its JSON is of no interest. */
function mendType({ raw: { headers } }: FastifyRequest): void {
  const type = headers['content-type'];
  if (type !== undefined && !MEDIA_TYPE.test(type)) headers['content-type'] = 'application/json';
}

interface Params {
  readonly integration: string;
  readonly '*'?: string;
}

type Alert = FastifyRequest<{ Params: Params }>;

const doorOf = ({ doors }: AlertPorts, { params }: Alert): AlertDoor | undefined =>
  doors.find(({ name }) => name === params.integration);

/** Turns away what needs no look at the body, before it is read. */
function firstLook(ports: AlertPorts, request: Alert): AlertAnswer | undefined {
  const door = doorOf(ports, request);
  if (door === undefined) return { status: 404, text: 'no integration has this name' };
  const { headers, query, body } = rawOf(request);
  const pathToken = (request.params['*'] ?? '').replace(/\/$/, '');
  const why = whyTurnedAway(door, { address: request.socket.remoteAddress ?? '', headers, query, pathToken });
  if (why !== undefined) {
    ports.onRefused({ path: `/alerts/${door.name}`, status: 401, why, body });
    return { status: 401, text: why };
  }
  const coding = headers['content-encoding'] ?? 'identity';
  return coding === 'identity' ? undefined : { status: 415, text: 'a compressed body is not read' };
}

const saysNothing = ({ body, query }: RawAlert): boolean =>
  body.toString('latin1').trim() === '' && Object.keys(query).every((name) => name === 'token');

async function answerTo(ports: AlertPorts, request: Alert): Promise<AlertAnswer> {
  const door = doorOf(ports, request);
  if (door === undefined) throw new Error('the first look lets nobody in without a door');
  const raw = rawOf(request);
  if (door.isSigned !== undefined && !(await door.isSigned(raw))) {
    const why = 'the signature is missing, wrong or old';
    ports.onRefused({ path: `/alerts/${door.name}`, status: 401, why, body: raw.body });
    return { status: 401, text: why };
  }
  if (saysNothing(raw)) return { status: 400, text: 'the body is empty' };
  const read = await ports.readBody(raw);
  if (read.kind === 'unreadable') return { status: 400, text: read.why };
  if ((await door.confirm?.({ ...raw, json: read.json })) === false)
    return { status: 503, text: 'the subscription could not be confirmed' };
  return keepAlert(ports, door, withDedupKey(door, { raw, json: read.json }));
}

/** Sends an answer in words, and never leads anywhere else. */
async function send(reply: FastifyReply, { status, text }: AlertAnswer): Promise<FastifyReply> {
  if (status === 401) reply.header('www-authenticate', 'Basic realm="alerts"');
  if (status === 503) reply.header('retry-after', COME_AGAIN);
  return text === undefined
    ? reply.code(status).send()
    : reply.code(status).type('text/plain').header('x-content-type-options', 'nosniff').send(`${text}\n`);
}

const TOO_BIG = `the body is longer than ${BODY_BYTES / 1024 / 1024} MB`;

function answerErrors(scope: FastifyInstance, log: WebLog): void {
  scope.setErrorHandler(async (error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500)
      return send(reply, { status, text: status === 413 ? TOO_BIG : 'the request cannot be read' });
    // Not the path: a token may stand in it.
    log('error', 'taking an alert failed', {
      route: request.routeOptions.url ?? '',
      error: error.stack ?? error.message,
    });
    return send(reply, { status: 500, text: 'something went wrong inside Botswain' });
  });
}

function mountDoors(scope: FastifyInstance, ports: AlertPorts): void {
  // With a wildcard, because the length of a named part of a path is bounded, and that of a token is not.
  for (const url of ['/alerts/:integration', '/alerts/:integration/*'])
    scope.route<{ Params: Params }>({
      // What guards pages is of no use to machines, and takes a fifth of the time of an answer.
      helmet: false,
      method: ['GET', 'POST', 'PUT'],
      url,
      exposeHeadRoute: false,
      bodyLimit: BODY_BYTES,
      onRequest: async (request, reply) => {
        const turnedAway = firstLook(ports, request);
        return turnedAway === undefined ? undefined : send(reply, turnedAway);
      },
      handler: async (request, reply) => send(reply, await answerTo(ports, request)),
    });
}

/**
 * `POST /alerts/INTEGRATION[/TOKEN]` (GET for senders that put it all into the query) and `POST /v2/enqueue`: senders of
 * alerts. Answered as soon as what they say is kept; what it means is found out later.
 */
export function mountAlerts(ports: AlertPorts): Mount {
  return async (server) => {
    await server.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_BYTES }, (_request, body, done) =>
        done(null, body),
      );
      answerErrors(scope, ports.log);
      scope.addHook('onRequest', async (request) => mendType(request));
      mountDoors(scope, ports);
      scope.post('/v2/enqueue', { helmet: false, bodyLimit: BODY_BYTES }, async (request, reply) => {
        const { status, body } = await answerToEvent(ports, rawOf(request));
        if (status === 503) reply.header('retry-after', COME_AGAIN);
        return reply.code(status).send(body);
      });
    });
  };
}
