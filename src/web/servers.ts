import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import helmet from '@fastify/helmet';
import fastify, { type FastifyInstance } from 'fastify';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import { refuseHost, refuseOrigin } from './allowed.ts';
import { answerErrors, type WebLog } from './errors.ts';

/** Adds routes to a server before it listens. */
export type Mount = (server: FastifyInstance) => Promise<void>;

/** A listening part with its lifetime. */
export interface WebServer {
  /** Listens; `failed` with `CONFIG_INVALID` when the address is taken or forbidden. */
  start(): Promise<Outcome<{ readonly url: string }>>;
  /** Lets short requests end, cuts streams, closes. */
  stop(): Promise<void>;
}

/** What the public server needs. */
export interface PublicServerOptions {
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
  /** False when the process should be started anew. */
  readonly alive: () => boolean;
  /** Says whether work may be taken, or why not, in one sentence. */
  readonly ready: () => Promise<{ readonly ready: boolean; readonly why?: string }>;
  readonly log: WebLog;
  readonly mounts?: readonly Mount[];
}

/** What the console's server needs. It listens on loopback only. */
export interface ConsoleServerOptions {
  /** 0 = any free one. */
  readonly port: number;
  /** Host names beside loopback under which it answers, without port: `console.example.org`. */
  readonly allowedHosts: readonly string[];
  readonly log: WebLog;
  readonly mounts: readonly Mount[];
}

/** The whole body of anything the console takes; a line has its own, smaller limit in words. */
const CONSOLE_BODY_BYTES = 64 * 1024;
/** design.md 6.4: webhooks may send 5 MB. */
const PUBLIC_BODY_BYTES = 5 * 1024 * 1024;

/** The server that faces the network: health now, webhooks and the status page through `mounts`. */
export function createPublicServer(options: PublicServerOptions): WebServer {
  const open = async (): Promise<FastifyInstance> => {
    const server = fastify({ bodyLimit: PUBLIC_BODY_BYTES, forceCloseConnections: true });
    answerErrors(server, options.log);
    await server.register(helmet);
    server.get('/healthz', async (_request, reply) => {
      const alive = options.alive();
      return reply.code(alive ? 200 : 503).send({ alive });
    });
    server.get('/readyz', async (_request, reply) => {
      const state = await options.ready();
      return reply.code(state.ready ? 200 : 503).send(state);
    });
    for (const mount of options.mounts ?? []) await mount(server);
    return server;
  };
  return listening(open, { host: options.host, port: options.port, setting: 'PORT' });
}

/** The server of the console: loopback, known hosts, same-origin writes, strict CSP. */
export function createConsoleServer(options: ConsoleServerOptions): WebServer {
  const open = async (): Promise<FastifyInstance> => {
    const server = fastify({ bodyLimit: CONSOLE_BODY_BYTES, forceCloseConnections: true });
    answerErrors(server, options.log);
    guard(server, options.allowedHosts);
    await server.register(helmet, HELMET);
    await server.register(cookie);
    await server.register(formbody);
    for (const mount of options.mounts) await mount(server);
    return server;
  };
  return listening(open, { host: '127.0.0.1', port: options.port, setting: 'CONSOLE_PORT' });
}

const HELMET = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  // `no-referrer` would make browsers send `Origin: null` with our own forms; `same-origin` tells nobody else either.
  referrerPolicy: { policy: 'same-origin' as const },
  strictTransportSecurity: false,
  xFrameOptions: { action: 'deny' as const },
};

function guard(server: FastifyInstance, allowedHosts: readonly string[]): void {
  server.addHook('onRequest', async (request, reply) => {
    const { host, origin } = request.headers;
    const reads = request.method === 'GET' || request.method === 'HEAD';
    const refusal = refuseHost(host, allowedHosts) ?? (reads ? undefined : refuseOrigin(origin, host));
    if (refusal === undefined) return;
    const { status, ...words } = refusal;
    await reply.code(status).send(words);
  });
}

interface Address {
  readonly host: string;
  readonly port: number;
  /** The variable that sets the port, for the words of a failure. */
  readonly setting: string;
}

function listening(open: () => Promise<FastifyInstance>, address: Address): WebServer {
  let server: FastifyInstance | undefined;
  return {
    async start() {
      server = await open();
      try {
        await server.listen({ host: address.host, port: address.port });
      } catch (error) {
        await server.close();
        return failed(
          'CONFIG_INVALID',
          `Cannot listen on ${address.host}:${address.port}: ${reasonOf(error)}.`,
          `Stop what listens there, or set ${address.setting} to a free port.`,
        );
      }
      const bound = server.addresses()[0];
      const port = typeof bound === 'object' ? bound.port : address.port;
      const name = address.host.includes(':') ? `[${address.host}]` : address.host;
      return succeeded({ url: `http://${name}:${port}` });
    },
    async stop() {
      await server?.close();
    },
  };
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return 'something else listens there already';
  if (code === 'EACCES') return 'this user may not';
  return error instanceof Error ? error.message : String(error);
}
