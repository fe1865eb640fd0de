import { createHash, timingSafeEqual } from 'node:crypto';
import type { AlertRequest } from '../intake/source.ts';

/** A request before its body is read. */
export type RawAlert = Omit<AlertRequest, 'json'>;

/** Who may send alerts under a name. */
export interface AlertDoor {
  readonly name: string;
  readonly source: string;
  /** What a sender may show: any of these will do. Empty where a secret cannot be had, and then it lets nobody in. */
  readonly tokens: () => readonly string[];
  readonly logins: () => readonly { readonly user: string; readonly password: string }[];
  /** Whether a token or a login has to be shown at all. */
  readonly asks: boolean;
  /** Whether the sender signed the bytes of the body; absent = no signature is demanded. */
  readonly isSigned?: (request: RawAlert) => Promise<boolean>;
  /** Confirms what has to be confirmed before anything is sent; false where it could not be, and is to be sent again. */
  readonly confirm?: (request: AlertRequest) => Promise<boolean>;
}

/** Where a request came from. */
export interface Caller {
  /** Address at the other end of the connection. */
  readonly address: string;
  readonly headers: RawAlert['headers'];
  readonly query: RawAlert['query'];
  /** What stands in the path behind the name. */
  readonly pathToken: string;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares each with each, whatever it finds, so that the time it takes says nothing. */
export function isAmong(brought: readonly string[], wanted: readonly string[]): boolean {
  const digests = wanted.map((text) => digest(text.trim()));
  let found = false;
  for (const one of brought.filter((text) => text !== '').map(digest))
    for (const other of digests) found = timingSafeEqual(one, other) || found;
  return found;
}

/** Every place in which a token may stand; the scheme of an Authorization header is whatever the sender calls it. */
function tokensOf({ headers, query, pathToken }: Caller): readonly string[] {
  const { authorization = '' } = headers;
  const [, scheme = '', rest = ''] = /^(\S+)\s+(.+)$/.exec(authorization) ?? [];
  const shown = scheme.toLowerCase() === 'basic' ? '' : rest || authorization;
  return [pathToken, query.token ?? '', headers['x-auth-token'] ?? '', shown];
}

function loginOf({ headers }: Caller): readonly string[] {
  const [, coded] = /^basic\s+(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  return coded === undefined ? [] : [Buffer.from(coded, 'base64').toString('utf8')];
}

const isLoopback = (address: string): boolean =>
  /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/.test(address) || address === '::1';

/** A proxy of this machine that passes strangers on says so. */
const isFromHere = ({ address, headers }: Caller): boolean =>
  isLoopback(address) && headers['x-forwarded-for'] === undefined && headers.forwarded === undefined;

/** Why a request is turned away before its body is looked at; undefined where it is not. */
export function whyTurnedAway(door: AlertDoor, caller: Caller): string | undefined {
  if (!door.asks)
    return door.isSigned !== undefined || isFromHere(caller)
      ? undefined
      : 'this integration has neither token nor secret: only this machine may send to it';
  const logins = door.logins().map(({ user, password }) => `${user}:${password.trim()}`);
  const isLetIn = [isAmong(tokensOf(caller), door.tokens()), isAmong(loginOf(caller), logins)].includes(true);
  return isLetIn ? undefined : 'the token or the login is missing or wrong';
}
