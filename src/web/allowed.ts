const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Why a request is turned away, in words for the person who meets it. */
export interface Refusal {
  readonly status: 403 | 421;
  readonly message: string;
  readonly remedy: string;
}

/**
 * Refuses a Host header that isn't ours, so that a foreign name resolved to loopback (DNS rebinding) reaches nothing.
 * The port is free, because people forward it: `ssh -L 8080:localhost:3001`.
 */
export function refuseHost(host: string | undefined, extra: readonly string[]): Refusal | undefined {
  const name = (host ?? '').toLowerCase().replace(/:\d*$/, '');
  if ([...LOOPBACK, ...extra].some((allowed) => allowed.toLowerCase() === name)) return undefined;
  return {
    status: 421,
    message: 'This console answers only under the names it was given.',
    remedy: 'Open it as localhost or 127.0.0.1, or have this name added to its allowed hosts.',
  };
}

/** Refuses a write unless the browser says that the page which sent it came from this very host. */
export function refuseOrigin(origin: string | undefined, host: string | undefined): Refusal | undefined {
  const own = [`http://${host}`, `https://${host}`];
  if (origin !== undefined && host !== undefined && own.includes(origin)) return undefined;
  return {
    status: 403,
    message: 'Another site, or no page at all, sent this; nothing was done.',
    remedy: 'Use the console in its own tab; scripts talk to Botswain through `botswain ops`.',
  };
}
