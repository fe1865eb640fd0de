import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { SystemdHost } from '../../rig/systemd-host.ts';

const folder = join(import.meta.dirname, '../../../config/services');

/** A service file of ours as it stands in the repository; only `more` of its keys replaced. */
export async function realService(name: string, more: object = {}): Promise<object> {
  const service: unknown = parse(await readFile(join(folder, `${name}.yaml`), 'utf8'));
  return { ...(typeof service === 'object' ? service : {}), ...more };
}

/** A host of the rig as a target, with the values that differ there. */
export const targetOn = (host: SystemdHost, vars: Readonly<Record<string, string>>): object => ({
  kind: 'ssh',
  host: host.host,
  port: host.port,
  user: host.user,
  key: { file: host.privateKeyPath },
  host_key: host.hostKeyFingerprint,
  vars,
});

/** A file on a host; its mode as chmod has it, 644 unless told. */
export interface HostFile {
  readonly path: string;
  readonly text: string;
  readonly mode?: string;
}

/** Writes a file on the host as root. */
export async function put(host: SystemdHost, { path, text, mode = '644' }: HostFile): Promise<void> {
  const script = 'mkdir -p "$(dirname "$1")" && printf %s "$2" > "$1" && chmod "$3" "$1"';
  await host.exec('sh', '-c', script, 'put', path, text, mode);
}

/** The login account may do on it what the first account of a cloud machine may: everything. */
export const letLoginBeRoot = (host: SystemdHost): Promise<void> =>
  put(host, {
    path: '/etc/sudoers.d/zz-cloud',
    text: `${host.user} ALL=(ALL) NOPASSWD: ALL\n`,
    mode: '440',
  });

/** A repository on the host: pushed to from a desk, and what a deploy there follows. */
export class Desk {
  readonly #host: SystemdHost;
  readonly #bare: string;
  readonly #folder: string;
  readonly #branch: string;

  constructor(host: SystemdHost, bare: string, branch: string) {
    this.#host = host;
    this.#bare = bare;
    this.#folder = `${bare}-desk`;
    this.#branch = branch;
  }

  /** Where to clone from. */
  get url(): string {
    return `file://${this.#bare}`;
  }

  async open(): Promise<void> {
    await this.#host.exec('git', 'init', '-q', '--bare', '-b', this.#branch, this.#bare);
    await this.#host.exec('git', 'clone', '-q', this.url, this.#folder);
  }

  /** Commits files and pushes them; the commit's id. */
  async push(message: string, files: Readonly<Record<string, string>>): Promise<string> {
    for (const [name, text] of Object.entries(files))
      await put(this.#host, { path: `${this.#folder}/${name}`, text });
    const who = ['-c', 'user.name=Dev', '-c', 'user.email=dev@example.org'];
    const git = (...args: readonly string[]): Promise<string> =>
      this.#host.exec('git', ...who, '-C', this.#folder, ...args);
    await git('add', '-A');
    await git('commit', '-q', '-m', message);
    await git('push', '-q', 'origin', `HEAD:${this.#branch}`);
    return git('rev-parse', 'HEAD');
  }
}
