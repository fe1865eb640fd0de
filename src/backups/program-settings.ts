import { z } from 'zod';

/** A path on the target from the root on. */
export const absolute = z
  .string()
  .regex(/^\/(?!.*(?:^|\/)\.\.?(?:\/|$))[^\0\n]+$/, 'a path from the root on, without "." and ".."');

/** Who runs the programs of a backup. */
export const runBy = {
  sudo: z.boolean().exactOptional().describe('its programs run as root, through `sudo -n`'),
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]*\$?$/, 'a name of an account')
    .exactOptional()
    .describe('account its programs run as, through `sudo -n -u`'),
};

/** {@link runBy} as it was accepted. */
export interface RunBy {
  readonly sudo?: boolean;
  readonly user?: string;
}

/** Puts words to who runs them. */
export const programBy =
  ({ sudo, user }: RunBy) =>
  (...argv: readonly string[]) => ({
    argv,
    ...(sudo === undefined ? {} : { sudo }),
    ...(user === undefined ? {} : { user }),
  });

/** Words that run a constant script with its arguments; the name tells it in a list of processes. */
export const script = (text: string, name: string, ...words: readonly string[]): readonly string[] => [
  'sh',
  '-c',
  text,
  `botswain-${name}`,
  ...words,
];
