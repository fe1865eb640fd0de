import { z } from 'zod';
import { networkTrouble } from '../domain/network-error.ts';
import type { Outcome } from '../domain/outcome.ts';
import { createRedactor } from '../domain/redaction.ts';
import { tokenReference } from './api/ask.ts';
import type { CheckKind, CheckPorts, Look } from './check.ts';
import { percent } from './host/bounds.ts';
import {
  accountName,
  ask,
  complaintOf,
  containerName,
  containerTrouble,
  isKeptOut,
  isMissing,
  noTarget,
} from './host/on-target.ts';
import { infoRemarks, pingTrouble, readInfo } from './redis/info.ts';
import { type Asked, askRedis } from './redis/network.ts';
import { oneLine } from './status/one-line.ts';
import { untilSignal } from './status/status-look.ts';
import { type Remark, worstLook } from './status/worst.ts';

const settings = z
  .strictObject({
    host: z
      .string()
      .regex(/^[A-Za-z0-9_.:[\]-]{1,253}$/, 'not a host\nwrite its name or address')
      .exactOptional()
      .describe('Name or address to connect to from here; absent = redis-cli on the target'),
    port: z.coerce.number().int().min(1).max(65_535).exactOptional().describe('Port; absent = 6379'),
    password: tokenReference
      .exactOptional()
      .describe('Its password, by reference: { env: REDIS_PASSWORD }; with host'),
    username: z.string().min(1).max(128).exactOptional().describe('Its user, where it has users; with host'),
    tls: z.boolean().default(false).describe('Connect with TLS; with host'),
    ca: z
      .string()
      .startsWith('/')
      .exactOptional()
      .describe('PEM file on this machine with an authority of your own to trust beside the public ones'),
    container: containerName
      .exactOptional()
      .describe('Run redis-cli inside of this container, by `docker exec`'),
    sudo: z.boolean().default(false).describe('Run redis-cli, or docker, through `sudo -n`'),
    user: accountName.exactOptional().describe('Account to run redis-cli as, through `sudo -n -u`'),
    warn: percent.default(80).describe('Warn when so many percent of maxmemory or of maxclients are used'),
    fail: percent.default(95).describe('Fail when so many percent are used'),
  })
  .refine(
    ({ warn, fail }) => warn <= fail,
    '"warn" is more than "fail"\nmake "fail" the bigger one: both are percent used',
  )
  .refine(
    ({ host, password, username, tls: encrypted }) =>
      host !== undefined || (password === undefined && username === undefined && !encrypted),
    'without "host" redis-cli is run on the target, which gets no password from here\nadd host, or take out password, username and tls',
  );

type Settings = z.infer<typeof settings>;

type Reader = NonNullable<CheckPorts['read']>;

const DEFAULT_PORT = 6_379;

const DOWN = /Could not connect|Connection refused|Connection reset|timed out/i;

async function onTarget(given: Settings, read: Reader): Promise<Look> {
  const { container, sudo, user, port } = given;
  const cli = ['redis-cli', ...(port === undefined ? [] : ['-p', String(port)])];
  const way = { container, sudo, user };
  const pong = await ask(read, way, [...cli, 'ping']);
  if (pong.kind !== 'succeeded') return { verdict: 'unknown', summary: oneLine(pong.message) };
  const said = complaintOf(pong.value);
  if (isKeptOut(pong.value) || isMissing(pong.value))
    return { verdict: 'unknown', summary: oneLine(`redis-cli: ${said}`) };
  const gone = containerTrouble(pong.value);
  if (gone !== undefined) return { verdict: 'fail', summary: oneLine(`Redis: ${gone}`) };
  if (DOWN.test(said)) return { verdict: 'fail', summary: oneLine(`Redis: ${said}`) };
  const trouble = pingTrouble(pong.value.stdout.trim());
  if (trouble !== undefined) return worstLook('Redis', [trouble]);
  const info = await ask(read, way, [...cli, 'info']);
  const seen =
    info.kind === 'succeeded' && info.value.code === 0
      ? readInfo(info.value.stdout)
      : new Map<string, string>();
  return worstLook('Redis', [
    { verdict: 'pass', words: `PONG in ${Math.round(pong.value.durationMs)} ms` },
    ...infoRemarks(seen, given),
  ]);
}

type Remote = Settings & { readonly host: string };

/** Undefined where the settings name none. */
const passwordOf = (given: Remote, ports: CheckPorts): Outcome<string> | undefined =>
  given.password === undefined ? undefined : ports.secret(given.password);

/** The words of a failure hold no password, whatever the other end repeats. */
async function fromHere(given: Remote, ports: CheckPorts, signal: AbortSignal): Promise<Look> {
  const secret = passwordOf(given, ports);
  if (secret !== undefined && secret.kind !== 'succeeded')
    return { verdict: 'unknown', summary: oneLine(secret.message) };
  const password = secret?.value.trim();
  const redact = createRedactor(password === undefined ? [] : [password]);
  const name = `Redis at ${given.host}:${given.port ?? DEFAULT_PORT}`;
  try {
    const asked = await askRedis({ ...given, port: given.port ?? DEFAULT_PORT, password }, signal);
    return worstLook(
      name,
      remarksOn(asked, given).map((one) => ({ ...one, words: redact(one.words) })),
    );
  } catch (error) {
    const words = signal.aborted ? 'no answer in time' : networkTrouble(error).words;
    return { verdict: 'fail', summary: oneLine(redact(`${name}: ${words}`)) };
  }
}

function remarksOn({ pong, info, tookMs }: Asked, given: Settings): readonly Remark[] {
  const trouble = pingTrouble(pong);
  if (trouble !== undefined) return [trouble];
  return [{ verdict: 'pass', words: `PONG in ${tookMs} ms` }, ...infoRemarks(readInfo(info), given)];
}

function look(given: Settings, ports: CheckPorts, signal: AbortSignal): Promise<Look> {
  const { host } = given;
  if (host !== undefined) return fromHere({ ...given, host }, ports, signal);
  const { read } = ports;
  return read === undefined ? Promise.resolve(noTarget('Redis')) : untilSignal(onTarget(given, read), signal);
}

/** Asks a Redis: from here over the network, or by redis-cli on the target. */
export const redisCheckKind: CheckKind = {
  kind: 'redis',
  summary: 'Asks a Redis for PONG, its memory and its clients: from here, or by redis-cli on the target',
  verifiesChanges: true,
  settings,
  bind(given, ports) {
    const bound = settings.parse(given);
    return { look: (signal) => look(bound, ports, signal) };
  },
};
