import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nearest } from '../src/domain/nearest.ts';
import { displayName, type Problem } from './problem.ts';
import { parseYamlFile, type YamlFile } from './yaml-file.ts';

/** The files of a configuration folder; one that is missing or unreadable is undefined. */
export interface ConfigurationFiles {
  readonly botswain: YamlFile | undefined;
  readonly targets: YamlFile | undefined;
  readonly services: readonly YamlFile[];
  readonly problems: readonly Problem[];
}

const ROOT_FILES = ['botswain.yaml', 'targets.yaml'];
const YAML = /\.ya?ml$/;

const atStart = (path: string, message: string, remedy: string): Problem => ({
  file: displayName(path),
  line: 1,
  column: 1,
  path: '',
  message,
  remedy,
});

const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

interface Read {
  readonly file: YamlFile | undefined;
  readonly problems: readonly Problem[];
}

async function readYaml(path: string, whenMissing: string): Promise<Read> {
  try {
    return parseYamlFile(displayName(path), await readFile(path, 'utf8'));
  } catch (error) {
    const message =
      errorCode(error) === 'ENOENT' ? 'the file is missing' : `the file cannot be read (${errorCode(error)})`;
    return { file: undefined, problems: [atStart(path, message, whenMissing)] };
  }
}

async function list(folder: string): Promise<readonly string[] | undefined> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && YAML.test(entry.name) && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .toSorted();
  } catch {
    return undefined;
  }
}

function strangers(folder: string, names: readonly string[]): readonly Problem[] {
  return names
    .filter((name) => !ROOT_FILES.includes(name) && !name.startsWith('x-'))
    .map((name) => {
      const near = nearest(name, ROOT_FILES);
      return near === undefined
        ? atStart(
            join(folder, name),
            'nothing reads this file',
            'move it into services/ if it is a service, or name it x-…',
          )
        : atStart(
            join(folder, name),
            `nothing reads this file: did you mean ${near}?`,
            `rename it to ${near}`,
          );
    });
}

const wrongEnding = (folder: string, names: readonly string[]): readonly Problem[] =>
  names
    .filter((name) => name.endsWith('.yml'))
    .map((name) =>
      atStart(join(folder, name), 'nothing reads .yml files', `rename it to ${name.replace(YAML, '.yaml')}`),
    );

/** Reads and parses botswain.yaml, targets.yaml and services/*.yaml; says which files are missing or stray. */
export async function readFiles(folder: string): Promise<ConfigurationFiles> {
  const root = await list(folder);
  if (root === undefined) {
    const problems = [
      atStart(folder, 'there is no such folder', `run: botswain init ${displayName(folder)}`),
    ];
    return { botswain: undefined, targets: undefined, services: [], problems };
  }
  const serviceFolder = join(folder, 'services');
  const serviceNames = (await list(serviceFolder)) ?? [];
  const [botswain, targets, ...services] = await Promise.all([
    readYaml(join(folder, 'botswain.yaml'), `run: botswain init ${displayName(folder)}`),
    readYaml(join(folder, 'targets.yaml'), 'write one: environment → name → { kind, … }'),
    ...serviceNames
      .filter((name) => name.endsWith('.yaml') && !name.startsWith('x-'))
      .map((name) => readYaml(join(serviceFolder, name), 'write it again')),
  ]);
  return {
    botswain: botswain?.file,
    targets: targets?.file,
    services: services.flatMap(({ file }) => (file === undefined ? [] : [file])),
    problems: [
      ...strangers(folder, root),
      ...wrongEnding(serviceFolder, serviceNames),
      ...[botswain, targets, ...services].flatMap((read) => read?.problems ?? []),
    ],
  };
}
