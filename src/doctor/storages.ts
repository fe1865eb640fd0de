import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { storageKinds } from '../backups/storages/registry.ts';
import type { PlacedStorage } from '../domain/backup.ts';
import { type Diagnosis, failure, good, wrong } from '../domain/diagnosis.ts';
import type { SecretReference } from '../domain/fleet.ts';
import type { Outcome } from '../domain/outcome.ts';
import { shellWord } from './shell-word.ts';

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** The folder itself, or the first above it that is there: it is made when it is needed. */
async function standing(path: string): Promise<string> {
  return path === '/' || (await isThere(path)) ? path : standing(dirname(path));
}

async function folder(name: string, path: string): Promise<Diagnosis> {
  const there = await standing(path);
  const mayWrite = await access(there, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (mayWrite) return good(`storage ${name}: backups can be kept in ${path}`);
  return wrong(
    `storage ${name}: who runs this may not write in ${there}`,
    `Make the folder on this machine, as root: install -d -m 700 -o USER-OF-BOTSWAIN ${shellWord(path)}`,
  );
}

const pathIn = (settings: unknown): string | undefined => {
  const path: unknown =
    typeof settings === 'object' && settings !== null ? Reflect.get(settings, 'path') : undefined;
  return typeof path === 'string' ? path : undefined;
};

/** Looks whether backups can be kept where the settings say; writes nothing. */
export async function storageDiagnoses(
  storages: readonly PlacedStorage[],
  secret: (reference: SecretReference) => Outcome<string>,
): Promise<readonly Diagnosis[]> {
  const found = storages.map(async ({ name, kind, settings }): Promise<readonly Diagnosis[]> => {
    const path = pathIn(settings);
    if (kind === 'folder' && path !== undefined) return [await folder(name, path)];
    const storage = storageKinds.find((one) => one.kind === kind)?.create(settings, { secret });
    if (storage === undefined) return [];
    const listed = await storage.list('botswain-doctor').finally(() => storage.close());
    return [
      listed.kind === 'succeeded'
        ? good(`storage ${name}: it answers (that it takes new objects shows with the first backup)`)
        : failure(`storage ${name}`, listed),
    ];
  });
  return (await Promise.all(found)).flat();
}
