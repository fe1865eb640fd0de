import { existsSync } from 'node:fs';
import { execa } from 'execa';

/** The Docker client of the rig: Debian's if there is one. It is the tests' oracle, so it shares nothing with dockerode. */
export const dockerCommand = existsSync('/usr/bin/docker') ? '/usr/bin/docker' : 'docker';

/** What a command left behind: its exit code (127 if it could not be started) and its output, trimmed at the end. */
export type Outcome = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** Runs `docker ARGS` and never throws for an exit code. `seconds` bounds it (default 60). */
export async function tryDocker(
  args: readonly string[],
  options: {
    readonly input?: string | Buffer;
    readonly seconds?: number;
    readonly env?: Record<string, string>;
  } = {},
): Promise<Outcome> {
  const result = await execa(dockerCommand, args, {
    reject: false,
    timeout: (options.seconds ?? 60) * 1000,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  return { exitCode: result.exitCode ?? 127, stdout: result.stdout, stderr: result.stderr };
}

/** Runs `docker ARGS` and returns its output; throws with its error output when it fails. */
export async function docker(...args: readonly string[]): Promise<string> {
  const result = await tryDocker(args);
  if (result.exitCode !== 0) {
    throw new Error(`docker ${args.join(' ')}: exit ${result.exitCode}: ${result.stderr || result.stdout}`);
  }
  return result.stdout;
}

/** Copies files into a container (running or not) as root; `paths` are relative to `root` on this machine and to `/` in it. */
export async function copyIn(container: string, root: string, paths: readonly string[]): Promise<void> {
  const tar = await execa('tar', ['--owner=0', '--group=0', '-C', root, '-cf', '-', ...paths], {
    encoding: 'buffer',
  });
  const copied = await tryDocker(['cp', '-', `${container}:/`], { input: Buffer.from(tar.stdout) });
  if (copied.exitCode !== 0) throw new Error(`docker cp into ${container}: ${copied.stderr}`);
}

/** The variables `docker build` needs: BuildKit where the client can ask for it (Debian's 20.10 can without buildx). */
export async function buildEnvironment(): Promise<Record<string, string>> {
  const version = await docker('version', '--format', '{{.Client.Version}}');
  const buildx = await tryDocker(['buildx', 'version']);
  return { DOCKER_BUILDKIT: /^2[0-2]\./.test(version) || buildx.exitCode === 0 ? '1' : '0' };
}
