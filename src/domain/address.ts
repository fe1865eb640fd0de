/** Where an address lies, as far as it matters for who may be talked to. */
export type AddressKind =
  /** This machine itself. */
  | 'loopback'
  /** The link only: cloud metadata (169.254.169.254 and its like) is here. */
  | 'link-local'
  /** No single machine: unspecified, multicast, broadcast. */
  | 'nobody'
  | 'other';

/** Metadata services of clouds outside of the link-local ranges: Alibaba, Oracle, AWS over IPv6. */
const METADATA = ['100.100.100.200', '192.0.0.192', 'fd00:ec2:0:0:0:0:0:254'];

/** The eight groups of an IPv6 address as resolvers write it, an IPv4 tail included. */
function groupsOf(address: string): readonly number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const [, head = '', a, b, c, d] = dotted ?? [];
  const pair = (high = '0', low = '0'): string => (Number(high) * 256 + Number(low)).toString(16);
  const text = dotted === null ? address : `${head}${pair(a, b)}:${pair(c, d)}`;
  const [before = '', after] = text.split('%')[0]?.split('::') ?? [];
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  if (after === undefined) return read(before);
  const [left, right] = [read(before), read(after)];
  return [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => 0), ...right];
}

function kindOf4(octets: readonly number[]): AddressKind {
  const [a = 0, b = 0] = octets;
  if (METADATA.includes(octets.join('.')) || (a === 169 && b === 254)) return 'link-local';
  if (a === 127) return 'loopback';
  return a === 0 || a >= 224 ? 'nobody' : 'other';
}

/** Addresses that carry an IPv4 address: mapped (::ffff:0:0/96), compatible (::/96), NAT64 (64:ff9b::/96), 6to4 (2002::/16). */
function embedded4(groups: readonly number[]): readonly number[] | undefined {
  const octets = (high = 0, low = 0): readonly number[] => [high >> 8, high & 255, low >> 8, low & 255];
  if (groups[0] === 0x2002) return octets(groups[1], groups[2]);
  const head = groups.slice(0, 6).join(' ');
  const carries = ['0 0 0 0 0 65535', '0 0 0 0 0 0', '100 65435 0 0 0 0'].includes(head);
  return carries ? octets(groups[6], groups[7]) : undefined;
}

/** Says where an address lies; takes IPv4 and IPv6 as resolvers write them. */
export function addressKind(address: string): AddressKind {
  if (!address.includes(':')) return kindOf4(address.split('.').map(Number));
  const groups = groupsOf(address.toLowerCase());
  const written = groups.map((group) => group.toString(16)).join(':');
  if (written === '0:0:0:0:0:0:0:1') return 'loopback';
  const inside = embedded4(groups);
  if (inside !== undefined) return kindOf4(inside);
  const [first = 0] = groups;
  if (METADATA.includes(written) || (first & 0xffc0) === 0xfe80) return 'link-local';
  return (first & 0xff00) === 0xff00 ? 'nobody' : 'other';
}

/**
 * Whether a name that people wrote into the settings may lead to this address. Private networks may be: the fleet lives
 * there. This machine may be by `localhost` or a name without a dot only, and cloud metadata by no name at all: whoever
 * answers for a name outside could point it there. An address written out in the settings is never asked about.
 */
export function mayLeadTo(name: string, address: string): boolean {
  const kind = addressKind(address);
  if (kind === 'loopback') return !name.includes('.') || /(^|\.)localhost\.?$/i.test(name);
  return kind === 'other';
}

interface Found {
  readonly address: string;
  readonly family: number;
}

type Answer = (error: Error | null, address: string | Found[], family?: number) => void;

/** The part of `dns.lookup` that is used. */
export type Resolve = (
  name: string,
  options: object & { readonly all: true },
  answer: (error: Error | null, found: Found[]) => void,
) => void;

/**
 * Makes a `lookup` for sockets: it asks once, and the socket connects to an address that was looked at. Fails with
 * `ERR_ADDRESS_REFUSED` where a name leads only to what {@link mayLeadTo} refuses.
 */
export const guardedLookup =
  (resolve: Resolve) =>
  (name: string, options: object & { readonly all?: boolean | undefined }, answer: Answer): void =>
    resolve(name, { ...options, all: true }, (error, found) => {
      if (error !== null) return answer(error, []);
      const allowed = found.filter(({ address }) => mayLeadTo(name, address));
      const [first] = allowed;
      if (first === undefined) return answer(refused(name, found), []);
      return options.all === true ? answer(null, allowed) : answer(null, first.address, first.family);
    });

function refused(name: string, found: readonly Found[]): Error {
  const error = new Error(`${name} leads to ${found.map(({ address }) => address).join(', ')}`);
  return Object.assign(error, { code: 'ERR_ADDRESS_REFUSED' });
}
