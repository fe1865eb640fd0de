import type { Read } from '../components/component.ts';
import type { ArgvCall } from '../domain/call.ts';
import { clockDiagnosis, type Diagnosis, doubtful, good, wrong } from '../domain/diagnosis.ts';
import type { Target } from '../domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import { HOST_SCRIPT, NEEDED_PROGRAMS } from './host-script.ts';
import { shellWord } from './shell-word.ts';

/** What a host told about itself. */
export interface HostFacts {
  readonly user: string;
  readonly isRoot: boolean;
  /** As sudo prints it: `1.9.13p3`; empty where there is none. */
  readonly sudoVersion: string;
  /** Folder for the receipts of changes, and whether it can be made or written. */
  readonly receipts: string;
  readonly writable: boolean;
  /** How far its clock is ahead of ours, milliseconds. */
  readonly aheadMs: number;
  /** The mark of the gate our key opens there; empty where it opens everything. */
  readonly gate: string;
  /** The address under which it sees us; empty where it does not say. */
  readonly seesUsAs: string;
  /** Full paths of the programs that were found, by name. */
  readonly programs: ReadonlyMap<string, string>;
}

/** The one call by which a host is asked about itself; `programs` are looked for besides those that are always needed. */
export function hostCall({ settings }: Target, programs: readonly string[]): ArgvCall {
  const { receipts } = settings;
  const wanted = [...new Set([...NEEDED_PROGRAMS, 'setsid', 'nohup', 'sudo', ...programs])];
  const folder = typeof receipts === 'string' ? receipts : '';
  return { kind: 'argv', argv: ['sh', '-c', HOST_SCRIPT, 'doctor', folder, ...wanted] };
}

/** Asks a host about itself. */
export async function askHost(
  read: Read,
  target: Target,
  programs: readonly string[],
): Promise<Outcome<HostFacts>> {
  const from = Date.now();
  const answer = await read(hostCall(target, programs));
  if (answer.kind !== 'succeeded') return answer;
  return factsIn(answer.value.stdout, from + (Date.now() - from) / 2);
}

/** Lines to be copied are made of these, so they must be what they seem. */
const ACCOUNT = /^[\w.@\\-]+\$?$/;
const PATH = /^\/[\w.+/-]+$/;

function factsIn(text: string, askedAt: number): Outcome<HostFacts> {
  const told = new Map(
    text.split('\n').flatMap((line) => {
      const border = line.indexOf('=');
      return border > 0 ? [[line.slice(0, border), line.slice(border + 1)] as const] : [];
    }),
  );
  const user = told.get('user') ?? '';
  if (!ACCOUNT.test(user))
    return failed(
      'TARGET_UNEXPECTED_ANSWER',
      'the host answers, but not as a POSIX shell would',
      'See what its login shell prints before a command: `ssh HOST true` must print nothing.',
    );
  const programs = [...told].flatMap(([name, path]) =>
    name.startsWith('program.') && PATH.test(path) ? [[name.slice('program.'.length), path] as const] : [],
  );
  return succeeded({
    user,
    isRoot: told.get('uid') === '0',
    sudoVersion: /version (\S+)/i.exec(told.get('sudo') ?? '')?.[1] ?? '',
    receipts: told.get('receipts') ?? '',
    writable: told.get('writable') === 'yes',
    // It tells whole seconds.
    aheadMs: Number(told.get('time')) * 1_000 + 500 - askedAt,
    gate: /^\w+$/.exec(told.get('gate') ?? '')?.[0] ?? '',
    seesUsAs: /^[\da-f.:]+$/i.exec(told.get('from') ?? '')?.[0] ?? '',
    programs: new Map(programs),
  });
}

/** Judges what a host told, for one that is reached over a network or for this machine. */
export function hostDiagnoses(facts: HostFacts, where: 'there' | 'here'): readonly Diagnosis[] {
  const clock =
    where === 'here' ? [] : [clockDiagnosis('its clock', facts.aheadMs, 'whichever of the two is wrong')];
  return [tools(facts), ...detaching(facts), receipts(facts), ...clock];
}

function tools({ programs }: HostFacts): Diagnosis {
  const missing = NEEDED_PROGRAMS.filter((name) => !programs.has(name));
  if (missing.length === 0) return good('sh, base64 and the other programs a step needs are there');
  return wrong(
    `programs a step needs are missing: ${missing.join(', ')}`,
    'Install them there: apt-get install -y coreutils findutils',
  );
}

function detaching({ programs }: HostFacts): readonly Diagnosis[] {
  if (programs.has('setsid')) return [];
  const mend = 'Install it there: apt-get install -y util-linux';
  return programs.has('nohup')
    ? [
        doubtful(
          'setsid is missing; nohup stands in for it, so that a step may be ended with its session',
          mend,
        ),
      ]
    : [wrong('neither setsid nor nohup is there, so that no step outlives its connection', mend)];
}

function receipts({ receipts: folder, writable, user }: HostFacts): Diagnosis {
  if (writable) return good(`receipts of changes can be kept in ${folder}`);
  return wrong(
    `${user} cannot keep the receipts of changes in ${folder}`,
    `Make the folder there, as root: install -d -m 700 -o ${user} ${shellWord(folder)}`,
  );
}
