import type { Incident } from '../domain/incident.ts';
import type { StatusDraft } from '../domain/status-draft.ts';
import type { LintFacts } from '../domain/status-finding.ts';
import { statusOf } from '../domain/status-rollup.ts';
import { isClosing, type StatusUpdate } from '../domain/status-update.ts';
import { type Drafting, subjectOf } from './status-drafting.ts';
import type { StatusPorts } from './status-ports.ts';

const hostOf = (url: string | undefined): readonly string[] =>
  url !== undefined && URL.canParse(url) ? [new URL(url).hostname] : [];

/** Names and addresses of targets; one that is also the name of a service or component is a word of users. */
function innerNames({ configuration, settings }: StatusPorts): readonly string[] {
  const words = [
    ...configuration.services.flatMap(({ name, title }) => [name, title]),
    ...settings.components.flatMap(({ name, title }) => [name, title]),
  ].map((word) => word.toLowerCase());
  const names = configuration.targets.flatMap(({ name, settings: { host } }) => [
    name,
    ...(typeof host === 'string' ? [host] : []),
  ]);
  return [...new Set(names)].filter((name) => !words.includes(name.toLowerCase()));
}

interface Place {
  readonly service: string;
  readonly environment?: string;
}

const placeOf = ({ service, environment }: { readonly service?: string; readonly environment?: string }) =>
  service === undefined ? [] : [{ service, ...(environment === undefined ? {} : { environment }) }];

/** What an update speaks of, as we call it. */
function placesOf(
  { settings }: StatusPorts,
  names: readonly string[],
  incident: Incident | undefined,
): readonly Place[] {
  const parts = settings.components.filter(({ name }) => names.includes(name)).flatMap(placeOf);
  return [...parts, ...placeOf(incident ?? {})];
}

/** Keys are `service:check@environment` and `service/component@environment`. */
const isOf =
  (key: string) =>
  ({ service, environment }: Place): boolean =>
    (key.startsWith(`${service}:`) || key.startsWith(`${service}/`)) &&
    (environment === undefined || key.endsWith(`@${environment}`));

async function failingAt(ports: StatusPorts, places: readonly Place[]): Promise<readonly string[]> {
  const states = await ports.journal.checks.all();
  return states
    .filter(({ key, verdict }) => verdict === 'fail' && places.some(isOf(key)))
    .map(({ key, last }) => `${key} (${last.summary})`);
}

/** Checks that fail of what a draft says is well. */
export async function failingChecksOf(
  ports: StatusPorts,
  { of, update }: Pick<StatusDraft, 'of' | 'update'>,
): Promise<readonly string[]> {
  if (!isClosing(update.status)) return [];
  const before = of === '' ? undefined : await ports.journal.statusPage.find(of);
  const names = [...Object.keys(update.components), ...(before?.affected ?? [])];
  return failingAt(ports, placesOf(ports, names, await ports.journal.incidents.find(of)));
}

async function stillOpen({ ports, wish }: Drafting): Promise<string | undefined> {
  if (wish.about.kind !== 'incident' || !isClosing(wish.status)) return undefined;
  const { id, state } = wish.about.incident;
  const { firing } = await ports.journal.incidents.alertCounts(id);
  if (firing > 0) return `${firing} of its alerts still fire`;
  return state === 'resolved' ? undefined : `${id} is ${state} here`;
}

/** Everything that an update is judged by. */
export async function lintFacts(drafting: Drafting, update: StatusUpdate): Promise<LintFacts> {
  const { ports, wish, before, open, now } = drafting;
  const { settings } = ports;
  const others = open.filter(({ of }) => of !== subjectOf(wish));
  const affected = [...Object.keys(update.components), ...(before?.affected ?? [])];
  const open_ = await stillOpen(drafting);
  return {
    now,
    redact: ports.redact,
    allowedHosts: [...settings.allowedHosts, ...hostOf(ports.url), ...hostOf(settings.support)],
    innerNames: innerNames(ports),
    ...(before === undefined ? {} : { before: before.status }),
    hasNote: wish.note !== undefined || (wish.text === undefined && before !== undefined),
    failingChecks: await failingChecksOf(ports, { of: subjectOf(wish), update }),
    ...(open_ === undefined ? {} : { stillOpen: open_ }),
    after: settings.components
      .filter(({ name }) => affected.includes(name))
      .map(({ name, title }) => ({
        title,
        status: update.components[name] ?? 'operational',
        others: statusOf(name, others),
      })),
    limits: {
      title: Math.min(...ports.backends.map(({ limits }) => limits.title)),
      body: Math.min(...ports.backends.map(({ limits }) => limits.body)),
    },
  };
}
