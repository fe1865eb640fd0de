import { type Loaded, loadConfiguration, processSecrets, readEnvironment } from '../../config/load.ts';
import { formatProblems } from '../../config/problem.ts';
import { secretValues } from '../../config/secrets.ts';
import type { Group } from '../doctor/report.ts';
import type { Wanted } from '../doctor/written.ts';
import { createRedactor } from '../domain/redaction.ts';
import { type CliCommand, type CliIo, EXIT, refuseUsage } from './cli-command.ts';

/** What was read before anything is tried. */
interface Read {
  readonly environment: ReturnType<typeof readEnvironment>;
  readonly folder: string;
  readonly loaded: Loaded;
  readonly secret: ReturnType<typeof processSecrets>;
}

async function read(given: string | undefined, io: CliIo): Promise<Read> {
  const environment = readEnvironment();
  const variables = environment.kind === 'succeeded' ? environment.value : undefined;
  const folder = given ?? variables?.configFolder ?? 'config';
  const loaded = await loadConfiguration(folder, await io.registries());
  return { environment, folder, loaded, secret: processSecrets() };
}

/** Examines what a folder and the variables say; prints each group when it is known. */
async function examineAll({ environment, folder, loaded, secret }: Read, io: CliIo): Promise<number> {
  const variables = environment.kind === 'succeeded' ? environment.value : undefined;
  const references = loaded.kind === 'loaded' ? loaded.configuration.secrets : [];
  const redact = createRedactor(secretValues(references, secret, variables));
  const { examine } = await import('../doctor/doctor.ts');
  const { groupText, totalText } = await import('../doctor/report.ts');
  const startedAt = performance.now();
  const groups: Group[] = [];
  for await (const group of examine({ environment, loaded, folder, secret })) {
    groups.push(group);
    io.stdout.write(redact(groupText(group)));
  }
  io.stdout.write(totalText(groups, performance.now() - startedAt));
  if (variables === undefined || loaded.kind === 'broken') return EXIT.usage;
  const isWrong = groups.some(({ diagnoses }) => diagnoses.some(({ verdict }) => verdict === 'wrong'));
  return isWrong ? EXIT.no : EXIT.good;
}

/** Prints a file for a target, and nothing else on stdout. */
async function write({ loaded, secret }: Read, wanted: Wanted, io: CliIo): Promise<number> {
  if (loaded.kind === 'broken') {
    io.stderr.write(`${formatProblems(loaded.problems)}\n`);
    return EXIT.usage;
  }
  const { writeFor } = await import('../doctor/written.ts');
  const written = await writeFor(loaded.configuration, wanted, secret);
  if (written.kind !== 'succeeded') {
    const remedy = written.kind === 'failed' && written.remedy !== undefined ? `\n  → ${written.remedy}` : '';
    io.stderr.write(`${written.message}${remedy}\n`);
    return EXIT.usage;
  }
  io.stdout.write(written.value.text);
  for (const note of written.value.notes) io.stderr.write(`${note}\n`);
  return EXIT.good;
}

type Asked =
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'understood'; readonly folder: string | undefined; readonly wanted: Wanted | undefined };

/** Files that can be had instead of the examination, by their flags. */
const FILES: Readonly<Record<string, Wanted['kind']>> = { '--sudoers': 'sudoers', '--gate': 'gate' };

function understand(args: readonly string[]): Asked {
  const at = args.findIndex((word) => FILES[word] !== undefined);
  const kind = FILES[args[at] ?? ''];
  const target = at === -1 ? undefined : args[at + 1];
  const [folder, ...more] = at === -1 ? args : args.toSpliced(at, 2);
  if (kind !== undefined && (target === undefined || target.startsWith('-')))
    return { kind: 'refused', why: `${args[at]} wants the name of a target` };
  if (more.length > 0 || folder?.startsWith('-') === true)
    return { kind: 'refused', why: 'doctor takes one folder' };
  return {
    kind: 'understood',
    folder,
    wanted: kind === undefined || target === undefined ? undefined : { kind, target },
  };
}

/**
 * `botswain doctor [FOLDER]`: tries every token, scope, channel, target, host key and right, and says how to mend them;
 * with a flag it prints the sudoers file or the forced command of a host instead.
 */
export const doctor: CliCommand = {
  name: 'doctor',
  summary:
    'try everything the settings name, and say how to mend it; or write sudoers or the SSH gate of a host',
  usage: '[FOLDER] [--sudoers|--gate TARGET]',
  async run(args, io) {
    const asked = understand(args);
    if (asked.kind === 'refused') return refuseUsage(doctor, asked.why, io);
    const all = await read(asked.folder, io);
    return asked.wanted === undefined ? examineAll(all, io) : write(all, asked.wanted, io);
  },
};
