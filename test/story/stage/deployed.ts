import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, Repository } from './repository.ts';
import { serviceOf } from './scene.ts';

/** A program that says which version of it runs, and goes on. */
export const good = (version: string): string => `echo ${version} > ../runs\nexec sleep 1000000\n`;

/** A program that starts, and ends by itself before anybody can call it good. */
export const bad = 'echo bad > ../runs\nsleep 0.5\nexit 1\n';

/** A real program run from a checkout on this machine, with the repository it comes from. */
export class Deployed {
  readonly repository: Repository;
  readonly folder: string;
  /** Of the commit that is checked out first. */
  readonly first: string;

  private constructor(folder: string, repository: Repository, first: string) {
    this.folder = folder;
    this.repository = repository;
    this.first = first;
  }

  /** Makes the repository with one good version, checked out but not started, in an empty folder. */
  static async open(folder: string): Promise<Deployed> {
    const repository = await Repository.open(folder);
    const files = { 'app.sh': good('one'), 'needs.txt': 'one', 'build.sh': '' };
    const made = new Deployed(folder, repository, await repository.push('the first one', files));
    await repository.checkOut(made.host);
    return made;
  }

  /** The checkout. */
  get host(): string {
    return join(this.folder, 'host');
  }

  /** Its service file. */
  service(name: string): object {
    const app = {
      kind: 'process',
      start: ['/bin/sh', 'app.sh'],
      cwd: this.host,
      pidfile: join(this.folder, 'app.pid'),
      log: join(this.folder, 'app.log'),
      stop_seconds: 1,
    };
    const deploy = {
      kind: 'git',
      component: 'app',
      folder: this.host,
      install: [['cp', 'needs.txt', '../installed']],
      build: [{ run: ['sh', 'build.sh'], timeout: '1m' }],
      afterwards: { app: 'restart' },
    };
    return serviceOf(name, { app }, { verify: { hold: '1500ms', within: '4s' }, deploy });
  }

  /** Which version wrote down last that it runs. */
  get runs(): string {
    return this.#read('runs');
  }

  get installed(): string {
    return this.#read('installed');
  }

  get pid(): string {
    return this.#read('app.pid');
  }

  head(): Promise<string> {
    return git(this.host, 'rev-parse', 'HEAD');
  }

  /** Ends what runs. */
  stop(): void {
    const pid = Number(this.pid.split(' ')[0]);
    try {
      if (pid > 0) process.kill(-pid, 'SIGKILL');
    } catch {
      // It had ended.
    }
  }

  #read(name: string): string {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  }
}
