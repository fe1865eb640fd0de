import type { Level } from '../../domain/alert.ts';

/** What senders call the same level, in lower case; facts: Prometheus, PagerDuty, Opsgenie, Grafana, syslog. */
const WORDS: Readonly<Record<Exclude<Level, 'unknown'>, string>> = {
  critical:
    'critical crit page disaster fatal emergency emerg panic alert blocker urgent highest p0 p1 sev0 sev1 s1',
  error: 'error err errors major high average severe p2 sev2 s2',
  warning: 'warning warn minor medium moderate degraded p3 sev3 s3',
  info: 'info information informational notice debug trivial none low lowest ok normal p4 p5 sev4 sev5 s4 s5',
};

const LEVEL_OF = new Map<string, Level>(
  (['critical', 'error', 'warning', 'info'] as const).flatMap((level) =>
    WORDS[level].split(' ').map((word): [string, Level] => [word, level]),
  ),
);

/** The level of a sender's word for it, after the source's own scale (keys in lower case); unknown for any other word. */
export const levelOf = (said: string | undefined, own: Readonly<Record<string, Level>> = {}): Level => {
  const word = said?.trim().toLowerCase().slice(0, 64) ?? '';
  if (Object.hasOwn(own, word)) return own[word] ?? 'unknown';
  return LEVEL_OF.get(word) ?? LEVEL_OF.get(word.replace(/[^a-z0-9]/g, '')) ?? 'unknown';
};
