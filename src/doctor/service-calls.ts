import { backupKinds } from '../backups/registry.ts';
import type { StreamedProgram } from '../domain/backup-call.ts';
import type { PlacedService } from '../domain/configuration.ts';
import { ALTER_VARIABLE, LIST_NAMES, type PlacedEnvFile } from '../domain/env-file.ts';
import { type Target, targetKey } from '../domain/fleet.ts';
import { HOST_ARGV, STATS_ARGV } from '../domain/host-script.ts';
import type { PlacedProcedure, RunTemplate } from '../domain/procedure.ts';
import { fillText } from '../domain/procedure-words.ts';
import { type CallWord, type Shape, withShapes } from './call-words.ts';
import { parameterShape } from './parameter-shape.ts';
import type { TargetCall } from './target-calls.ts';

/** Whether a component of a service lives on a target. */
export const isHere = (service: PlacedService, component: string, target: Target): boolean =>
  service.components.some(
    (placed) => placed.ref.component === component && targetKey(placed.target) === targetKey(target),
  );

/** Who runs something, as the settings say it. */
interface As {
  readonly sudo?: boolean;
  readonly user?: string;
}

const by = ({ sudo, user }: As): Pick<TargetCall, 'sudo' | 'user'> => ({
  sudo: user === undefined && sudo === true,
  ...(user === undefined ? {} : { user }),
});

const NUL = '\0';

/** Words with placeholders as words of which some vary. */
function templateWords(argv: readonly string[], { parameters }: PlacedProcedure): readonly CallWord[] {
  const marks = new Map(parameters.map((one) => [`${NUL}${one.name}${NUL}`, parameterShape(one)]));
  const values = Object.fromEntries(parameters.map(({ name }) => [name, `${NUL}${name}${NUL}`]));
  return argv.map((word) => withShapes(fillText(word, values), marks));
}

function stepCalls(
  service: PlacedService,
  procedure: PlacedProcedure,
  step: RunTemplate,
): readonly TargetCall[] {
  const about = {
    ...by(step),
    ...(step.cwd === undefined ? {} : { cwd: step.cwd }),
    way: procedure.risk === 'read' ? ('read' as const) : ('change' as const),
    why: `${service.name}@${service.environment}: run ${procedure.name}`,
    optional: true,
  };
  const words = templateWords(step.argv, procedure);
  if (step.undo === undefined) return [{ words, ...about }];
  const undo = templateWords(step.undo, procedure);
  return [
    { words, ...about },
    { ...about, words: undo, why: `${about.why} --undo` },
  ];
}

/** The programs of a service's procedures on a target. */
export const procedureCalls = (service: PlacedService, target: Target): readonly TargetCall[] =>
  service.procedures.flatMap((procedure) =>
    procedure.steps.flatMap((step) =>
      step.kind === 'run' && isHere(service, step.component, target)
        ? stepCalls(service, procedure, step)
        : [],
    ),
  );

const HEX = '[0-9a-f]';
const RECEIPT: Shape = {
  ere: `${HEX}{8}-${HEX}{4}-${HEX}{4}-${HEX}{4}-${HEX}{12}`,
  of: new Set('0123456789abcdef-'),
  globs: [[8, 4, 4, 4, 12].map((count) => HEX.repeat(count)).join('-')],
};
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** A name of a variable; where each needs a line of its own, those that the settings name have one. */
const nameShape = ({ required }: PlacedEnvFile): Shape => ({
  ere: '[A-Za-z_][A-Za-z0-9_]{0,127}',
  of: new Set(`${LETTERS}0123456789_`),
  globs: Object.keys(required),
  lacks: 'only the variables under `required` of env_file: add others there, and make this file anew',
});

/** What is read of the file with a service's variables: their names, and who altered one last. */
export const namesWords = ({ path }: PlacedEnvFile): readonly string[] => [
  ...['sed', '-n'],
  ...LIST_NAMES.flatMap((each) => ['-e', each]),
  ...['--', path],
];

function variableCalls(service: PlacedService, target: Target): readonly TargetCall[] {
  const { envFile: file } = service;
  if (file === undefined || !isHere(service, file.component, target)) return [];
  const about = {
    ...by(file),
    why: `${service.name}@${service.environment}: config`,
    optional: true,
  };
  const alter = ['sh', '-c', ALTER_VARIABLE, 'sh'];
  const line: CallWord = { parts: ['# botswain: ', RECEIPT] };
  const name: CallWord = { parts: [nameShape(file)] };
  return [
    { ...about, way: 'read', words: namesWords(file) },
    { ...about, way: 'read', words: ['grep', '-c', '-x', '-F', '-e', line, '--', file.path] },
    { ...about, way: 'transfer', words: [...alter, 'set', file.path, name, { parts: [RECEIPT] }] },
    { ...about, way: 'change', words: [...alter, 'unset', file.path, name, 'altered'] },
    { ...about, way: 'change', words: [...alter, 'back', file.path, '', 'altered'] },
  ];
}

/** The id of a change as it gets into names: `c142`. */
const CHANGE: Shape = {
  ere: 'c[0-9]{1,9}',
  of: new Set('c0123456789'),
  globs: [1, 2, 3, 4, 5, 6].map((digits) => `c${'[0-9]'.repeat(digits)}`),
};

function backupCalls(service: PlacedService, target: Target): readonly TargetCall[] {
  return service.backups.flatMap((backup) => {
    const kind = backupKinds.find((one) => one.kind === backup.kind);
    if (kind === undefined || !isHere(service, backup.component, target)) return [];
    const { dump, version, verify, restore } = kind.bind(backup);
    const call = (program: StreamedProgram, what: string): TargetCall => ({
      words: program.argv.map((word) => withShapes(word, new Map([['{change}', CHANGE]]))),
      ...by(program),
      ...(program.cwd === undefined ? {} : { cwd: program.cwd }),
      way: 'transfer',
      why: `${service.name}@${service.environment}: ${what} ${backup.name}`,
      optional: true,
    });
    return [
      ...[dump, version, verify].map((program) => call(program, 'backup')),
      ...restore.map(({ program }) => call(program, 'restore')),
    ];
  });
}

/** Every program that the procedures, backups and variables of a service make Botswain run on a target. */
export const serviceCalls = (service: PlacedService, target: Target): readonly TargetCall[] => [
  ...procedureCalls(service, target),
  ...variableCalls(service, target),
  ...backupCalls(service, target),
];

/** Kinds of component of which `status --host` asks the engine what they use. */
const CONTAINED: readonly string[] = ['compose', 'container'];

const isSudo = (settings: unknown): boolean =>
  typeof settings === 'object' && settings !== null && Reflect.get(settings, 'sudo') === true;

/** What `status --host` reads where components live. */
export function hostCalls(services: readonly PlacedService[], target: Target): readonly TargetCall[] {
  const placed = services
    .flatMap(({ components }) => components)
    .filter((one) => targetKey(one.target) === targetKey(target));
  if (placed.length === 0) return [];
  const about = { way: 'read', why: 'status --host', optional: true } as const;
  const engines = placed
    .filter(({ kind }) => CONTAINED.includes(kind))
    .map(({ settings }) => isSudo(settings));
  return [
    { ...about, words: HOST_ARGV, sudo: false },
    ...[...new Set(engines)].map((sudo) => ({ ...about, words: STATS_ARGV, sudo })),
  ];
}
