import { z } from 'zod';
import { durationMs } from '../../domain/duration.ts';

/** Building may fetch a whole world, milliseconds. */
const BUILD_MS = 15 * 60_000;

const account = z
  .string()
  .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'not the name of an account\nwrite one such as ubuntu')
  .optional();

/** What a name of a remote or a branch may be: nothing an option, a space or a glob could hide in. */
const reference = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._/+-]{0,199}$/,
    'not a name git has here\nuse letters, digits, ".", "_", "/", "+" and "-"',
  );

const image = z
  .string()
  .regex(
    /^[a-z0-9][a-zA-Z0-9._/:-]{0,199}$/,
    'not a name of an image\nwrite it as `docker image ls` shows it: karmabot_karmabot, or with a tag',
  );

const argv = z.array(z.string().min(1).max(1000)).min(1).max(40);

const program = z
  .union([
    argv,
    z.strictObject({
      run: argv.describe('the program with its arguments; no shell reads them'),
      timeout: durationMs.optional().describe('past this nobody knows how it ended; 15m unless said'),
      sudo: z.boolean().optional().describe('through `sudo -n`; as git is unless said'),
      user: account.describe('through `sudo -n -u`; as git is unless said'),
    }),
  ])
  .transform((given): Program => {
    if (Array.isArray(given)) return { argv: given, timeoutMs: BUILD_MS };
    const { run, timeout = BUILD_MS, sudo, user } = given;
    return {
      argv: run,
      timeoutMs: timeout,
      ...(sudo === undefined && user === undefined ? {} : { as: accountOf({ sudo, user }) }),
    };
  });

/** Who runs something on the target: the login user, root or another. */
export interface As {
  readonly sudo?: boolean;
  readonly user?: string;
}

/** One program of `install` or `build`. */
export interface Program {
  readonly argv: readonly string[];
  readonly timeoutMs: number;
  /** Absent = as git is run. */
  readonly as?: As;
}

function accountOf({ sudo, user }: { sudo?: boolean | undefined; user?: string | undefined }): As {
  if (user !== undefined) return { user };
  return sudo === true ? { sudo } : {};
}

/** Settings of `deploy: { kind: git, … }` in services/*.yaml. */
export const gitSettings = z
  .strictObject({
    folder: z
      .string()
      .startsWith('/', 'not an absolute path\nwrite one such as /opt/karmabot')
      .max(300)
      // As a pattern it would need a flag, which the JSON Schema cannot carry.
      .refine((text) => !/\p{Cc}/u.test(text), 'holds a character that is not printed\ntake it out')
      .describe('the checkout on the target: /opt/karmabot'),
    remote: reference.default('origin').describe('where new versions come from'),
    branch: reference.default('main').describe('the branch that is deployed unless another version is named'),
    user: account.describe('whose checkout it is: git and what follows run through `sudo -n -u`'),
    sudo: z
      .boolean()
      .default(false)
      .describe('the checkout is root’s: git and what follows run through `sudo -n`'),
    images: z
      .array(image)
      .max(10)
      .default([])
      .describe(
        'images that are built from it; each is kept under a tag of its own, so that a rollback builds nothing',
      ),
    docker_sudo: z.boolean().optional().describe('call docker through `sudo -n`; as git is unless said'),
    install: z
      .array(program)
      .max(10)
      .default([])
      .describe(
        'programs run in the folder after each move, also back: `[[venv/bin/pip, install, -r, requirements.txt]]`; each also as `{ run: […], timeout: 15m, sudo: true, user: NAME }`',
      ),
    build: z
      .array(program)
      .max(10)
      .default([])
      .describe(
        'programs run there then, written alike; in a rollback only where an image was not kept: `[[docker-compose, build, karmabot]]`',
      ),
  })
  .refine(({ user, sudo }) => user === undefined || !sudo, {
    path: ['sudo'],
    message: '"user" and "sudo" both say who runs git\nleave one of them out',
  });

/** The same, parsed. */
export type GitSettings = z.infer<typeof gitSettings>;

/** Who runs git. */
export const gitAs = ({ sudo, user }: GitSettings): As => accountOf({ sudo, user });

/** Who calls docker. */
export const dockerAs = (given: GitSettings): As =>
  given.docker_sudo === undefined ? gitAs(given) : accountOf({ sudo: given.docker_sudo });
