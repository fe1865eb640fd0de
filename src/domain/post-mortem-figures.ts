import { formatDuration } from './duration.ts';
import type { TimelineKind } from './incident.ts';
import { actorOf, type PostMortemFacts, shown, tookMs, utcTime } from './post-mortem-facts.ts';

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const MISSING = '—';

const took = (ms: number | null): string => (ms === null ? MISSING : formatDuration(ms));

const when = (at: number | undefined): string => (at === undefined ? MISSING : `${utcTime(at)} UTC`);

/** When it was noticed: the first alert that came, else when it was opened. */
export const detectedAt = ({ incident, alerts }: PostMortemFacts): number =>
  Math.min(
    incident.openedAt,
    ...alerts.map(({ firstSeen }) => firstSeen).filter((at) => at >= incident.impactSince),
  );

function placeOf(facts: PostMortemFacts): string {
  const { incident, serviceTitle } = facts;
  const { service, environment } = incident;
  if (service === undefined) return MISSING;
  const title =
    serviceTitle === undefined || serviceTitle === service ? service : `${serviceTitle} (${service})`;
  return shown(facts, environment === undefined ? title : `${title} in ${environment}`);
}

function roleRows(facts: PostMortemFacts): readonly string[] {
  return Object.entries(facts.incident.roles).map(([role, key]) =>
    row([shown(facts, role), actorOf(facts, key)]),
  );
}

/** The head: what it is about, and when. */
export function headPart(facts: PostMortemFacts): string {
  const { incident, alerts } = facts;
  const { id, title, severity, state, impactSince, resolvedAt } = incident;
  return [
    `# Post-mortem of ${id}: ${shown(facts, title)}`,
    '',
    row(['', '']),
    row(['---', '---']),
    row(['Incident', `${id}, ${severity}, ${state}`]),
    row(['Service', placeOf(facts)]),
    row(['Began', when(impactSince)]),
    row(['Ended', when(resolvedAt)]),
    row(['Lasted', took(tookMs(impactSince, resolvedAt))]),
    row(['Alerts', String(alerts.length)]),
    ...roleRows(facts),
  ].join('\n');
}

interface Figure {
  readonly what: string;
  readonly ms: number | null;
  /** Milliseconds that its severity allows; absent = nothing is demanded. */
  readonly allowedMs?: number;
}

function figuresOf(facts: PostMortemFacts): readonly Figure[] {
  const { incident, settings } = facts;
  const { impactSince, openedAt, acknowledgedAt, mitigatedAt, resolvedAt, published } = incident;
  const noticed = detectedAt(facts);
  return [
    { what: 'From its beginning until it was detected', ms: tookMs(impactSince, noticed) },
    {
      what: 'From the opening until somebody acknowledged it',
      ms: tookMs(openedAt, acknowledgedAt),
      allowedMs: settings.respondMs,
    },
    { what: 'From its detection until the first public word', ms: tookMs(noticed, published?.firstAt) },
    { what: 'From its beginning until users did not feel it any more', ms: tookMs(impactSince, mitigatedAt) },
    {
      what: 'From its beginning until it was resolved',
      ms: tookMs(impactSince, resolvedAt),
      allowedMs: settings.resolveMs,
    },
  ];
}

function judged({ ms, allowedMs }: Figure): string {
  if (allowedMs === undefined) return '';
  const demand = `at most ${formatDuration(allowedMs)}`;
  if (ms === null) return demand;
  return ms <= allowedMs ? `${demand}: held` : `${demand}: **missed**`;
}

const counted = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`;

function noticed({ timeline, incident, alerts }: PostMortemFacts): readonly string[] {
  const of = (kind: TimelineKind): number => timeline.filter((entry) => entry.kind === kind).length;
  const lapsed = of('acknowledgement ended');
  const flapping = alerts.filter(({ isFlapping }) => isFlapping).length + of('alert flaps');
  return [
    `- ${counted(of('paged'), 'page')} went out, ${of('page failed')} could not be delivered`,
    ...(incident.acknowledgedAt === undefined && incident.resolvedAt !== undefined
      ? ['- nobody ever acknowledged it']
      : []),
    ...(lapsed === 0 ? [] : [`- ${counted(lapsed, 'acknowledgement')} ended because nobody answered`]),
    ...(incident.reopened === 0 ? [] : [`- it was reopened ${counted(incident.reopened, 'time')}`]),
    ...(flapping === 0 ? [] : ['- alerts flapped']),
  ];
}

/** Detection and response in figures. */
export const responsePart = (facts: PostMortemFacts): string =>
  [
    row(['', 'Took', 'Demanded']),
    row(['---', '---', '---']),
    ...figuresOf(facts).map((figure) => row([figure.what, took(figure.ms), judged(figure)])),
    '',
    ...noticed(facts),
  ].join('\n');
