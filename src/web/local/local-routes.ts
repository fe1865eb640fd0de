import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CONSOLE_CHANNEL } from '../../chat/console/feed.ts';
import { type LocalPorts, type Trail, terminalLineId } from './ports.ts';

/** Bytes of a line; the same as on the console. */
const LINE_BYTES = 8 * 1024;
/** Milliseconds a question about a line is held open while nothing new has come, and between two looks. */
const HELD_MS = 20_000;
const LOOK_MS = 100;

const Terminal = z.object({ terminal: z.string().max(200) });
const Ticket = z.object({ ticket: z.string().max(200) });
const Line = z.object({ id: z.uuid(), text: z.string().min(1) });
const Copy = z.object({ path: z.string().min(1).max(4096) });
const Seen = z.object({ seen: z.string().max(64).optional() });

const NOT_SIGNED_IN = {
  message: 'This terminal is not signed in, or was for too long.',
  remedy: 'Type botswain login.',
};

/** Routes of the local socket: signing in, typing a line, seeing what came of it, copying the store. */
export function mountLocal(server: FastifyInstance, ports: LocalPorts): void {
  server.post('/login', async (request, reply) => {
    const body = Terminal.safeParse(request.body);
    if (!body.success) return unreadable(reply);
    return ports.logins.offer(body.data.terminal);
  });
  server.post('/login/take', async (request, reply) => {
    const body = Ticket.safeParse(request.body);
    if (!body.success) return unreadable(reply);
    return takeLogin(ports, body.data.ticket, reply);
  });
  server.post('/lines', async (request, reply) => {
    const person = await personOf(ports, request);
    if (person === undefined) return reply.code(401).send(NOT_SIGNED_IN);
    const body = Line.safeParse(request.body);
    if (!body.success || Buffer.byteLength(body.data.text) > LINE_BYTES) return unreadable(reply);
    return takeLine(ports, { ...body.data, person }, reply);
  });
  server.get<{ Params: { id: string } }>('/lines/:id', async (request, reply) => {
    const person = await personOf(ports, request);
    if (person === undefined) return reply.code(401).send(NOT_SIGNED_IN);
    const query = Seen.safeParse(request.query);
    return sendTrail(ports, { id: request.params.id, person, seen: query.data?.seen }, reply);
  });
  server.post('/backup', async (request, reply) => {
    const body = Copy.safeParse(request.body);
    if (!body.success) return unreadable(reply);
    const copied = await ports.backUp(body.data.path);
    if (copied.kind === 'succeeded') return copied.value;
    const remedy = copied.kind === 'failed' ? copied.remedy : undefined;
    return reply.code(507).send({ message: copied.message, remedy: remedy ?? 'Look in the log.' });
  });
}

const unreadable = (reply: FastifyReply) =>
  reply.code(400).send({
    message: 'The request could not be read.',
    remedy: 'Use the command line of the same version as the running Botswain.',
  });

async function takeLogin(ports: LocalPorts, ticket: string, reply: FastifyReply) {
  const taken = ports.logins.take(ticket);
  if (taken === 'waiting') return reply.code(202).send({});
  const name = taken === undefined ? undefined : ports.nameOf(taken.person);
  if (taken === undefined || name === undefined)
    return reply
      .code(410)
      .send({ message: 'The code has expired.', remedy: 'Type botswain login for a new one.' });
  return { session: await ports.signIns.open(taken.person), person: taken.person, name };
}

const sessionOf = (request: FastifyRequest): string =>
  /^Bearer ([\w-]{20,100})$/.exec(request.headers.authorization ?? '')?.[1] ?? '';

/** Whom the session belongs to, as long as the configuration knows them. */
async function personOf(ports: LocalPorts, request: FastifyRequest): Promise<string | undefined> {
  const person = await ports.signIns.who(sessionOf(request));
  return person !== undefined && ports.nameOf(person) !== undefined ? person : undefined;
}

/** Shows a line to everybody like one typed in the console; on a full disk it is worked on unseen. */
async function show(
  { feed, redact, log }: LocalPorts,
  typed: { readonly key: string; readonly person: string; readonly name: string; readonly text: string },
): Promise<string | undefined> {
  const { key, person, name, text } = typed;
  try {
    return (await feed.append({ key, content: { kind: 'line', person, name, text: redact(text) } })).id;
  } catch (error) {
    log('warn', 'a line of a terminal could not be shown', { error: String(error) });
    return undefined;
  }
}

async function takeLine(
  ports: LocalPorts,
  line: { readonly id: string; readonly text: string; readonly person: string },
  reply: FastifyReply,
) {
  const { id, text, person } = line;
  const incoming = terminalLineId(person, id);
  const name = ports.nameOf(person) ?? person;
  const shown = await show(ports, { key: incoming, person, name, text });
  await ports.receive({
    id: incoming,
    account: { platform: 'console', id: person, standing: 'person', display: name },
    conversation: { platform: 'console', channel: CONSOLE_CHANNEL },
    direct: false,
    text,
    ...(shown === undefined ? {} : { replyHandle: shown }),
  });
  return reply.code(202).send({ id });
}

/** A mark of what a terminal has seen; another one means that there is something new to draw. */
const markOf = (trail: Trail): string =>
  createHash('sha256').update(JSON.stringify(trail)).digest('base64url').slice(0, 22);

async function sendTrail(
  ports: LocalPorts,
  asked: { readonly id: string; readonly person: string; readonly seen: string | undefined },
  reply: FastifyReply,
) {
  const deadline = performance.now() + HELD_MS;
  for (;;) {
    const trail = await ports.trail(terminalLineId(asked.person, asked.id));
    if (trail === undefined)
      return reply.code(404).send({ message: 'There is no such line of yours.', remedy: 'Type it again.' });
    const mark = markOf(trail);
    if (mark !== asked.seen || trail.isDone || performance.now() > deadline) return { ...trail, mark };
    await pause(LOOK_MS);
  }
}
