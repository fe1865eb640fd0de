import { DateTime } from 'luxon';
import { formatDuration } from './duration.ts';
import { componentKey } from './fleet.ts';
import type { Bounds, MatchKey, PolicyMatch, PolicyQuestion, PolicySubject } from './policy.ts';
import { failuresWithin } from './recent-failures.ts';
import { windowText } from './window-text.ts';

const boundsText = ({ min, max }: Bounds): string => {
  if (min !== undefined && min === max) return String(min);
  return [min === undefined ? '' : `at least ${min}`, max === undefined ? '' : `at most ${max}`]
    .filter((text) => text !== '')
    .join(', ');
};

const or = (words: readonly string[]): string => words.join(' or ');

type Wanted = { readonly [Key in MatchKey]: (wanted: NonNullable<PolicyMatch[Key]>) => string };

/** What a key of a rule wants. */
const WANTED: Wanted = {
  verb: or,
  risk: or,
  service: or,
  environment: or,
  targetKind: or,
  components: boundsText,
  hosts: boundsText,
  frozen: (frozen) => (frozen ? 'frozen' : 'free'),
  severity: or,
  recentFailures: ({ atLeast }) => `at least ${atLeast}`,
  hours: (windows) => or(windows.map(windowText)),
  channel: or,
  role: or,
};

function wantedText<Key extends MatchKey>(key: Key, rule: PolicyMatch): string {
  const wanted = rule[key];
  return wanted === undefined ? '' : WANTED[key](wanted);
}

const UNKNOWN = 'not known';

const countedIn = ({ recentFailures }: PolicyMatch, question: PolicyQuestion): string => {
  const within = recentFailures?.withinMs ?? 0;
  return `${failuresWithin(within, question)?.length ?? UNKNOWN} in ${formatDuration(within)}`;
};

const timeText = ({ hours = [] }: PolicyMatch, { at }: PolicyQuestion): string => {
  const zone = hours.flatMap((window) => ('zone' in window ? [window.zone] : []))[0] ?? 'UTC';
  return DateTime.fromMillis(at, { zone, locale: 'en' }).toFormat('ccc HH:mm');
};

/** What a question says to a key of a rule. */
function actualText(key: MatchKey, question: PolicyQuestion, rule: PolicyMatch): string {
  const { subject, roles, targetKinds, blast, frozen } = question;
  const said: Readonly<Record<MatchKey, string | undefined>> = {
    verb: question.verb,
    risk: question.risk,
    service: subject?.service,
    environment: subject?.environment,
    targetKind: targetKinds?.join(' and '),
    components: blast?.components.toString(),
    hosts: blast?.hosts.toString(),
    frozen: frozen === undefined ? undefined : WANTED.frozen(frozen),
    severity: question.severity,
    recentFailures: countedIn(rule, question),
    hours: timeText(rule, question),
    channel: question.channel,
    role: roles.join(' and ') || 'no role',
  };
  return said[key] ?? UNKNOWN;
}

/** `karmabot/app@production`, or `karmabot@production` for a service as a whole. */
export const whereText = (subject: PolicySubject): string =>
  'component' in subject ? componentKey(subject) : `${subject.service}@${subject.environment}`;

/** How people call a key: as it is written. */
export const KEY_NAMES: Readonly<Record<MatchKey, string>> = {
  verb: 'verb',
  risk: 'risk',
  service: 'service',
  environment: 'environment',
  targetKind: 'target_kind',
  components: 'components',
  hosts: 'hosts',
  frozen: 'frozen',
  severity: 'severity',
  recentFailures: 'recent_failures',
  hours: 'hours',
  channel: 'channel',
  role: 'role',
};

/** Why a key of a rule does not hold: `environment: production, not staging`. */
export const whyNotKey = (key: MatchKey, rule: PolicyMatch, question: PolicyQuestion): string =>
  `${KEY_NAMES[key]}: ${actualText(key, question, rule)}, not ${wantedText(key, rule)}`;
