import { z } from 'zod';
import { storageKinds } from '../src/backups/storages/registry.ts';
import type { PlacedStorage } from '../src/domain/backup.ts';
import { name } from './fields.ts';

const kinds = storageKinds.map(({ kind, summary, settings }) => {
  if (!(settings instanceof z.ZodObject))
    throw new Error(`the settings of kind ${kind} are not one z.strictObject`);
  return settings.safeExtend({ kind: z.literal(kind).describe('what it is') }).describe(summary);
});

interface StorageEntry {
  readonly kind: string;
  readonly [key: string]: unknown;
}

function oneOfKinds(): z.ZodType<StorageEntry> {
  const [first, ...rest] = kinds;
  if (first === undefined) throw new Error('there is no kind of storage');
  return z.discriminatedUnion('kind', [first, ...rest]).pipe(z.custom<StorageEntry>());
}

/** What botswain.yaml says under `storages`. */
export const storagesSetting = z
  .record(name, oneOfKinds())
  .default({})
  .describe('where the artifacts of backups are kept, by a name of ours');

/** Puts `storages` into the shape the program works with. */
export const placeStorages = (storages: z.infer<typeof storagesSetting>): readonly PlacedStorage[] =>
  Object.entries(storages).map(([storage, { kind, ...settings }]) => ({ name: storage, kind, settings }));
