import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { BeatKind } from '../domain/heartbeat.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Mount } from './servers.ts';
import type { Refused } from './webhooks.ts';

/** Who may call under a name. */
export interface HeartbeatDoor {
  readonly name: string;
  /** Absent = anybody; failed where the secret cannot be had, and then nobody. */
  readonly token?: () => Outcome<string>;
}

/** What taking calls needs. */
export interface HeartbeatPorts {
  readonly doors: readonly HeartbeatDoor[];
  /** Resolves when it is written down; rejects where it cannot be. */
  readonly take: (beat: {
    readonly name: string;
    readonly kind: BeatKind;
    readonly note: string;
  }) => Promise<void>;
  /** A call without the right token, for whoever records it; called for each, however many an outsider sends. */
  readonly onRefused: (refused: Refused) => void;
}

/** Of a body only the first line is of interest; the rest of a log may come with it. */
const BODY_BYTES = 100 * 1024;
const NOTE_CHARACTERS = 150;

const KINDS: Readonly<Record<string, BeatKind>> = { start: 'start', fail: 'fail' };

interface Params {
  readonly name: string;
  readonly kind?: string;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A secret in an address stands in the logs of every proxy; not everything that calls can set a header. */
function broughtBy(request: FastifyRequest): string {
  const { authorization = '' } = request.headers;
  const [, bearer] = /^Bearer (.+)$/i.exec(authorization) ?? [];
  const asked = new URL(request.url, 'http://botswain').searchParams.get('token');
  return bearer ?? asked ?? '';
}

function isLetIn({ token }: HeartbeatDoor, request: FastifyRequest): boolean {
  if (token === undefined) return true;
  const wanted = token();
  return (
    wanted.kind === 'succeeded' && timingSafeEqual(digest(wanted.value.trim()), digest(broughtBy(request)))
  );
}

function noteOf(body: unknown): string {
  if (!Buffer.isBuffer(body)) return '';
  const [first = ''] = body.toString('utf8').trimStart().split('\n');
  return first
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, NOTE_CHARACTERS);
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function answerTo(ports: HeartbeatPorts, request: FastifyRequest<{ Params: Params }>): Promise<Answer> {
  const { name, kind } = request.params;
  const doors = ports.doors.filter((one) => one.name === name);
  const beat = kind === undefined ? 'beat' : KINDS[kind];
  if (doors.length === 0 || beat === undefined)
    return { status: 404, text: 'nobody waits for this heartbeat\n' };
  if (!doors.some((door) => isLetIn(door, request))) {
    const why = 'the token is missing or wrong';
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    ports.onRefused({ path: `/heartbeats/${name}`, status: 401, why, body });
    return { status: 401, text: `${why}\n` };
  }
  try {
    await ports.take({ name, kind: beat, note: noteOf(request.body) });
    return { status: 200, text: 'OK\n' };
  } catch {
    // Mostly a full disk; whoever calls may try again.
    return { status: 503, text: 'it could not be written down\n' };
  }
}

/** `GET|HEAD|POST /heartbeats/NAME[/start|/fail]`: programs say that they are there. */
export function mountHeartbeats(ports: HeartbeatPorts): Mount {
  return async (server) => {
    await server.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_BYTES }, (_request, body, done) =>
        done(null, body),
      );
      for (const url of ['/heartbeats/:name', '/heartbeats/:name/:kind'])
        scope.route<{ Params: Params }>({
          method: ['GET', 'POST', 'HEAD'],
          url,
          bodyLimit: BODY_BYTES,
          handler: async (request, reply) => {
            const { status, text } = await answerTo(ports, request);
            return reply.code(status).type('text/plain').send(text);
          },
        });
    });
  };
}
