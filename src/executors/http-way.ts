import { lookup } from 'node:dns';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { Agent, type Dispatcher } from 'undici';
import { guardedLookup } from '../domain/address.ts';
import { type Target, targetKey } from '../domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { ExecutorPorts } from './executor.ts';

/** How one request leaves. */
export interface HttpWay {
  readonly dispatcher: Dispatcher;
  /** Lets go of what was opened for it. */
  close(): void;
}

/** Connections go where a name led when it was looked at, and never to where none may lead. */
const guarded = new Agent({ connect: { lookup: guardedLookup(lookup) } });

const straight: HttpWay = { dispatcher: guarded, close: () => {} };

/** Where a URL leads, as a host and a port to connect to. */
export function placeIn(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port, protocol } = new URL(url);
  const usual = protocol === 'https:' ? 443 : 80;
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? usual : Number(port) };
}

/** Sends one request over a stream that is open already; undici may reuse it for nothing else. */
function over(stream: Duplex): HttpWay {
  // Without a listener a broken stream would end the process; who waits for the answer is told.
  stream.on('error', () => undefined);
  let isTaken = false;
  const dispatcher = new Agent({
    pipelining: 0,
    connect: ({ protocol, hostname, servername }, callback) => {
      if (isTaken || stream.destroyed)
        return queueMicrotask(() => callback(new Error('the way was closed'), null));
      isTaken = true;
      // undici is not ready while it asks, and asks a socket for nothing that a stream lacks; its types do.
      if (protocol !== 'https:')
        return queueMicrotask(() => void Reflect.apply(callback, undefined, [null, stream]));
      const secure = connectTls({ socket: stream, servername: servername ?? hostname });
      secure.once('error', (error) => callback(error, null));
      return void secure.once('secureConnect', () => callback(null, secure));
    },
  });
  const close = (): void => {
    // It waits for the other end, which may be gone.
    void dispatcher.destroy().catch(() => undefined);
    stream.destroy();
  };
  return { dispatcher, close };
}

/** The value, or what an ended patience means; a stream that comes too late is let go. */
async function unlessAborted(
  opening: Promise<Outcome<Duplex>>,
  signal: AbortSignal,
): Promise<Outcome<Duplex>> {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome<Duplex>>();
  const leave = (): void => reject(signal.reason);
  signal.addEventListener('abort', leave);
  opening.then((opened) => {
    if (signal.aborted && opened.kind === 'succeeded') opened.value.destroy();
    resolve(opened);
  }, reject);
  if (signal.aborted) leave();
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/** The way to an address: straight, or from the host of the ssh target `via`; throws what `signal` was aborted with. */
export async function wayTo(
  ports: ExecutorPorts,
  of: { readonly target: Target; readonly via: string | undefined; readonly url: string },
  signal: AbortSignal,
): Promise<Outcome<HttpWay>> {
  const { target, via, url } = of;
  if (via === undefined) return succeeded(straight);
  const through = ports.target(target.environment, via);
  if (through === undefined)
    return failed(
      'CONFIG_INVALID',
      `${targetKey(target)}: there is no target ${target.environment}/${via}`,
      'Correct `via` in targets.yaml.',
    );
  const { host, port } = placeIn(url);
  const stream = await unlessAborted(ports.forward(through, host, port), signal);
  return stream.kind === 'succeeded' ? succeeded(over(stream.value)) : stream;
}
