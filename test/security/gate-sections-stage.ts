import { randomUUID } from 'node:crypto';
import { ALTER_VARIABLE } from '../../src/domain/env-file.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { put } from './host-stage.ts';

/** Prints who runs it, and a file. */
export const SCRIPT = 'echo "$1 of $(id -un)"\ncat "$2"';

const PROCEDURES = {
  look: {
    title: 'first lines of a file',
    risk: 'read',
    component: 'bot',
    parameters: { lines: { type: 'integer', min: 1, max: 20, summary: 'how many' } },
    steps: [{ effect: 'read', run: ['head', '-n', '{lines}', '/etc/os-release'] }],
  },
  note: {
    title: 'leave a note',
    risk: 'change',
    component: 'bot',
    folder: '/opt/app',
    parameters: { name: { type: 'text', pattern: '[a-z0-9-]{1,10}', summary: 'its name' } },
    steps: [
      {
        effect: 'change',
        sudo: true,
        run: ['touch', '/opt/app/{name}.note'],
        undo: ['rm', '/opt/app/{name}.note'],
      },
    ],
  },
  whose: {
    title: 'as another account',
    risk: 'change',
    component: 'bot',
    user: 'postgres',
    parameters: { level: { type: 'choice', of: ['info', 'debug'], summary: 'how much' } },
    steps: [{ effect: 'change', run: ['sh', '-c', SCRIPT, 'whose', '{level}', '/etc/hostname'] }],
  },
  gone: {
    title: 'what is not there',
    risk: 'read',
    component: 'bot',
    folder: '/opt/nowhere',
    steps: [{ effect: 'read', run: ['no-such-program', '-v'] }],
  },
};

/** How the service is deployed. */
export const GIT = {
  folder: '/opt/app',
  remote: 'origin',
  branch: 'main',
  sudo: true,
  install: [['ls', 'version.txt']],
};
/** What of it is backed up. */
export const FILES = { paths: ['/opt/app/data'], sudo: true };

/** A service with something in every section that runs programs. */
export const SERVICE = {
  service: 'shop',
  title: 'Shop',
  target: 'server',
  components: { bot: { kind: 'systemd', unit: 'demo-bot', sudo: true } },
  procedures: PROCEDURES,
  deploy: { kind: 'git', component: 'bot', ...GIT },
  backups: { files: { kind: 'files', component: 'bot', storage: 'main', ...FILES } },
  env_file: {
    path: '/opt/app/.env',
    component: 'bot',
    sudo: true,
    required: { TOKEN: 'to log in', OTHER: 'something else' },
  },
};

/** What somebody with the account and its sudoers would try. */
export const SUDO_REFUSED: readonly (readonly [readonly string[]])[] = [
  [['-n', 'sh']],
  [['-n', 'touch', '/opt/app/A.note']],
  [['-n', 'touch', '/opt/app/a.note', '/etc/x']],
  [['-n', 'tar', '-cf', '-', '-C', '/', '--', 'etc']],
  [['-n', 'env', 'sh']],
  [
    [
      '-n',
      'env',
      'GIT_TERMINAL_PROMPT=0',
      'LC_ALL=C',
      'git',
      '-C',
      '/opt/app',
      'checkout',
      '-q',
      '--detach',
      'main',
      '--',
    ],
  ],
  [['-n', '-u', 'postgres', 'sh', '-c', SCRIPT, 'whose', 'error', '/etc/hostname']],
  [['-n', '-u', 'nobody', 'sh', '-c', SCRIPT, 'whose', 'info', '/etc/hostname']],
  [['-n', 'sh', '-c', ALTER_VARIABLE, 'sh', 'set', '/etc/environment', 'TOKEN', randomUUID()]],
  [['-n', 'sh', '-c', `${ALTER_VARIABLE} sh set /opt/app/.env TOKEN; id >/tmp/was-root`]],
];

const git = (host: SystemdHost, ...args: readonly string[]): Promise<string> =>
  host.exec('git', '-c', 'user.name=Dev', '-c', 'user.email=dev@example.org', ...args);

/** Pushes a new version to where the host fetches from; its SHA. */
export async function commit(host: SystemdHost, version: string): Promise<string> {
  await put(host, { path: '/root/desk/version.txt', mode: '0644', text: version });
  await git(host, '-C', '/root/desk', 'add', '-A');
  await git(host, '-C', '/root/desk', 'commit', '-q', '-m', version);
  await git(host, '-C', '/root/desk', 'push', '-q', 'origin', 'HEAD:main');
  return (await git(host, '-C', '/root/desk', 'rev-parse', 'HEAD')).trim();
}

/** Puts there what the service speaks of: a checkout of version one, a file with variables, and what is backed up. */
export async function furnish(host: SystemdHost): Promise<void> {
  await git(host, 'init', '-q', '--bare', '-b', 'main', '/srv/app.git');
  await git(host, 'clone', '-q', 'file:///srv/app.git', '/root/desk');
  await commit(host, 'one');
  await git(host, 'clone', '-q', '-b', 'main', 'file:///srv/app.git', '/opt/app');
  await host.exec('mkdir', '/opt/app/data');
  await put(host, { path: '/opt/app/data/word', mode: '0600', text: 'kept\n' });
  await put(host, { path: '/opt/app/.env', mode: '0600', text: 'TOKEN=old\n' });
}
