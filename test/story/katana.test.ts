import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../rig/rig.ts';
import { answered, done, ended, LONG, PATIENCE_MS } from './stage/chat.ts';
import { type Katana, openKatana, version } from './stage/katana.ts';

const ANA = 'U0ANA';

describeWith(['engine', 'systemd-host'], 'Katana Bot by its own service file, on a real host', (rig) => {
  let katana: Katana;
  beforeAll(async () => {
    katana = await openKatana(await rig.startSystemdHost());
  }, LONG.timeout);
  afterAll(() => katana?.close());
  const logsOf = (environment: string): Promise<string> =>
    answered(katana, `logs katana-bot@${environment} --tail 20`);

  it('gets a unit on a host that has none: written, shown, started, seen to beat', LONG, async () => {
    const { scene, host } = katana;
    const card = await scene.requests('run katana-bot@production install-service');
    await scene.shows(card, /Go on\? Above stand the unit/, PATIENCE_MS);
    expect(await host.exec('cat', '/etc/systemd/system/katana_bot.service')).toMatch(
      /EnvironmentFile=\/opt\/katana-bot\/\.env\nUser=katana/,
    );
    await scene.presses(ANA, card, 'Go on');
    const text = await ended(scene, card);
    expect(text).toMatch(/\*succeeded\*[\s\S]*active \(running\)[\s\S]*heartbeat: .*it says/);
    expect(await host.mainPid('katana_bot')).toBeGreaterThan(0);
    expect(await host.exec('systemctl', 'is-enabled', 'katana_bot')).toBe('enabled');
  });

  describe.each([
    ['systemd', 'production', '/opt/katana-bot'],
    ['supervisor', 'staging', '/opt/katana-staging'],
  ])('kept by %s', (manager, environment, folder) => {
    const pid = async (): Promise<number> =>
      manager === 'systemd'
        ? katana.host.mainPid('katana_bot')
        : Number(await katana.host.exec('supervisorctl', 'pid', 'katana_bot'));

    it('a loop that hangs is seen by its heartbeat; a restart brings it back', LONG, async () => {
      const checked = (): Promise<string> => answered(katana, `check katana-bot@${environment}`);
      expect(await checked()).toMatch(/✅ heartbeat — /);
      const before = await pid();
      await katana.hang(folder);
      expect(await checked()).toMatch(/❌ heartbeat — .*stale: it says 10m/);
      const { text } = await done(katana, `restart katana-bot@${environment}`);
      expect(text).toMatch(/\*succeeded\*[\s\S]*Verified\. katana-bot\/bot.*heartbeat: /);
      expect(await pid()).not.toBe(before);
      expect(await checked()).toMatch(/✅ heartbeat — /);
    });

    it('its lines are there, and its doctor names what is wrong and no key', LONG, async () => {
      expect(await logsOf(environment)).toContain('katana one polls');
      const told = await answered(katana, `run katana-bot@${environment} doctor`);
      expect(told).toMatch(/KATANA_TELEGRAM_TOKEN: set, well formed[\s\S]*OPENAI_API_KEY: missing/);
      expect(told).not.toContain('AAHdq');
    });
  });

  it('is deployed with its packages (pip by a stand-in), in both places', LONG, async () => {
    await katana.desk.push('the second one', version('two'));
    for (const environment of ['production', 'staging']) {
      const { text } = await done(katana, `deploy katana-bot@${environment}`);
      expect(text).toMatch(/\*succeeded\*[\s\S]*"the first one" → [0-9a-f]{7} \(dev\)/);
      expect(await logsOf(environment)).toContain('katana two polls');
    }
    expect(await answered(katana, 'run katana-bot@production doctor')).toContain(
      'telebot, anthropic and openai are there',
    );
  });

  it(
    'packages that cannot be had stop a deploy before what runs is touched; the way back is a press',
    LONG,
    async () => {
      const { scene, host } = katana;
      const before = await host.mainPid('katana_bot');
      await katana.desk.push('the bad one', version('bad', 'no-such-package\n'));
      const { card, text } = await done(katana, 'deploy katana-bot@production');
      expect(text).toMatch(/\*failed\*[\s\S]*What runs was not restarted/);
      expect(await host.mainPid('katana_bot')).toBe(before);
      await scene.presses(ANA, card, 'Roll back');
      const back = await ended(scene, await scene.newCard());
      expect(back).toMatch(/\*succeeded\*[\s\S]*"the bad one" → [0-9a-f]{7} "the second one"/);
      expect(await logsOf('production')).toContain('katana two polls');
    },
  );

  it('one that ends as soon as it starts is not verified, and is rolled back', LONG, async () => {
    await katana.desk.push('the ill one', {
      ...version('three'),
      'bot/katana_bot.py': 'raise ImportError("No module named telebot")\n',
    });
    const bad = await done(katana, 'deploy katana-bot@production');
    expect(bad.text).toMatch(/\*not verified\*/);
    await katana.scene.presses(ANA, bad.card, 'Roll back');
    const back = await ended(katana.scene, await katana.scene.newCard());
    expect(back).toMatch(/\*succeeded\*[\s\S]*active \(running\)/);
    expect(await logsOf('production')).toContain('katana two polls');
  });

  it('what a procedure set up is taken back by one line', LONG, async () => {
    const { host, scene } = katana;
    expect((await done(katana, 'run katana-bot@production enable --undo')).text).toMatch(/\*succeeded\*/);
    expect((await host.tryExec('systemctl', 'is-enabled', 'katana_bot')).stdout).toBe('disabled');
    const card = await scene.requests('run katana-bot@production setup-logging');
    await scene.shows(card, /By hand: systemd: in/, PATIENCE_MS);
    expect(await host.exec('cat', '/etc/logrotate.d/katana_bot')).toContain('su katana adm');
    await scene.presses(ANA, card, 'Stop before the next step');
    expect(await ended(scene, card)).toMatch(/\*cancelled\*[\s\S]*Left out: systemd: in/);
    await scene.presses(ANA, card, 'Take it back');
    expect(await ended(scene, await scene.newCard())).toMatch(/\*succeeded\*/);
    expect((await host.tryExec('test', '-e', '/etc/logrotate.d/katana_bot')).exitCode).toBe(1);
  });
});
