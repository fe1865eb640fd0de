import type { AlertLink } from '../../domain/alert.ts';

/** Longest address that is kept: what Telegram and Slack take in a button, roughly. */
const MOST = 2_048;

/** A link, where a value is an http or https address; without a name and password in it. A relative one counts with a base only. */
export const linkOf = (kind: AlertLink['kind'], value: unknown, base?: unknown): AlertLink | undefined => {
  if (typeof value !== 'string' || value.trim() === '' || value.length > MOST) return undefined;
  const root = typeof base === 'string' && base.length <= MOST ? base : undefined;
  const url = URL.parse(value.trim().toWellFormed(), root?.toWellFormed());
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  url.username = '';
  url.password = '';
  return url.href.length > MOST ? undefined : { kind, url: url.href };
};
