import { z } from 'zod';
import type { CallResult } from '../../domain/call.ts';

/** Schema of a container's name: nothing an option, a path or a template could hide in. */
export const containerName = z
  .string()
  .regex(
    /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/,
    'not a name of a container\nuse letters, digits, dots, dashes and underscores',
  );

/** Schema of the patience with a container that is told to stop. */
export const stopSeconds = z
  .int()
  .min(0)
  .max(3_600)
  .exactOptional()
  .describe("Seconds it gets to stop by itself before it is killed (Docker's own default: 10)");

/** Whether the docker command line says that there is no such container. */
export const isAbsent = (result: CallResult): boolean => /no such (container|object)/i.test(result.stderr);

/** Parses JSON; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
