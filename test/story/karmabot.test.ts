import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../rig/rig.ts';
import { answered, done, ended, LONG, PATIENCE_MS } from './stage/chat.ts';
import { badVersion, type Karmabot, openKarmabot, version } from './stage/karmabot.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
const CLEO = 'U0CLEO';

describeWith(['engine', 'systemd-host'], 'Karmabot by its own service file, on a real host', (rig) => {
  let karmabot: Karmabot;
  beforeAll(async () => {
    karmabot = await openKarmabot(await rig.startSystemdHost());
  }, LONG.timeout);
  afterAll(() => karmabot?.close());
  const image = (): Promise<string> =>
    karmabot.host.exec('docker', 'inspect', '-f', '{{.Image}}', 'karmabot-app');

  it('shows its components, its checks over TLS, and its host', LONG, async () => {
    const checked = await answered(karmabot, 'check karmabot');
    for (const name of ['app', 'mongodb', 'nginx', 'web', 'slack-events', 'certificate', 'disk', 'memory'])
      expect(checked).toContain(`✅ ${name} — `);
    expect(checked).toMatch(/❓ slack-app — the variable KARMABOT_SLACK_TOKEN is not set/);
    const host = await answered(karmabot, 'status karmabot --host');
    expect(host).toMatch(/✅ web — HTTP 200[\s\S]*Host karmabot-server[\s\S]*karmabot-app/);
    const used = await answered(karmabot, 'run karmabot host');
    expect(used).toMatch(/Tasks:[\s\S]*Filesystem[\s\S]*Mem:[\s\S]*karmabot-mongodb/);
    expect(await answered(karmabot, 'run karmabot events')).toMatch(/\n1\n/);
  });

  it(
    'a new version is pulled, built, seen to answer; a bad one is rolled back by a press',
    LONG,
    async () => {
      const { scene, desk } = karmabot;
      await desk.push('the second one', version('two'));
      const good = await done(karmabot, 'deploy karmabot');
      expect(good.text).toMatch(
        /\*succeeded\*[\s\S]*Verified\..*web: HTTP 200[\s\S]*"the first one" → [0-9a-f]{7} \(main\)/,
      );
      expect(await karmabot.says()).toBe('two');
      const before = await image();
      await desk.push('the bad one', badVersion('three'));
      const bad = await done(karmabot, 'deploy karmabot');
      expect(bad.text).toMatch(/\*not verified\*[\s\S]*web: HTTP 502/);
      await scene.presses(ANA, bad.card, 'Roll back');
      const back = await ended(scene, await scene.newCard());
      expect(back).toMatch(/\*succeeded\*[\s\S]*"the bad one" → [0-9a-f]{7} "the second one"/);
      expect(back).not.toContain('docker-compose build');
      expect([await karmabot.says(), await image()]).toEqual(['two', before]);
    },
  );

  it('nginx takes up its configuration if it is sound, and is left alone if not', LONG, async () => {
    const { host } = karmabot;
    expect((await done(karmabot, 'run karmabot reload-nginx')).text).toMatch(/\*succeeded\*/);
    await host.exec('sh', '-c', 'echo "nonsense;" > /etc/nginx/conf.d/bad.conf');
    const { text } = await done(karmabot, 'run karmabot reload-nginx');
    expect(text).toMatch(/\*failed\*[\s\S]*❌ try it[\s\S]*▫️ reload/);
    await host.exec('rm', '/etc/nginx/conf.d/bad.conf');
    expect(await karmabot.says()).toBe('two');
  });

  it(
    'a repair stopped before it begins leaves a copy, and one press starts what it had stopped',
    LONG,
    async () => {
      const { scene, host } = karmabot;
      const card = await scene.requests('run karmabot repair-db --reason "it looks corrupt"');
      await scene.presses(BEN, card, 'Approve');
      await scene.shows(card, /1 of 2 from approver/);
      await scene.presses(CLEO, card, 'Approve');
      await scene.shows(card, /Go on\? The copy is there/, PATIENCE_MS);
      expect(await host.exec('sh', '-c', 'ls -d /var/backups/karmabot-db-*')).toMatch(/karmabot-db-\d+T/);
      await scene.presses(ANA, card, 'Stop before the next step');
      expect(await ended(scene, card)).toMatch(/\*cancelled\*[\s\S]*copy its files aside/);
      expect(await answered(karmabot, 'check karmabot')).toMatch(
        /❌ app — exited[\s\S]*❌ mongodb — exited[\s\S]*❌ database — MongoDB: [^\n]*is not running/,
      );
      await scene.presses(ANA, card, 'Start again');
      expect(await ended(scene, await scene.newCard())).toMatch(/\*succeeded\*/);
      expect(await karmabot.says()).toBe('two');
    },
  );
});
