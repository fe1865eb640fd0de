import { lookup } from 'node:dns';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import tls from 'node:tls';
import { z } from 'zod';
import { guardedLookup } from '../domain/address.ts';
import { durationText, parseDuration } from '../domain/duration.ts';
import { networkTrouble } from '../domain/network-error.ts';
import type { CheckKind, CheckPorts, Look } from './check.ts';
import { judgeCertificate, type SeenCertificate } from './tls/certificate.ts';

const settings = z
  .strictObject({
    url: z
      .url()
      .exactOptional()
      .describe('Address whose server is asked for its certificate; or host and port'),
    host: z.string().min(1).exactOptional().describe('Name or address to connect to'),
    port: z.coerce.number().int().min(1).max(65_535).default(443).describe('Port to connect to, with host'),
    name: z
      .string()
      .min(1)
      .exactOptional()
      .describe('Name to ask for and to expect in the certificate; absent = the host'),
    warn: durationText.default('21d').describe('Warn when it ends within this time'),
    fail: durationText.default('7d').describe('Fail when it ends within this time'),
    ca: z
      .string()
      .startsWith('/')
      .exactOptional()
      .describe('PEM file on this machine with an authority of your own to trust beside the public ones'),
  })
  .refine(
    (given) => (given.url === undefined) !== (given.host === undefined),
    'it is not clear what to connect to\ngive either url or host',
  )
  .refine(
    (given) => (parseDuration(given.fail) ?? 0) <= (parseDuration(given.warn) ?? 0),
    '"fail" is longer than "warn"\nmake "warn" the longer one',
  );

type Settings = z.infer<typeof settings>;

interface Place {
  readonly host: string;
  readonly port: number;
  readonly name: string;
}

function placeOf(given: Settings): Place {
  const url = given.url === undefined ? undefined : new URL(given.url);
  const host = url === undefined ? (given.host ?? '') : url.hostname.replace(/^\[|\]$/g, '');
  const port = url === undefined ? given.port : Number(url.port || 443);
  return { host, port, name: given.name ?? host };
}

/** The authorities to trust: the public ones, and an own one where a file names it. */
const authorities = async (file: string | undefined): Promise<readonly string[] | undefined> =>
  file === undefined ? undefined : [...tls.getCACertificates(), await readFile(file, 'utf8')];

async function seeCertificate(given: Settings, signal: AbortSignal): Promise<SeenCertificate> {
  const { host, port, name } = placeOf(given);
  const ca = await authorities(given.ca);
  const socket = tls.connect({
    ...{ host, port, lookup: guardedLookup(lookup) },
    // Bad certificates must be seen, not refused: only then can their dates be told. Nothing is sent over this connection.
    rejectUnauthorized: false,
    // An address must not be asked for as a name (RFC 6066).
    ...(net.isIP(name) === 0 ? { servername: name } : {}),
    ...(ca === undefined ? {} : { ca: [...ca] }),
  });
  socket.on('error', () => {});
  try {
    await once(socket, 'secureConnect', { signal });
    return read(socket, name);
  } finally {
    socket.destroy();
  }
}

function read(socket: tls.TLSSocket, name: string): SeenCertificate {
  const certificate = socket.getPeerCertificate();
  const chain: unknown = socket.authorizationError;
  const wrongName = tls.checkServerIdentity(name, certificate);
  const problem = codeOf(chain) ?? codeOf(wrongName);
  return {
    validFrom: Date.parse(certificate.valid_from),
    validTo: Date.parse(certificate.valid_to),
    issuer: [certificate.issuer.O, certificate.issuer.CN].flat().filter(Boolean).join(' '),
    names: certificate.subjectaltname ?? '',
    host: name,
    ...(problem === undefined ? {} : { problem }),
  };
}

/** Node gives the chain's problem as an error or, against its types, as the bare code. */
function codeOf(error: unknown): string | undefined {
  if (error === null || error === undefined) return undefined;
  if (typeof error === 'string') return error;
  const code = typeof error === 'object' ? Reflect.get(error, 'code') : undefined;
  return String(code ?? error);
}

async function look(given: Settings, ports: CheckPorts, signal: AbortSignal): Promise<Look> {
  const { host, port } = placeOf(given);
  if (given.url !== undefined && !given.url.startsWith('https:'))
    return {
      verdict: 'unknown',
      summary: `${given.url} is not https, so it has no certificate`.slice(0, 200),
    };
  const margins = { warnMs: parseDuration(given.warn) ?? 0, failMs: parseDuration(given.fail) ?? 0 };
  try {
    return judgeCertificate(await seeCertificate(given, signal), ports.now(), margins);
  } catch (error) {
    const words = signal.aborted ? 'no TLS answer in time' : networkTrouble(error).words;
    return { verdict: 'fail', summary: `${host}:${port}: ${words}`.slice(0, 200) };
  }
}

/** Looks at a server's certificate: its dates, its names, who signed it. */
export const tlsCheckKind: CheckKind = {
  kind: 'tls',
  summary: "Looks at a server's certificate: its dates, its names and who signed it",
  // An expiry says nothing about a restart.
  verifiesChanges: false,
  settings,
  bind(given, ports) {
    const bound = settings.parse(given);
    return { look: (signal) => look(bound, ports, signal) };
  },
};
