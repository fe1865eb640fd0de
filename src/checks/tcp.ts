import { lookup } from 'node:dns';
import { once } from 'node:events';
import net from 'node:net';
import { z } from 'zod';
import { guardedLookup } from '../domain/address.ts';
import { networkTrouble } from '../domain/network-error.ts';
import type { CheckKind, Look } from './check.ts';

const settings = z.strictObject({
  host: z.string().min(1).describe('Name or address to connect to'),
  port: z.coerce.number().int().min(1).max(65_535).describe('Port to connect to'),
});

type Settings = z.infer<typeof settings>;

async function look({ host, port }: Settings, signal: AbortSignal): Promise<Look> {
  const begun = performance.now();
  const socket = net.connect({ host, port, lookup: guardedLookup(lookup) });
  try {
    await once(socket, 'connect', { signal });
    return {
      verdict: 'pass',
      summary: `${host}:${port} accepted the connection in ${Math.round(performance.now() - begun)} ms`,
    };
  } catch (error) {
    const words = signal.aborted ? 'no answer in time' : networkTrouble(error).words;
    return { verdict: 'fail', summary: `${host}:${port}: ${words}`.slice(0, 200) };
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
}

/** Opens a TCP connection and closes it again. */
export const tcpCheckKind: CheckKind = {
  kind: 'tcp',
  summary: 'Opens a TCP connection to a host and port',
  verifiesChanges: true,
  settings,
  bind(given) {
    const bound = settings.parse(given);
    return { look: (signal) => look(bound, signal) };
  },
};
