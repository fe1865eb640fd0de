import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { FREELY, Scene, serviceOf } from './stage/scene.ts';

const ANA = 'U0ANA';
/** A host that builds images beside others is slow. */
const PATIENCE_MS = 90_000;
const LONG = { timeout: 4 * PATIENCE_MS };

const app = (version: string, end = 'exec /bin/sleep 1000000'): string =>
  `echo "this is ${version}"\n${end}\n`;

const FILES = {
  Dockerfile: 'FROM karmabot:1.4.0\nCOPY app.sh /app.sh\nCMD ["/bin/sh", "/app.sh"]\n',
  'docker-compose.yml': `services:
  app:
    build: .
    container_name: shop-app
    command: ["/bin/sh", "/app.sh"]
    init: true
    restart: unless-stopped
`,
  'app.sh': app('one'),
};

describeWith(['engine', 'systemd-host'], 'a compose service on a real host is deployed', (rig) => {
  let host: SystemdHost;
  let scene: Scene;
  let first: string;
  let second: string;

  const asOps = (...argv: readonly string[]): Promise<string> =>
    host.exec('runuser', '-u', 'ops', '--', ...argv);
  const asKatana = (...argv: readonly string[]): Promise<string> =>
    host.exec('runuser', '-u', 'katana', '--', ...argv);
  const inDesk = (...args: readonly string[]): Promise<string> =>
    asOps('git', '-c', 'user.name=Dev', '-c', 'user.email=dev@example.org', '-C', '/home/ops/desk', ...args);
  const push = async (message: string, files: Readonly<Record<string, string>>): Promise<string> => {
    for (const [name, text] of Object.entries(files))
      await asOps('sh', '-c', 'printf %s "$2" > "/home/ops/desk/$1"', 'sh', name, text);
    await inDesk('add', '-A');
    await inDesk('commit', '-q', '--allow-empty', '-m', message);
    await inDesk('push', '-q', 'origin', 'HEAD:main');
    return inDesk('rev-parse', 'HEAD');
  };
  const images = (): Promise<string> =>
    host.exec('docker', 'image', 'ls', 'shop_app', '--format', '{{.Tag}}');
  const runningImage = (): Promise<string> => host.exec('docker', 'inspect', '-f', '{{.Image}}', 'shop-app');
  const idOf = (tag: string): Promise<string> =>
    host.exec('docker', 'image', 'inspect', '-f', '{{.Id}}', `shop_app:${tag}`);
  const tagOf = (sha: string): string => `botswain-${sha.slice(0, 7)}`;

  beforeAll(async () => {
    host = await rig.startSystemdHost();
    await asOps('git', 'init', '-q', '--bare', '-b', 'main', '/home/ops/shop.git');
    await asOps('git', 'clone', '-q', 'file:///home/ops/shop.git', '/home/ops/desk');
    first = await push('the first one', FILES);
    await host.exec('install', '-d', '-o', 'ops', '-g', 'ops', '/opt/shop');
    await asOps('git', 'clone', '-q', '-b', 'main', 'file:///home/ops/shop.git', '/opt/shop');
    await host.exec('sh', '-c', 'cd /opt/shop && docker-compose build app && docker-compose up -d');
    const server = {
      kind: 'ssh',
      host: host.host,
      port: host.port,
      user: host.user,
      key: { file: host.privateKeyPath },
      host_key: host.hostKeyFingerprint,
    };
    const components = {
      app: {
        kind: 'compose',
        target: 'server',
        project: '/opt/shop',
        compose_service: 'app',
        container: 'shop-app',
        sudo: true,
        stop_seconds: 1,
      },
    };
    const deploy = {
      kind: 'git',
      component: 'app',
      folder: '/opt/shop',
      images: ['shop_app'],
      docker_sudo: true,
      build: [{ run: ['docker-compose', 'build', 'app'], sudo: true, timeout: '5m' }],
      afterwards: { app: 'recreate' },
    };
    // A home that nobody else may enter, as Ubuntu makes them.
    await host.exec('useradd', '--create-home', '--home-dir', '/home/katana', 'katana');
    await host.exec('chmod', '700', '/home/katana');
    await host.exec('sh', '-c', 'echo "ops ALL=(katana) NOPASSWD: ALL" > /etc/sudoers.d/katana');
    await host.exec('cp', '-r', '/home/ops/shop.git', '/home/katana/shop.git');
    await host.exec('chown', '-R', 'katana:', '/home/katana/shop.git');
    await asKatana('git', 'clone', '-q', 'file:///home/katana/shop.git', '/home/katana/app');
    const closed = serviceOf(
      'katana',
      { bot: { kind: 'systemd', target: 'server', unit: 'demo-bot', sudo: true } },
      {
        deploy: {
          kind: 'git',
          component: 'bot',
          folder: '/home/katana/app',
          user: 'katana',
          install: [['sh', '-c', 'id -un > ../who; pwd >> ../who']],
          afterwards: { bot: 'restart' },
        },
      },
    );
    scene = await Scene.open({
      components: async (yard) => ({ web: await yard.program('web') }),
      targets: () => ({ production: { server } }),
      services: async () => ({
        katana: closed,
        store: serviceOf('store', components, { verify: { hold: '2s', within: '8s' }, deploy }),
      }),
      botswain: { policy: FREELY },
    });
  }, LONG.timeout);
  afterAll(() => scene?.close());

  it(
    'builds the new version, keeps the image of the old one, and sees the new container run',
    LONG,
    async () => {
      const before = await runningImage();
      second = await push('the second one', { 'app.sh': app('two') });
      const shown = await scene.shows(await scene.requests('deploy store'), /\*succeeded\*/, PATIENCE_MS);
      expect(shown).toContain(`"the first one" → ${second.slice(0, 7)} (main)`);
      expect(await host.exec('docker', 'logs', 'shop-app')).toContain('this is two');
      expect(await idOf(tagOf(first))).toBe(before);
      expect(await runningImage()).toBe(await idOf('latest'));
      expect(await runningImage()).not.toBe(before);
    },
  );

  it(
    'a version that exits is not verified; one press brings the kept image back without a build',
    LONG,
    async () => {
      const good = await runningImage();
      await push('the bad one', { 'app.sh': app('bad', 'exit 1') });
      const card = await scene.requests('deploy store');
      await scene.shows(card, /\*not verified\*/, PATIENCE_MS);
      await scene.presses(ANA, card, 'Roll back');
      const back = await scene.newCard();
      const shown = await scene.shows(back, /\*succeeded\*/, PATIENCE_MS);
      expect(shown).toContain(`take the image kept of ${second.slice(0, 7)} again`);
      expect(shown).not.toContain('docker-compose build');
      expect(await runningImage()).toBe(good);
      expect(await host.exec('docker', 'logs', 'shop-app')).toContain('this is two');
    },
  );

  it('keeps the newest five, and lets go of the others', LONG, async () => {
    const old: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      const sha = await push(`old ${name}`, {});
      old.push(sha);
      await asOps('git', '-C', '/opt/shop', 'fetch', '-q');
      await asOps('git', '-C', '/opt/shop', 'update-ref', `refs/botswain/kept/${sha}`, sha);
      await host.exec('docker', 'image', 'tag', 'mongo:4.4', `shop_app:${tagOf(sha)}`);
    }
    const third = await push('the third one', { 'app.sh': app('three') });
    const shown = await scene.shows(await scene.requests('deploy store'), /\*succeeded\*/, PATIENCE_MS);
    expect(shown).toMatch(/let go of [\w, ]+, kept long enough/);
    const kept = (await asOps('git', '-C', '/opt/shop', 'for-each-ref', 'refs/botswain/kept')).split('\n');
    expect(kept.length).toBeLessThanOrEqual(5);
    const tags = await images();
    expect(tags).toContain(tagOf(second));
    expect(tags.split('\n').filter((tag) => tag.startsWith('botswain-')).length).toBeLessThanOrEqual(5);
    expect(old.some((sha) => tags.includes(tagOf(sha)))).toBe(true);
    expect(old.every((sha) => tags.includes(tagOf(sha)))).toBe(false);
    expect(await asOps('git', '-C', '/opt/shop', 'rev-parse', 'HEAD')).toBe(third);
    await scene.types(ANA, 'releases store');
    await scene.slack.expectMessage({ channel: 'C0OPS', match: /"the second one"[^\n]*at hand/ });
  });

  it("another account's checkout, in a home that is closed to the one we log in as", LONG, async () => {
    const before = await host.mainPid('demo-bot');
    await host.exec(
      'sh',
      '-c',
      'cp -r /home/ops/shop.git/. /home/katana/shop.git && chown -R katana: /home/katana/shop.git',
    );
    const shown = await scene.shows(await scene.requests('deploy katana'), /\*succeeded\*/, PATIENCE_MS);
    expect(shown).toContain('Deploy katana/bot in production');
    expect(await host.exec('cat', '/home/katana/who')).toBe('katana\n/home/katana/app');
    expect(await asKatana('git', '-C', '/home/katana/app', 'log', '-1', '--format=%s')).toBe('the third one');
    expect(await host.mainPid('demo-bot')).not.toBe(before);
  });

  it('sudo that is not allowed is said with what to do', LONG, async () => {
    await host.exec('sh', '-c', 'mv /etc/sudoers.d/ops /root/ops');
    const answer = await scene.asks(ANA, 'deploy store --again');
    await host.exec('sh', '-c', 'mv /root/ops /etc/sudoers.d/ops');
    expect(answer).toMatch(/password is required|TARGET_SUDO_DENIED/);
    await host.exec('chown', '-R', 'root:root', '/opt/shop');
    expect(await scene.asks(ANA, 'deploy store --again')).toMatch(
      /git does not trust \/opt\/shop, because it belongs to somebody else[\s\S]*`user`/i,
    );
  });
});
