import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PublicIncident, PublicPage } from '../../domain/status-update.ts';
import type { Mount } from '../servers.ts';
import { atomFeed } from './atom.ts';
import { DOCUMENTS } from './json.ts';
import { frontPage, incidentPage, missingPage } from './page-render.ts';

/** What the public page needs. */
export interface StatusPagePorts {
  /** As it stands; rejects where the journal cannot be read. */
  readonly look: () => Promise<PublicPage>;
  /** One that is too old for the page, by its public id. */
  readonly find: (id: string) => Promise<PublicIncident | undefined>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** For so many milliseconds many readers share one look; 1,000 unless told. */
  readonly rememberMs?: number;
}

/** OpenStatus sends the same (facts/status-page.md §3): fresh enough, and a crowd reaches the cache. */
const CACHED = 'public, max-age=30, stale-while-revalidate=60, stale-if-error=86400';

/** Nothing but our own style; there are no scripts. */
const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const tagOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

interface Document {
  readonly type: string;
  readonly text: string;
  readonly status?: number;
}

const HTML = 'text/html; charset=utf-8';

/** A crowd comes when something is wrong: one look serves it, and the last good one where the journal cannot be read. */
function remembered({ look, now, rememberMs = 1_000 }: StatusPagePorts): () => Promise<PublicPage> {
  let last: { readonly page: PublicPage; readonly at: number } | undefined;
  let looking: Promise<PublicPage> | undefined;
  const lookAgain = async (): Promise<PublicPage> => {
    try {
      const page = await look();
      last = { page, at: now() };
      return page;
    } catch (error) {
      if (last === undefined) throw error;
      return last.page;
    } finally {
      looking = undefined;
    }
  };
  return async () => {
    const age = last === undefined ? Number.POSITIVE_INFINITY : now() - last.at;
    if (last !== undefined && age >= 0 && age < rememberMs) return last.page;
    looking ??= lookAgain();
    return looking;
  };
}

/** Weak and strong names of one state are the same to a reader (RFC 9110, 13.1.2). */
const hasAlready = (request: FastifyRequest, etag: string): boolean =>
  (request.headers['if-none-match'] ?? '')
    .split(',')
    .some((each) => [etag, `W/${etag}`, '*'].includes(each.trim()));

function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  { type, text, status = 200 }: Document,
): FastifyReply {
  const etag = `"${tagOf(text)}"`;
  reply.header('etag', etag).header('cache-control', status === 200 ? CACHED : 'no-cache');
  if (status === 200 && hasAlready(request, etag)) return reply.code(304).send();
  return reply.code(status).type(type).send(text);
}

/** What people type (INC-7) is no address: nobody outside learns which public incident it is. */
const PUBLIC_ID = /^[a-z0-9]{12}$/;

async function incidentDocument(
  { find }: StatusPagePorts,
  page: PublicPage,
  of: { readonly id: string; readonly version: string },
): Promise<Document> {
  const { id, version } = of;
  const shown = page.incidents.find((each) => each.id === id);
  const incident = shown ?? (PUBLIC_ID.test(id) ? await find(id) : undefined);
  return incident === undefined
    ? { type: HTML, text: missingPage(page, version), status: 404 }
    : { type: HTML, text: incidentPage(page, incident, version) };
}

/** The public status page with its JSON and its feed: `GET /`, `/incidents/:id`, `/history.atom`, `/api/v2/*.json`. */
export function mountStatusPage(ports: StatusPagePorts): Mount {
  const style = readFileSync(join(import.meta.dirname, 'style.css'), 'utf8');
  const icon = readFileSync(join(import.meta.dirname, 'icon.svg'), 'utf8');
  const version = tagOf(style).slice(0, 10);
  const look = remembered(ports);
  return async (server) => {
    await server.register(async (scope) => {
      scope.addHook('onSend', async (_request, reply) => {
        reply.header('content-security-policy', POLICY);
      });
      scope.get('/', async (request, reply) =>
        answer(request, reply, {
          type: HTML,
          text: frontPage(await look(), { now: ports.now(), styleVersion: version }),
        }),
      );
      scope.get<{ Params: { id: string } }>('/incidents/:id', async (request, reply) =>
        answer(
          request,
          reply,
          await incidentDocument(ports, await look(), { id: request.params.id, version }),
        ),
      );
      scope.get('/history.atom', async (request, reply) =>
        answer(request, reply, {
          type: 'application/atom+xml; charset=utf-8',
          text: atomFeed(await look()),
        }),
      );
      scope.get('/status-page/style.css', async (request, reply) =>
        answer(request, reply, { type: 'text/css; charset=utf-8', text: style }),
      );
      scope.get('/status-page/icon.svg', async (request, reply) =>
        answer(request, reply, { type: 'image/svg+xml', text: icon }),
      );
      for (const [path, document] of Object.entries(DOCUMENTS))
        scope.get(`/api/v2/${path}`, async (request, reply) => {
          reply
            .header('access-control-allow-origin', '*')
            .header('cross-origin-resource-policy', 'cross-origin');
          const text = JSON.stringify(document(await look()));
          return answer(request, reply, { type: 'application/json; charset=utf-8', text });
        });
    });
  };
}
