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
    await expect.poll(() => healthz().catch(log), { timeout: 60_000, interval: 200 }).toBe('status 200');
    const health = ['inspect', '-f', '{{.State.Health.Status}}', container];
    await expect.poll(() => docker(...health), { timeout: 60_000, interval: 200 }).toBe('healthy');
    expect(await docker('exec', container, 'id', '-un')).toBe('node');
    expect((await tryDocker(['exec', container, 'touch', '/app/src/x'])).exitCode).not.toBe(0);
  }, 130_000);

  it('runs the demo: two sign-in links on the console', async () => {
    await expect
      .poll(async () => new Set((await log()).match(/http:\/\/(127\.0\.0\.1|localhost):3001\/\S+/g)).size, {
        timeout: 60_000,
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

  /** A look into the image as root, before anything has run in it. */
  const inside = (script: string): Promise<string> =>
    docker('run', '--rm', '--user', '0', '--network', 'none', '--entrypoint', 'sh', tag, '-c', script);

  it('has nobody become somebody else: no setuid, no capability, no new privilege', async () => {
    expect(await inside('find / -xdev -type f -perm /6000')).toBe('');
    expect(await inside('getcap -r / 2>/dev/null || true')).toBe('');
    const status = await docker('exec', container, 'cat', '/proc/1/status');
    expect(status).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(status).toMatch(/^CapBnd:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    const [user, volumes] = (
      await docker('image', 'inspect', '-f', '{{.Config.User}} {{json .Config.Volumes}}', tag)
    ).split(' ');
    expect([user, volumes]).toEqual(['node', '{"/data":{}}']);
  });

  it('writes to /data and /tmp only, and could not change itself even on a root that may be written', async () => {
    const script =
      'find / -xdev -writable \\( -type f -o -type d \\) 2>/dev/null | grep -Ev "^/(proc|sys|dev)(/|$)"';
    const may = ['run', '--rm', '--network', 'none', '--entrypoint', 'sh', tag, '-c'] as const;
    const places = (await docker(...may, script)).split('\n');
    const home = /^\/(data|tmp|var\/tmp|run\/lock|home\/node)(\/|$)/;
    expect(places.filter((place) => !home.test(place))).toEqual([]);
    expect(places).toContain('/data');
    const changed = (await docker('diff', container)).split('\n').filter((line) => line !== '');
    expect(changed).toEqual([]);
  });

  it('holds no key and no token: not in a file, not in its history, not in its variables', async () => {
    const keys =
      'grep -rlIE -e "-----BEGIN ([A-Z]+ )*PRIVATE KEY-----[[:space:]]*$" /app /etc /root /home /var /opt /usr/local/etc 2>/dev/null; ' +
      'find / -xdev \\( -name "id_*" -o -name "ssh_host_*" -o -name ".env*" -o -name ".npmrc" -o -name "*.pem" -o -name ".git" -o -name "*.key" \\) -type f 2>/dev/null';
    const found = (await inside(keys)).split('\n').filter((path) => path !== '');
    const harmless =
      /^\/(usr\/share|etc\/ssl\/certs|usr\/lib\/ssl|usr\/local\/lib\/node_modules)\/|^\/app\/\.npmrc$/;
    expect(found.filter((path) => !harmless.test(path))).toEqual([]);
    const history = await docker('history', '--no-trunc', '--format', '{{.CreatedBy}}', tag);
    const variables = await docker('image', 'inspect', '-f', '{{json .Config.Env}}', tag);
    const tokens =
      /xox[abeprs]-|xapp-|gh[pousr]_\w{20}|AKIA[A-Z0-9]{16}|\d{8,10}:[\w-]{35}|_authToken|PASSWORD|PRIVATE KEY|:\/\/[^/\s:@]+:[^/\s:@]+@/;
    expect(history).not.toMatch(tokens);
    expect(variables).not.toMatch(tokens);
    expect(await inside('cat /app/.npmrc')).not.toMatch(/token|password|_auth|^registry|\/\//im);
    expect(JSON.parse(variables)).toEqual(
      expect.arrayContaining(['BOTSWAIN_DATA=/data', 'NODE_ENV=production']),
    );
  });

  it('stops by itself when asked to', async () => {
    await docker('stop', '-t', '10', container);
    expect(await docker('inspect', '-f', '{{.State.ExitCode}}', container)).toBe('0');
  });
});
