import { z } from 'zod';
import type { PlacedDeploy } from '../src/domain/deploy.ts';

import type { ServiceHere } from './place.ts';

/** What a service file says under `deploy`. */
export const deploySetting = z
  .strictObject({})
  .optional()
  .describe('how new versions of it get to where it runs');

/** Puts `deploy` of a service's file into the shape the program works with. */
export const placeDeploy = (_here: ServiceHere): PlacedDeploy | undefined => undefined;
