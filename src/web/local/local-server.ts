import { chmodSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import { answerErrors } from '../errors.ts';
import { mountLocal } from './local-routes.ts';
import type { LocalPorts } from './ports.ts';

/** The server behind the local socket; only the user that runs Botswain can connect (mode 0600). */
export interface LocalServer {
  /** Listens; the data folder is this process's alone, so what stands at the path is a dead one's. */
  start(): Promise<Outcome<void>>;
  stop(): Promise<void>;
}

/** In a place that everybody may write to, somebody else could have made the folder first, and listen there. */
function ownFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = statSync(folder);
  // In root's folder with the sticky bit (a tmpfs, /tmp) nobody takes another one's socket away.
  const isRoots = uid === 0 && (mode & 0o1000) !== 0;
  if (uid !== userInfo().uid && (mode & 0o022) !== 0 && !isRoots)
    throw new Error(`${folder} belongs to another user, and others may write there`);
}

/** The local socket by which the command line speaks to the running process (contract 6.5). */
export function createLocalServer(path: string, ports: LocalPorts): LocalServer {
  let server: FastifyInstance | undefined;
  return {
    async start() {
      server = fastify({ bodyLimit: 64 * 1024, forceCloseConnections: true });
      answerErrors(server, ports.log);
      mountLocal(server, ports);
      // Between bind and chmod nobody else may slip in.
      const before = process.umask(0o077);
      try {
        ownFolder(dirname(path));
        rmSync(path, { force: true });
        await server.listen({ path });
        chmodSync(path, 0o600);
        return succeeded(undefined);
      } catch (error) {
        await server.close();
        return failed(
          'CONFIG_INVALID',
          `Cannot listen on ${path}: ${error instanceof Error ? error.message : String(error)}.`,
          'Give Botswain a data folder on a local disk in BOTSWAIN_DATA.',
        );
      } finally {
        process.umask(before);
      }
    },
    async stop() {
      await server?.close();
      rmSync(path, { force: true });
    },
  };
}
