import { formatDuration } from '../../domain/duration.ts';
import type { Look } from '../check.ts';

/** What was seen of a server's certificate. */
export interface SeenCertificate {
  /** Epoch milliseconds. */
  readonly validFrom: number;
  readonly validTo: number;
  /** Name of who signed it, for people. */
  readonly issuer: string;
  /** Names it is for, as it says: `DNS:example.org, DNS:www.example.org`. */
  readonly names: string;
  /** What the connection was opened for. */
  readonly host: string;
  /** OpenSSL's or Node's code of what is wrong with it; absent where nothing is. */
  readonly problem?: string;
}

/** Milliseconds before the end at which it counts as a warning and as a failure. */
export interface Margins {
  readonly warnMs: number;
  readonly failMs: number;
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

function problemWords(seen: SeenCertificate): string {
  switch (seen.problem) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `is for another name (${seen.names.replaceAll('DNS:', '') || 'none'}), not for ${seen.host}`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return 'is self-signed';
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return `comes from ${seen.issuer}, an authority that is not trusted here`;
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `cannot be traced to a trusted authority (issued by ${seen.issuer}; is an intermediate certificate missing?)`;
    case 'CERT_REVOKED':
      return 'was revoked';
    default:
      return `is not accepted: ${seen.problem}`;
  }
}

/** Says what a certificate is worth now; its dates come first, whatever else is wrong with it. Pure. */
export function judgeCertificate(seen: SeenCertificate, now: number, margins: Margins): Look {
  const left = seen.validTo - now;
  const dates = `valid until ${day(seen.validTo)} (${formatDuration(left)} left)`;
  const bad = (words: string): Look => ({
    verdict: 'fail',
    summary: `the certificate ${words}`.slice(0, 200),
  });
  if (left <= 0) return bad(`expired ${formatDuration(-left)} ago, on ${day(seen.validTo)}`);
  if (seen.validFrom > now) return bad(`is valid only from ${day(seen.validFrom)}`);
  if (seen.problem !== undefined) return bad(`${problemWords(seen)}; ${dates}`);
  const summary = `${dates}, issued by ${seen.issuer}`.slice(0, 200);
  if (left <= margins.failMs) return { verdict: 'fail', summary };
  return { verdict: left <= margins.warnMs ? 'warn' : 'pass', summary };
}
