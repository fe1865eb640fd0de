/** What a failed connection means for people and for a write that may or may not have arrived. */
export interface NetworkTrouble {
  /** `ECONNREFUSED`, `CERT_HAS_EXPIRED` …; empty where the error has none. */
  readonly code: string;
  /** For people, without the address: `connection refused`. */
  readonly words: string;
  /** True when it is certain that no byte of the request was acted upon. */
  readonly beforeSending: boolean;
}

const BEFORE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'the name does not exist',
  EAI_AGAIN: 'the name could not be looked up',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
  EADDRNOTAVAIL: 'the address is not to be had',
  ETIMEDOUT: 'connecting timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connecting timed out',
  ENOENT: 'there is no such socket',
  EACCES: 'permission denied on the socket',
  ERR_ADDRESS_REFUSED:
    'its name leads to this machine, to cloud metadata or to nobody; write the address itself if that is meant',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an authority that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an authority that is not trusted here',
  EPROTO: 'it does not speak TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it asks for a client certificate',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'it refuses our client certificate',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it refuses our client certificate',
  'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE': 'it refuses our client certificate',
};

const PERHAPS_AFTER: Readonly<Record<string, string>> = {
  ECONNRESET: 'the connection was reset',
  ECONNABORTED: 'the connection was broken off',
  EPIPE: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed by the other side',
  UND_ERR_HEADERS_TIMEOUT: 'no answer came',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped in the middle',
};

const UNANSWERED = ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'];

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** The innermost error: `fetch` wraps the cause, and a host with several addresses gives a list. */
function innermost(error: unknown): unknown {
  const errors = field(error, 'errors');
  const inner = Array.isArray(errors) ? errors[0] : field(error, 'cause');
  return inner instanceof Error ? innermost(inner) : error;
}

/** Reads what Node, undici or OpenSSL threw about a connection; never throws. */
export function networkTrouble(error: unknown): NetworkTrouble {
  const cause = innermost(error);
  const code = String(field(cause, 'code') ?? field(error, 'code') ?? '');
  const message = cause instanceof Error ? cause.message : String(cause);
  const before = BEFORE[code];
  // TCP reports these of an established connection too, when its packets are no longer answered.
  const established = UNANSWERED.includes(code) && field(cause, 'syscall') !== 'connect';
  if (established) return { code, words: 'the connection is dead', beforeSending: false };
  if (before !== undefined) return { code, words: before, beforeSending: true };
  if (message.includes('before secure TLS connection'))
    return { code, words: 'the connection was closed during the TLS handshake', beforeSending: true };
  if (code.startsWith('HPE_')) return { code, words: 'the answer is not HTTP', beforeSending: false };
  const after = PERHAPS_AFTER[code];
  return { code, words: after ?? (message || 'the connection failed'), beforeSending: false };
}
