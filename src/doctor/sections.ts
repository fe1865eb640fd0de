import { backupKinds } from '../backups/registry.ts';
import type { Read } from '../components/component.ts';
import { deployKinds } from '../deploys/registry.ts';
import type { ArgvCall, CallResult } from '../domain/call.ts';
import type { Configuration, PlacedService } from '../domain/configuration.ts';
import { type Diagnosis, doubtful, failure, good, wrong } from '../domain/diagnosis.ts';
import { readNames } from '../domain/env-file.ts';
import { type Target, targetKey } from '../domain/fleet.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { HostFacts } from './host.ts';
import { isHere, namesWords, procedureCalls } from './service-calls.ts';
import { shellWord } from './shell-word.ts';
import { programsIn } from './wanted-programs.ts';

/** A host that answered, and how to read there. */
export interface SectionExam {
  readonly configuration: Pick<Configuration, 'services'>;
  readonly target: Target;
  readonly facts: Pick<HostFacts, 'programs' | 'user'>;
  readonly read: Read;
}

/** Prints those of its words that are no folder here. */
const NO_FOLDERS = 'for folder do [ -d "$folder" ] || echo "$folder"; done';

const foldersOf = (service: PlacedService, target: Target): readonly string[] => [
  ...new Set(procedureCalls(service, target).flatMap(({ cwd }) => cwd ?? [])),
];

const folderCall = (folders: readonly string[]): ArgvCall => ({
  kind: 'argv',
  argv: ['sh', '-c', NO_FOLDERS, 'botswain-folders', ...folders],
});

const writableCall = (path: string): ArgvCall => ({
  kind: 'argv',
  argv: ['test', '-w', path, '-a', '-w', path.replace(/\/[^/]*$/, '') || '/'],
});

/** Whether the login user itself alters the file with the variables. */
const altersItself = ({ envFile: file }: PlacedService): boolean =>
  file !== undefined && !file.sudo && file.user === undefined;

/** What the doctor reads for the sections of a service beside what they read themselves. */
export function sectionCalls(service: PlacedService, target: Target): readonly ArgvCall[] {
  const folders = foldersOf(service, target);
  const { envFile: file } = service;
  return [
    ...(folders.length === 0 ? [] : [folderCall(folders)]),
    ...(file !== undefined && altersItself(service) && isHere(service, file.component, target)
      ? [writableCall(file.path)]
      : []),
  ];
}

/** Where Debian has a program that is not in a package of its own name. */
const PACKAGES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['psql', 'pg_dump', 'pg_restore', 'createdb', 'dropdb', 'vacuumdb', 'pg_isready'].map((name) => [
      name,
      'postgresql-client',
    ]),
  ),
  'redis-cli': 'redis-tools',
  'redis-check-rdb': 'redis-tools',
  mongodump: 'mongodb-database-tools',
  mongorestore: 'mongodb-database-tools',
  supervisorctl: 'supervisor',
  docker: 'docker.io',
  ss: 'iproute2',
  ps: 'procps',
  top: 'procps',
  free: 'procps',
};

const install = (names: readonly string[]): string =>
  `Install there what is missing, or correct the settings: apt-get install -y ${[...new Set(names.map((name) => PACKAGES[name] ?? name))].join(' ')}`;

const key = ({ name, environment }: PlacedService): string => `${name}@${environment}`;

/** A program named by a path, or one of a shell itself, is not looked for. */
const BUILT_IN: readonly string[] = [
  'command',
  'echo',
  'test',
  'true',
  'false',
  'cd',
  'printf',
  'umask',
  'exit',
];

function procedures(service: PlacedService, { target, facts }: SectionExam): readonly Diagnosis[] {
  const calls = procedureCalls(service, target);
  if (calls.length === 0) return [];
  const missing = calls.flatMap((call) =>
    programsIn(call)
      .filter((name) => !facts.programs.has(name) && !BUILT_IN.includes(name))
      .map((name) => [name, call.why.replace(/^.*: run /, '').replace(/ --undo$/, '')] as const),
  );
  if (missing.length === 0) return [good(`${key(service)}: the programs of its procedures are there`)];
  const names = [...new Set(missing.map(([name]) => name))];
  return names.map((name) => {
    const wanting = [...new Set(missing.flatMap(([each, procedure]) => (each === name ? [procedure] : [])))];
    return doubtful(
      `${key(service)}: ${name} was not found there, which ${wanting.join(', ')} would run`,
      install([name]),
    );
  });
}

async function folders(
  service: PlacedService,
  { target, facts, read }: SectionExam,
): Promise<readonly Diagnosis[]> {
  const wanted = foldersOf(service, target);
  if (wanted.length === 0) return [];
  const answer = await read(folderCall(wanted));
  if (answer.kind !== 'succeeded') return [failure(`${key(service)}: folders`, answer)];
  const missing = answer.value.stdout.split('\n').filter((line) => line !== '');
  return missing.map((folder) =>
    doubtful(
      `${key(service)}: ${folder} is no folder there, or ${facts.user} may not see it; procedures begin in it`,
      `Make it there, or correct "folder" of the procedures: install -d ${shellWord(folder)}`,
    ),
  );
}

