import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildEnvironment, docker, tryDocker } from '../rig/docker-cli.ts';
import { ownerLabels } from '../rig/owner.ts';
import { describeWith } from '../rig/rig.ts';

const root = join(import.meta.dirname, '../..');
// a tag of its own: another checkout may be building too; the layers are shared
const tag = `botswain-image-test:${randomUUID().slice(0, 8)}`;
const hardened = [
  ...['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
  ...['--tmpfs', '/data', '--tmpfs', '/tmp', '-p', '127.0.0.1::3000', '--health-interval', '1s'],
];

describeWith(['node-slim'], 'the image', () => {
  let container = '';
  beforeAll(async () => {
    const built = await tryDocker(['build', '--force-rm', '-t', tag, root], {
      seconds: 300,
      env: await buildEnvironment(),
    });
    if (built.exitCode !== 0) throw new Error(`docker build: ${built.stdout}\n${built.stderr}`);
    container = await docker('run', '-d', ...ownerLabels(), ...hardened, tag);
  }, 320_000);
  afterAll(async () => {
    await tryDocker(['rm', '-fv', container]);
    await tryDocker(['image', 'rm', tag]);
  });

  const log = async (): Promise<string> => {
    const { stdout, stderr } = await tryDocker(['logs', container]);
    return `${stdout}\n${stderr}`;
  };
  const healthz = async (): Promise<string> => {
    const at = await docker('port', container, '3000/tcp');
    const answer = await fetch(`http://${at}/healthz`);
    return `status ${answer.status}`;
  };

  it('is healthy on a read-only root, without root and without capabilities', async () => {
    await expect.poll(() => healthz().catch(log), { timeout: 20_000, interval: 200 }).toBe('status 200');
    const health = ['inspect', '-f', '{{.State.Health.Status}}', container];
    await expect.poll(() => docker(...health), { timeout: 15_000, interval: 200 }).toBe('healthy');
    expect(await docker('exec', container, 'id', '-un')).toBe('node');
    expect((await tryDocker(['exec', container, 'touch', '/app/src/x'])).exitCode).not.toBe(0);
  });

  it('runs the demo: two sign-in links on the console', async () => {
    await expect
      .poll(async () => new Set((await log()).match(/http:\/\/(127\.0\.0\.1|localhost):3001\/\S+/g)).size, {
        timeout: 20_000,
        interval: 200,
      })
      .toBe(2);
  });

  it('holds only what it runs', async () => {
    expect((await docker('exec', container, 'ls', '/app')).split('\n')).toEqual([
      'commands',
      'config',
      'node_modules',
      'package-lock.json',
      'package.json',
      'src',
    ]);
    expect((await tryDocker(['exec', container, 'ls', '/app/node_modules/vitest'])).exitCode).not.toBe(0);
  });

  it('stops by itself when asked to', async () => {
    await docker('stop', '-t', '10', container);
    expect(await docker('inspect', '-f', '{{.State.ExitCode}}', container)).toBe('0');
  });
});
