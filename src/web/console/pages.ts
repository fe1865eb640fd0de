import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readRequest } from '../errors.ts';
import { feedItems } from './entry-render.ts';
import { fleetPanel } from './fleet-render.ts';
import { consolePage } from './page-render.ts';
import type { ConsolePorts, Viewer } from './ports.ts';
import { sendPage, sessionToken } from './request.ts';
import { comeAgainPage, signedOutPage } from './sign-in-render.ts';
import { viewerOf } from './sign-in-routes.ts';
import { streamEvents } from './stream.ts';

/** What the pages need beside the ports. */
export interface PagesOptions {
  readonly ports: ConsolePorts;
  /** Changes with the scripts and styles. */
  readonly version: string;
}

const ROOTS_A_PAGE = 60;
const Before = z.object({ before: z.coerce.number().int().positive().optional() });
const After = z.object({ after: z.coerce.number().int().nonnegative().default(0) });
const Typed = z.object({ text: z.string().max(4096).default('') });
const FileName = z.object({ id: z.string().max(40) });

/** Everything that only reads: the page, its older part, events, suggestions, the palette, files. */
export function mountPages(server: FastifyInstance, options: PagesOptions): void {
  const { ports } = options;
  server.get('/', async (request, reply) => {
    const viewer = await viewerOf(ports, request);
    return viewer === undefined
      ? stranger(ports, request, reply)
      : showConsole(options, { viewer, request, reply });
  });

  const reads = (
    path: string,
    answer: (viewer: Viewer, request: FastifyRequest, reply: FastifyReply) => unknown,
  ) =>
    server.get(path, async (request, reply) => {
      const viewer = await viewerOf(ports, request);
      if (viewer === undefined) {
        return reply.code(401).send({ message: 'You are not signed in.', remedy: ports.howToSignIn });
      }
      reply.header('cache-control', 'no-store');
      return answer(viewer, request, reply);
    });

  reads('/earlier', async (viewer, request) => {
    const { before } = readRequest(Before, request.query);
    const page = await ports.feed.page({ viewer: viewer.key, roots: ROOTS_A_PAGE, ...defined({ before }) });
    return { html: feedItems(page.entries, viewer.key).toString(), earlier: page.earlier };
  });
  reads('/complete', (viewer, request) => ports.complete(viewer.key, readRequest(Typed, request.query).text));
  reads('/picker', (viewer) => ports.picker(viewer.key));
  reads('/files/:id', (viewer, request, reply) => sendFile(ports, { viewer, request, reply }));
  const streams = new Set<() => void>();
  reads('/events', (viewer, request, reply) => openStream(options, { viewer, request, reply }, streams));
  // Ended, not cut: tabs then connect again without an error of their own.
  server.addHook('preClose', async () => {
    for (const end of streams) end();
  });
}

interface Exchange {
  readonly viewer: Viewer;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

function stranger(ports: ConsolePorts, request: FastifyRequest, reply: FastifyReply) {
  if (request.headers['sec-fetch-site'] === 'cross-site') return sendPage(reply, comeAgainPage(request.url));
  return sendPage(reply.code(401), signedOutPage(ports.howToSignIn));
}

async function showConsole({ ports, version }: PagesOptions, { viewer, request, reply }: Exchange) {
  const before = Before.safeParse(request.query).data?.before;
  const [page, rows, waiting] = await Promise.all([
    ports.feed.page({ viewer: viewer.key, roots: ROOTS_A_PAGE, ...defined({ before }) }),
    ports.overview(viewer.key),
    ports.waiting(viewer.key),
  ]);
  const fleet = fleetPanel(rows, { viewer: viewer.key, now: ports.now() });
  return sendPage(reply, consolePage({ viewer, page, fleet, waiting, version }));
}

const defined = ({ before }: { before: number | undefined }) => (before === undefined ? {} : { before });

async function sendFile(ports: ConsolePorts, { viewer, request, reply }: Exchange) {
  const { id } = readRequest(FileName, request.params);
  const file = await ports.feed.file(id, viewer.key);
  if (file === undefined) return reply.callNotFound();
  const name = file.name.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 100);
  return reply
    .type('text/plain; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', "default-src 'none'; sandbox")
    .send(file.text);
}

function openStream(
  { ports, version }: PagesOptions,
  { viewer, request, reply }: Exchange,
  streams: Set<() => void>,
) {
  const last = After.safeParse({ after: request.headers['last-event-id'] }).data?.after;
  const first = After.safeParse(request.query).data?.after;
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-accel-buffering': 'no',
  });
  const stop = streamEvents({
    ports,
    viewer,
    version,
    revision: Math.max(last ?? 0, first ?? 0),
    write: (chunk) => raw.write(chunk),
    signedIn: async () => (await ports.signIns.who(sessionToken(request))) === viewer.key,
    close: () => raw.end(),
  });
  const end = (): void => {
    stop();
    streams.delete(end);
    raw.end();
  };
  streams.add(end);
  raw.on('close', end);
}
