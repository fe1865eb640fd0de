import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Mount } from './servers.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The files a browser gets. */
export interface Assets {
  /** Changes when any of them does. */
  readonly version: string;
  /** Serves them under `/assets/`. */
  readonly mount: Mount;
}

/** Reads the public folder once; only what lies there is ever served, by exact name. */
export function loadAssets(folder: string = join(import.meta.dirname, 'public')): Assets {
  const names = readdirSync(folder).filter((name) => extname(name) in TYPES);
  const files = new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
  const hash = createHash('sha256');
  for (const [name, content] of files) hash.update(name).update(content);
  const version = hash.digest('base64url').slice(0, 12);
  const etag = `"${version}"`;

  const mount: Mount = async (server) => {
    server.get<{ Params: { name: string } }>('/assets/:name', async (request, reply) => {
      const content = files.get(request.params.name);
      if (content === undefined) return reply.callNotFound();
      reply.header('cache-control', 'no-cache').header('etag', etag);
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type(TYPES[extname(request.params.name)] ?? 'text/plain').send(content);
    });
  };
  return { version, mount };
}
