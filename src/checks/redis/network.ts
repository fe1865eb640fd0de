import { lookup } from 'node:dns';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import tls from 'node:tls';
import { guardedLookup } from '../../domain/address.ts';
import { converse } from './resp.ts';

/** Where a Redis is and how it lets us in. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** PEM file with an authority of one's own. */
  readonly ca?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** What came back. */
export interface Asked {
  /** The answer to PING, or why we were not let in: `PONG`, `NOAUTH …`. */
  readonly pong: string;
  /** What INFO printed; empty where it was refused. */
  readonly info: string;
  readonly tookMs: number;
}

async function open(place: Place, signal: AbortSignal): Promise<net.Socket> {
  const host = place.host.replace(/^\[|\]$/g, '');
  const where = { host, port: place.port, lookup: guardedLookup(lookup) };
  const ca =
    place.ca === undefined ? undefined : [...tls.getCACertificates(), await readFile(place.ca, 'utf8')];
  const secure = {
    // An address must not be asked for as a name (RFC 6066).
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
  };
  const socket = place.tls ? tls.connect({ ...where, ...secure }) : net.connect(where);
  socket.on('error', () => {});
  signal.addEventListener('abort', () => socket.destroy(), { once: true });
  await once(socket, place.tls ? 'secureConnect' : 'connect', { signal });
  return socket;
}

function authOf({ username, password }: Place): readonly (readonly string[])[] {
  if (password === undefined) return [];
  return [['AUTH', ...(username === undefined ? [] : [username]), password]];
}

/** Asks a Redis for PONG and its figures over a connection of its own; rejects with what the network says. */
export async function askRedis(place: Place, signal: AbortSignal): Promise<Asked> {
  const begun = performance.now();
  const socket = await open(place, signal);
  try {
    const auth = authOf(place);
    const replies = await converse(socket, [...auth, ['PING'], ['INFO']]);
    const tookMs = Math.round(performance.now() - begun);
    const refused = replies.slice(0, auth.length).find(({ kind }) => kind === 'error');
    const [pong, info] = replies.slice(auth.length);
    return { pong: (refused ?? pong)?.text ?? '', info: info?.kind === 'text' ? info.text : '', tookMs };
  } finally {
    socket.destroy();
  }
}
