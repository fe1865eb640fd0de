import { z } from 'zod';
import type { PlacedEnvFile } from '../src/domain/env-file.ts';

import type { ServiceHere } from './place.ts';

/** What a service file says under `env_file`. */
export const envFileSetting = z
  .strictObject({})
  .optional()
  .describe('the file that holds its environment variables');

/** Puts `env_file` of a service's file into the shape the program works with. */
export const placeEnvFile = (_here: ServiceHere): PlacedEnvFile | undefined => undefined;
