import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { isDeepStrictEqual } from 'node:util';
import { type SecretReader, secretReferences } from '../../config/secrets.ts';
import type { Configuration } from '../domain/configuration.ts';
import { type Diagnosis, doubtful, good, wrong } from '../domain/diagnosis.ts';
import { type SecretReference, targetKey } from '../domain/fleet.ts';
import { shellWord } from './shell-word.ts';

/** Tries to read each secret the settings name; a value goes nowhere. */
export function secretDiagnoses(
  configuration: Pick<Configuration, 'secrets' | 'targets'>,
  read: SecretReader,
): readonly Diagnosis[] {
  const { secrets } = configuration;
  const found = secrets.map((reference) =>
    secretDiagnosis(reference, usedBy(configuration, reference), read),
  );
  const bad = found.filter((one) => one !== undefined);
  const well = secrets.length - bad.length;
  return [...bad, ...(well === 0 ? [] : [good(`secrets: ${well} of ${secrets.length} can be read`)])];
}

/** For people: ` (production/web)`; empty where no target names it. */
function usedBy({ targets }: Pick<Configuration, 'targets'>, reference: SecretReference): string {
  const users = targets.filter(({ settings }) =>
    secretReferences(settings).some((one) => isDeepStrictEqual(one, reference)),
  );
  return users.length === 0 ? '' : ` (${users.map(targetKey).join(', ')})`;
}

/** Undefined where nothing is wrong. */
function secretDiagnosis(
  reference: SecretReference,
  users: string,
  read: SecretReader,
): Diagnosis | undefined {
  const outcome = read(reference);
  if ('env' in reference)
    return outcome.kind === 'succeeded'
      ? undefined
      : wrong(
          `secret variable ${reference.env}${users}: it is not set`,
          `Set ${reference.env} where botswain starts, then start it again.`,
        );
  const what = `secret file ${reference.file}${users}`;
  if (outcome.kind !== 'succeeded')
    return wrong(`${what}: ${trouble(reference.file)}`, ...mend(reference.file));
  const { mode } = statSync(reference.file);
  if ((mode & 0o077) === 0) return undefined;
  return doubtful(
    `${what}: others may read it (mode ${(mode & 0o777).toString(8)})`,
    `chmod 600 ${shellWord(reference.file)}`,
  );
}

function trouble(path: string): string {
  const found = kindOf(path);
  if (found === 'absent') return 'it is not there';
  if (found === 'other') return 'it is no file';
  return mayRead(path) ? 'it is empty' : 'this user may not read it';
}

function mend(path: string): readonly string[] {
  const word = shellWord(path);
  const me = process.getuid?.() ?? 'BOTSWAIN';
  const found = kindOf(path);
  if (found === 'refused')
    return [`Let this user (${me}) into the folder, as root: chmod o+x ${shellWord(dirname(path))}`];
  if (found === 'file' && !mayRead(path)) return [`As root: chown ${me} ${word} && chmod 600 ${word}`];
  return [
    'Put the secret there, readable by the user that runs botswain alone:',
    `(umask 077; cat > ${word})`,
  ];
}

/** `refused`: a folder on the way lets this user not look. */
function kindOf(path: string): 'absent' | 'refused' | 'file' | 'other' {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return 'absent';
    return found.isFile() ? 'file' : 'other';
  } catch {
    return 'refused';
  }
}

function mayRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
