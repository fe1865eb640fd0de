/** What looks like a secret whoever's it is. No pattern can start twice in one run of its own characters, so each takes linear time. */
interface Pattern {
  /** Text without any of these is not searched. */
  readonly hints: readonly string[];
  readonly pattern: RegExp;
  readonly shown: string;
}

/** How names end whose value is a secret. */
const NAMES =
  '(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)';

const PATTERNS: readonly Pattern[] = [
  {
    // A key that was cut off is hidden up to the end of the text.
    hints: ['PRIVATE KEY-----'],
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)/g,
    shown: '[redacted]',
  },
  {
    hints: ['eyJ'],
    pattern: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*/g,
    shown: '[redacted]',
  },
  {
    // https://docs.slack.dev/authentication/tokens
    hints: ['xox', 'xapp-'],
    pattern: /(?<![A-Za-z0-9-])(?:xoxe\.)?(?:xox[abceprs]|xapp)-[A-Za-z0-9-]{10,}/g,
    shown: '[redacted]',
  },
  {
    // https://core.telegram.org/bots/api#authorizing-your-bot
    hints: [':'],
    pattern: /(?<![0-9])[0-9]{8,10}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g,
    shown: '[redacted]',
  },
  {
    // Also those that were cut off, which the scanner passes over.
    hints: ['gh', 'glpat-', 'rnd_', 'sk-', 'sk_'],
    pattern:
      /(?<![A-Za-z0-9_-])(?:gh[pousr]_|github_pat_|glpat-|rnd_|sk-|sk_live_|sk_test_)[A-Za-z0-9_-]{20,}/g,
    shown: '[redacted]',
  },
  {
    hints: ['earer', 'EARER', 'asic', 'oken'],
    pattern:
      /(?<![A-Za-z0-9])(authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:bearer|basic|token)\s{1,3})[A-Za-z0-9._~+/=-]{6,}/gi,
    shown: '$1[redacted]',
  },
  {
    hints: ['earer', 'EARER'],
    pattern: /(?<![A-Za-z0-9])(bearer\s{1,3})[A-Za-z0-9._~+/=-]{20,}/gi,
    shown: '$1[redacted]',
  },
  {
    hints: ['://'],
    pattern: /(?<=[a-z0-9+.-]:\/\/)([^\s/:@"'<>]{0,256}:)[^\s/"'<>]{1,1024}(?=@)/gi,
    shown: '$1[redacted]',
  },
  {
    // `env`, .env files, command lines, query strings: DB_PASSWORD=…
    hints: ['='],
    pattern: new RegExp(`(${NAMES}=["']?)(?![$%{[(<])[^\\s"'&;,<>]{6,1024}`, 'gi'),
    shown: '$1[redacted]',
  },
  {
    // JSON and YAML; a digit in it tells a secret from a sentence.
    hints: [':', '='],
    pattern: new RegExp(
      `(${NAMES}\\\\?["']?\\s{0,3}[:=]\\s{0,3}\\\\?["']?)(?![$%{[(<])(?=[^\\s"'\\\\0-9]{0,200}[0-9])[^\\s"'\\\\,<>]{6,1024}`,
      'gi',
    ),
    shown: '$1[redacted]',
  },
];

/** Takes out private keys, well-known kinds of token, authorization headers, passwords in URLs, and what is called a secret where it stands. */
export function redactPatterns(text: string): string {
  let shown = text;
  for (const { hints, pattern, shown: replacement } of PATTERNS)
    if (hints.some((hint) => shown.includes(hint))) shown = shown.replace(pattern, replacement);
  return shown;
}
