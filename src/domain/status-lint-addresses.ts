import { found, type LintFacts, type LintFinding, type LintRule } from './status-finding.ts';

type AddressFacts = Pick<LintFacts, 'allowedHosts' | 'innerNames'>;

const URL_TEXT = /\bhttps?:\/\/[^\s<>"')\]]+/gi;
const OTHER_SCHEME = /\b(?!https?:)[a-z][a-z0-9+.-]{1,15}:\/\/[^\s<>"')\]]+/gi;
const EMAIL = /[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+/gi;
const IPV4 = /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]*\d)/g;
/** Times (03:12:45) have no letters and never five groups. */
const IPV6 =
  /(?<![\w:])(?:(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}:(?:[0-9a-f]{1,4}:?){0,6}|::(?:[0-9a-f]{1,4}:?){1,7})(?![\w:])/gi;
/** In lower case, so that "fixed.We" is none. */
const HOST = /(?<![\w@./-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?![\w-]|\.[a-z])/g;
/** `i.e.`, and names of programs that end like hosts. */
const NO_HOST = /^(?:e\.g|i\.e|a\.m|p\.m|[a-z]+\.(?:js|md|json|yaml|yml|txt|log|py|sh))$/;
/** How clouds and Kubernetes name machines: ip-10-0-3-7, i-0abc…, app-7d9f8b6c5-x2x4z. */
const MACHINE =
  /\b(?:ip-\d{1,3}(?:-\d{1,3}){3}|i-[0-9a-f]{8,17}|[a-z][a-z0-9-]{1,40}-[a-f0-9]{8,10}-[a-z0-9]{5})\b/g;
/** Our own numbers say nothing to anybody outside. */
const OWN_ID = /\b(?:INC|C|B|F|S|M)-\d+\b/g;

const matches = (text: string, pattern: RegExp): readonly string[] => [
  ...new Set([...text.matchAll(pattern)].map(([piece]) => piece)),
];

const isBelow = (host: string, allowed: readonly string[]): boolean =>
  allowed.some((each) => host.toLowerCase() === each || host.toLowerCase().endsWith(`.${each}`));

const hostIn = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : '');

const errors = (pieces: readonly string[], rule: LintRule, what: string): readonly LintFinding[] =>
  pieces.map((piece) => found('error', rule, `${piece} is ${what}. Say it in words that users know.`));

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Short names (`app`, `web`) are words, too. */
const SHORTEST_INNER = 5;

function innerNames(text: string, names: readonly string[]): readonly LintFinding[] {
  const said = names
    .filter((name) => name.length >= SHORTEST_INNER)
    .filter((name) => new RegExp(`(?<![\\w.-])${escaped(name)}(?![\\w-])`, 'i').test(text));
  return [...new Set(said)].map((name) =>
    found('error', 'host name', `${name} is one of our machines. Nobody outside has to know it.`),
  );
}

/** Addresses and names that say how we are built. */
export function addressFindings(text: string, facts: AddressFacts): readonly LintFinding[] {
  const { allowedHosts } = facts;
  const urls = matches(text, URL_TEXT).filter((url) => !isBelow(hostIn(url), allowedHosts));
  const emails = matches(text, EMAIL).filter(
    (email) => !isBelow(email.slice(email.indexOf('@') + 1), allowedHosts),
  );
  // What was found inside of an address is not said again.
  const bare = text.replace(URL_TEXT, ' ').replace(OTHER_SCHEME, ' ').replace(EMAIL, ' ');
  const inner = innerNames(bare, facts.innerNames);
  const hosts = matches(bare, HOST).filter(
    (host) => !isBelow(host, allowedHosts) && !NO_HOST.test(host) && !facts.innerNames.includes(host),
  );
  const addresses = [...matches(bare, IPV4), ...matches(bare, IPV6)];
  return [
    ...errors([...urls, ...matches(text, OTHER_SCHEME)], 'address', 'an address that is not allowed here'),
    ...errors(emails, 'e-mail', 'an e-mail address that is not allowed here'),
    ...errors(
      addresses.filter((address) => !facts.innerNames.includes(address)),
      'address',
      'an address of a machine',
    ),
    ...inner,
    ...errors(hosts, 'host name', 'a host name that is not allowed here'),
    ...errors(matches(bare, MACHINE), 'host name', 'the name of a machine'),
    ...errors(matches(bare, OWN_ID), 'internal name', 'a number of ours'),
  ];
}
