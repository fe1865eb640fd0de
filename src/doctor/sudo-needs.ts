import type { ComponentKind } from '../components/component.ts';
import type { Call } from '../domain/call.ts';
import type { Configuration } from '../domain/configuration.ts';
import { type Target, targetKey } from '../domain/fleet.ts';

/** One program that may do the work, through sudo. */
export interface SudoWay {
  readonly argv: readonly string[];
  /** Whether it is there is told by this; it is run through sudo, too, before the work. */
  readonly probe?: readonly string[];
}

/** Something that `sudo -n` must run on a target: one way, or several of which the target has one. */
export interface SudoNeed {
  readonly ways: readonly SudoWay[];
  /** True where only `restart --recreate` or `logs` would not work without. */
  readonly optional: boolean;
}

/** How `src/components/compose/calls.ts` writes the programs between which its launcher chooses. */
const LAUNCHED = /exec sudo -n ([\w -]+) "\$@"/g;

/** The ways in which a call goes through sudo; none where it does not. */
export function sudoWays(call: Call): readonly SudoWay[] {
  if (call.kind !== 'argv') return [];
  if (call.sudo === true) return [{ argv: call.argv }];
  const [shell, option, script = '', , ...args] = call.argv;
  if (shell !== 'sh' || option !== '-c') return [];
  return [...script.matchAll(LAUNCHED)].map(([, words = '']) => {
    const program = words.split(' ');
    return { argv: [...program, ...args], probe: [...program, 'version'] };
  });
}

/** What a target's components are made of. */
export interface Fleet {
  readonly configuration: Pick<Configuration, 'services' | 'targets'>;
  readonly kinds: readonly ComponentKind[];
}

interface Step {
  readonly call: Call;
  readonly optional: boolean;
}

function stepsOn({ configuration, kinds }: Fleet, target: Target): readonly Step[] {
  const here = configuration.services
    .flatMap(({ components }) => components)
    .filter((placed) => targetKey(placed.target) === targetKey(target));
  return here.flatMap((placed) => {
    const component = kinds.find(({ kind }) => kind === placed.kind)?.bind(placed.settings, placed);
    return (component?.actions ?? []).flatMap((action) =>
      (component?.steps(action) ?? []).map(({ call }) => ({ call, optional: action === 'recreate' })),
    );
  });
}

/** Everything the steps of a target's components, and the engines behind it, do through sudo; each once. */
export function sudoNeeds(fleet: Fleet, target: Target): readonly SudoNeed[] {
  const engines = fleet.configuration.targets.filter(
    ({ environment, settings }) =>
      environment === target.environment && settings.via === target.name && settings.sudo === true,
  );
  const streams = engines.map(() => ({
    ways: [{ argv: ['docker', 'system', 'dial-stdio'] }],
    optional: false,
  }));
  const needs = stepsOn(fleet, target).map(({ call, optional }) => ({ ways: sudoWays(call), optional }));
  return eachOnce([...streams, ...needs].filter(({ ways }) => ways.length > 0));
}

/** The programs whose places on the host are of interest. */
export const programsOf = (needs: readonly SudoNeed[]): readonly string[] => [
  ...needs.flatMap(({ ways }) => ways.map(({ argv }) => argv[0] ?? '')),
  ...['systemctl', 'journalctl', 'docker', 'docker-compose', 'tail', 'stat'],
];

/** Steps that alter units of the system without sudo, as people would type them: only root, or polkit, lets that pass. */
export function bareUnitSteps(fleet: Fleet, target: Target): readonly string[] {
  const bare = stepsOn(fleet, target).flatMap(({ call, optional }) =>
    !optional && call.kind === 'argv' && call.sudo !== true && call.argv[0] === 'systemctl'
      ? [call.argv]
      : [],
  );
  return [...new Set(bare.filter((argv) => !argv.includes('--user')).map((argv) => argv.join(' ')))];
}

/** What is needed in any case comes first, so that it is what is kept. */
function eachOnce(needs: readonly SudoNeed[]): readonly SudoNeed[] {
  const ordered = needs.toSorted((a, b) => Number(a.optional) - Number(b.optional));
  const keys = ordered.map(({ ways }) => JSON.stringify(ways));
  return ordered.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}
