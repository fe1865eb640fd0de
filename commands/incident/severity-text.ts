import { z } from 'zod';
import { SEVERITIES } from '../../src/domain/policy.ts';

/** A severity as people type it, in either case. */
export const severityText = z
  .string()
  .transform((text) => text.toUpperCase())
  .pipe(z.enum(SEVERITIES, `must be one of ${SEVERITIES.join(', ')}`));
