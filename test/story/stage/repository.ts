import { execFile } from 'node:child_process';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Nobody's own settings, and no questions. */
const QUIET = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', GIT_TERMINAL_PROMPT: '0' };
const AUTHOR = ['-c', 'user.name=Dev', '-c', 'user.email=dev@example.org', '-c', 'init.defaultBranch=main'];

/** Runs git in a folder; what it printed. */
export async function git(folder: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', [...AUTHOR, '-C', folder, ...args], {
    env: { PATH: process.env.PATH, HOME: folder, ...QUIET },
  });
  return stdout.trim();
}

/** A real repository that a team pushes to, and checkouts of it. */
export class Repository {
  /** The bare one: what `origin` is for others. */
  readonly bare: string;
  /** Where the team writes. */
  readonly desk: string;

  private constructor(folder: string) {
    this.bare = join(folder, 'origin.git');
    this.desk = join(folder, 'desk');
  }

  /** Makes it in a folder that is there. */
  static async open(folder: string): Promise<Repository> {
    const made = new Repository(folder);
    await git(folder, 'init', '-q', '--bare', made.bare);
    await git(folder, 'clone', '-q', made.bare, made.desk);
    await git(made.desk, 'checkout', '-q', '-B', 'main');
    return made;
  }

  /** Commits these files on the present branch and pushes it; the full SHA. */
  async push(message: string, files: Readonly<Record<string, string>>): Promise<string> {
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.desk, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    await git(this.desk, 'add', '-A');
    await git(this.desk, 'commit', '-q', '--allow-empty', '-m', message);
    await git(this.desk, 'push', '-q', 'origin', 'HEAD');
    return git(this.desk, 'rev-parse', 'HEAD');
  }

  /** Tags the present commit, annotated, and pushes the tag. */
  async tag(name: string): Promise<void> {
    await git(this.desk, 'tag', '-a', '-m', name, name);
    await git(this.desk, 'push', '-q', 'origin', `refs/tags/${name}`);
  }

  /** A checkout as it lies on a host. */
  async checkOut(folder: string): Promise<void> {
    await git(this.desk, 'clone', '-q', this.bare, folder);
  }

  /** Takes it off the net. */
  vanish(): Promise<void> {
    return rename(this.bare, `${this.bare}.gone`);
  }

  /** Brings it back. */
  comeBack(): Promise<void> {
    return rename(`${this.bare}.gone`, this.bare);
  }

  /** Removes it with its desk. */
  async remove(): Promise<void> {
    await rm(this.bare, { recursive: true, force: true });
    await rm(this.desk, { recursive: true, force: true });
  }
}
