import { z } from 'zod';
import type { PlacedBackup } from '../src/domain/backup.ts';
import { name } from './fields.ts';
import type { ServiceHere } from './place.ts';

/** What a service file says under `backups`. */
export const backupsSetting = z
  .record(name, z.strictObject({}))
  .default({})
  .describe('what of it is backed up, by name');

/** Puts `backups` of a service's file into the shape the program works with. */
export const placeBackups = (_here: ServiceHere): readonly PlacedBackup[] => [];