const ANSWERED = /^sudo: |is not allowed to execute|not in the sudoers file/m;

/** Why a program did not do what was asked, with how to mend it. */
function trouble(
  what: string,
  answer: Outcome<CallResult>,
  at: { readonly target: Target; readonly mend: string },
) {
  if (answer.kind !== 'succeeded') return failure(what, answer);
  const { stderr, code } = answer.value;
  const [said = ''] = stderr.trim().split('\n');
  const mend = ANSWERED.test(stderr)
    ? `Make sudoers anew: botswain doctor --sudoers ${targetKey(at.target)}`
    : at.mend;
  return wrong(`${what}: ${said || `exit code ${code}`}`, mend);
}

async function deploy(
  service: PlacedService,
  { target, facts, read }: SectionExam,
): Promise<readonly Diagnosis[]> {
  const { deploy: placed } = service;
  const kind = deployKinds.find((one) => one.kind === placed?.kind);
  if (placed === undefined || kind === undefined || !isHere(service, placed.component, target)) return [];
  const what = `${key(service)}: deploy`;
  if (!facts.programs.has('git')) return [wrong(`${what}: git was not found there`, install(['git']))];
  const bound = kind.bind(placed.settings);
  const [present, behind] = [await bound.present(read), await bound.behind(read)];
  if (present.kind !== 'succeeded') return [failure(what, present)];
  const { runs, follows } = present.value;
  const here = good(`${what}: ${runs.label} on ${follows}`);
  if (behind.kind === 'succeeded') return [here, good(`${what}: ${behind.value}`)];
  const { text, mend } = failure(what, behind);
  return [here, wrong(text, ...mend)];
}

async function backups(service: PlacedService, { target, read }: SectionExam): Promise<readonly Diagnosis[]> {
  const found = service.backups.map(async (backup): Promise<readonly Diagnosis[]> => {
    const kind = backupKinds.find((one) => one.kind === backup.kind);
    if (kind === undefined || !isHere(service, backup.component, target)) return [];
    const { version } = kind.bind(backup);
    const what = `${key(service)}: backup ${backup.name}`;
    const answer = await read({ kind: 'argv', ...version });
    if (answer.kind === 'succeeded' && answer.value.code === 0) {
      const [line = ''] = answer.value.stdout.split('\n');
      return [good(`${what}: its tool is there: ${line.trim().slice(0, 80)}`)];
    }
    const name = version.argv.at(-2) ?? '';
    return [trouble(what, answer, { target, mend: install([name]) })];
  });
  return (await Promise.all(found)).flat();
}

async function variables(
  service: PlacedService,
  { target, facts, read }: SectionExam,
): Promise<readonly Diagnosis[]> {
  const { envFile: file } = service;
  if (file === undefined || !isHere(service, file.component, target)) return [];
  const what = `${key(service)}: ${file.path}`;
  const { sudo, user } = file;
  const as = { ...(sudo ? { sudo } : {}), ...(user === undefined ? {} : { user }) };
  const answer = await read({ kind: 'argv', argv: namesWords(file), ...as });
  if (answer.kind !== 'succeeded' || answer.value.code !== 0)
    return [
      trouble(what, answer, {
        target,
        mend: `Correct env_file in services/${service.name}.yaml: its path, or who reads it (sudo, user)`,
      }),
    ];
  const names = readNames(answer.value.stdout);
  const missing = Object.keys(file.required).filter((each) => !names.some(({ name }) => name === each));
  const writable = altersItself(service) ? await read(writableCall(file.path)) : undefined;
  return [
    good(`${what}: ${names.length} variables are there`),
    ...missing.map((name) =>
      doubtful(`${what}: ${name} is not there, and must be`, `In a chat: config ${key(service)} set ${name}`),
    ),
    ...(writable === undefined || (writable.kind === 'succeeded' && writable.value.code === 0)
      ? []
      : [
          wrong(
            `${what}: ${facts.user} may not write it, or not in its folder, where the new one is put together`,
            `Set "sudo" or "user" of env_file in services/${service.name}.yaml to who may.`,
          ),
        ]),
  ];
}

/** Looks at what the sections of the services on a host need there: reads only. */
export async function examineSections(exam: SectionExam): Promise<readonly Diagnosis[]> {
  const found: Diagnosis[] = [];
  for (const service of exam.configuration.services) {
    found.push(...procedures(service, exam));
    for (const part of [folders, deploy, backups, variables]) found.push(...(await part(service, exam)));
  }
  return found;
}
