import type { Context } from '../../src/dispatch/command.ts';
import type { CallResult } from '../../src/domain/call.ts';
import type { PlacedComponent } from '../../src/domain/configuration.ts';
import { formatDuration } from '../../src/domain/duration.ts';
import { type Target, targetKey } from '../../src/domain/fleet.ts';
import {
  type ContainerUse,
  type HostReading,
  type ProcessReading,
  readContainerUse,
  readHost,
} from '../../src/domain/host-reading.ts';
import { HOST_ARGV, STATS_ARGV } from '../../src/domain/host-script.ts';
import type { Field, Part } from '../../src/domain/message.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { Subject } from '../../src/domain/subject.ts';

/** Kinds of target on which programs run. */
const HOSTS: readonly string[] = ['ssh', 'local'];

/** Kinds of component that an engine on the host keeps. */
const CONTAINERS: readonly string[] = ['compose', 'container'];

/** Milliseconds a host gets to tell; the status is shown whatever becomes of it. */
const PATIENCE_MS = 5_000;

const MOST_PROCESSES = 5;
const MOST_PORTS = 40;

interface Host {
  readonly target: Target;
  /** Whether the engine there is to be asked, and how. */
  readonly engine?: { readonly sudo: boolean };
}

const isSudo = ({ settings }: PlacedComponent): boolean =>
  typeof settings === 'object' && settings !== null && Reflect.get(settings, 'sudo') === true;

function hostsOf({ components }: Pick<Subject, 'components'>): readonly Host[] {
  const here = components.filter(({ target }) => HOSTS.includes(target.kind));
  const keys = [...new Set(here.map(({ target }) => targetKey(target)))];
  return keys.flatMap((key) => {
    const on = here.filter(({ target }) => targetKey(target) === key);
    const contained = on.find(({ kind }) => CONTAINERS.includes(kind));
    const [first] = on;
    if (first === undefined) return [];
    return [
      { target: first.target, ...(contained === undefined ? {} : { engine: { sudo: isSudo(contained) } }) },
    ];
  });
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

function sizeText(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${Number((bytes / 1_024 ** step).toFixed(step === 0 ? 0 : 1))} ${UNITS[step]}`;
}

const field = (label: string, value: string | undefined): readonly Field[] =>
  value === undefined || value === '' ? [] : [{ label, value }];

function fieldsOf({
  uptimeMs,
  load,
  processors,
  memory,
  swap,
  disks,
  listening,
}: HostReading): readonly Field[] {
  const many =
    processors === undefined ? '' : ` on ${processors} ${processors === 1 ? 'processor' : 'processors'}`;
  const more = listening.length > MOST_PORTS ? ` and ${listening.length - MOST_PORTS} more` : '';
  return [
    ...field('Up for', uptimeMs === undefined ? undefined : formatDuration(uptimeMs)),
    ...field('Load', load === undefined ? undefined : `${load.join(' ')}${many}`),
    ...field(
      'Memory',
      memory === undefined
        ? undefined
        : `${sizeText(memory.availableBytes)} of ${sizeText(memory.bytes)} available`,
    ),
    ...field(
      'Swap',
      swap === undefined
        ? undefined
        : `${sizeText(swap.bytes - swap.freeBytes)} of ${sizeText(swap.bytes)} used`,
    ),
    ...field(
      'Disks',
      disks
        .map(
          ({ mount, usedPercent, availableBytes }) =>
            `${mount} ${usedPercent}% used, ${sizeText(availableBytes)} left`,
        )
        .join('\n'),
    ),
    ...field('Listens on', `${listening.slice(0, MOST_PORTS).join(', ')}${more}`),
  ];
}

const processRow = ({
  pid,
  bytes,
  cpuPercent,
  command,
}: ProcessReading): readonly { readonly text: string }[] =>
  [pid, sizeText(bytes), `${cpuPercent}%`, command.slice(0, 80)].map((text) => ({ text }));

const useRow = ({ name, cpu, memory, memoryPercent }: ContainerUse): readonly { readonly text: string }[] =>
  [name, cpu, `${memory} (${memoryPercent})`].map((text) => ({ text }));

/** Command lines may hold secrets that their owners put there. */
function partsOf(reading: HostReading, redact: Context['redact']): readonly Part[] {
  const shown = reading.processes.slice(0, MOST_PROCESSES);
  const rows = shown.map((one) => processRow({ ...one, command: redact(one.command) }));
  return [
    { kind: 'fields', fields: fieldsOf(reading) },
    ...(rows.length === 0
      ? []
      : [{ kind: 'table' as const, columns: ['PID', 'Memory', 'CPU', 'Most memory'], rows }]),
  ];
}

const wordsOf = (answer: Outcome<CallResult>, what: string): string => {
  if (answer.kind !== 'succeeded') return `${what}: ${answer.message}`;
  const [said = ''] = answer.value.stderr.trim().split('\n');
  return `${what}: ${said || `exit code ${answer.value.code}`}`;
};

const BOUNDS = { deadlineMs: PATIENCE_MS } as const;

async function factParts(context: Context, { target }: Host): Promise<readonly Part[]> {
  const answer = await context.fleet.read(target)({ kind: 'argv', argv: HOST_ARGV }, BOUNDS);
  const reading = answer.kind === 'succeeded' ? readHost(answer.value.stdout) : undefined;
  const title = `Host ${target.name}${reading?.name === undefined ? '' : ` (${reading.name})`}`;
  const parts =
    reading === undefined
      ? [{ kind: 'text' as const, text: context.redact(wordsOf(answer, 'It could not be looked at')) }]
      : partsOf(reading, context.redact);
  return [{ kind: 'text', text: title }, ...parts];
}

async function engineParts(context: Context, { target, engine }: Host): Promise<readonly Part[]> {
  if (engine === undefined) return [];
  const call = { kind: 'argv', argv: STATS_ARGV, sudo: engine.sudo } as const;
  const answer = await context.fleet.read(target)(call, BOUNDS);
  if (answer.kind !== 'succeeded' || answer.value.code !== 0)
    return [{ kind: 'context', text: context.redact(wordsOf(answer, 'docker stats')) }];
  const rows = readContainerUse(answer.value.stdout).map(useRow);
  return rows.length === 0 ? [] : [{ kind: 'table', columns: ['Container', 'CPU', 'Memory'], rows }];
}

const hostParts = async (context: Context, host: Host): Promise<readonly Part[]> =>
  (await Promise.all([factParts(context, host), engineParts(context, host)])).flat();

/** Whether any of these components lives on a host that can tell how it stands. */
export const hasHost = (subject: Pick<Subject, 'components'>): boolean => hostsOf(subject).length > 0;

/** How the hosts of these components stand right now; whatever cannot be had is said in its place. */
export async function hostFacts(
  context: Context,
  subject: Pick<Subject, 'components'>,
): Promise<readonly Part[]> {
  const hosts = hostsOf(subject);
  if (hosts.length === 0)
    return [{ kind: 'text', text: 'None of it lives on a host that can be looked at.' }];
  return (await Promise.all(hosts.map((host) => hostParts(context, host)))).flat();
}
