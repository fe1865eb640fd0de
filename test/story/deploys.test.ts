import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { git, Repository } from './stage/repository.ts';
import { FREELY, Scene, serviceOf } from './stage/scene.ts';

const ANA = 'U0ANA';
/** A loaded machine is slow. */
const PATIENCE_MS = 30_000;

/** A program that says which version of it runs, and goes on. */
const good = (version: string): string => `echo ${version} > ../runs\nexec sleep 1000000\n`;

describe('a service is deployed, and rolled back, from chat', () => {
  let scene: Scene;
  let repository: Repository;
  let host: string;
  let first: string;
  let second: string;

  beforeAll(async () => {
    scene = await Scene.open({
      components: async (yard) => {
        repository = await Repository.open(yard.folder);
        first = await repository.push('the first one', {
          'app.sh': good('one'),
          'needs.txt': 'one',
          'build.sh': '',
        });
        host = join(yard.folder, 'host');
        await repository.checkOut(host);
        return { web: await yard.program('web') };
      },
      services: async (yard) => ({
        bot: serviceOf(
          'bot',
          {
            app: {
              kind: 'process',
              start: ['/bin/sh', 'app.sh'],
              cwd: join(yard.folder, 'host'),
              pidfile: join(yard.folder, 'app.pid'),
              log: join(yard.folder, 'app.log'),
              stop_seconds: 1,
            },
          },
          {
            deploy: {
              kind: 'git',
              component: 'app',
              folder: join(yard.folder, 'host'),
              install: [['cp', 'needs.txt', '../installed']],
              build: [{ run: ['sh', 'build.sh'], timeout: '1m' }],
              then: { app: 'restart' },
            },
          },
        ),
      }),
      botswain: { policy: FREELY },
    });
    await scene.shows(await scene.requests('start bot/app'), /\*succeeded\*/, PATIENCE_MS);
  });
  afterAll(async () => {
    const pid = join(scene.yard.folder, 'app.pid');
    if (existsSync(pid)) process.kill(-Number(readFileSync(pid, 'utf8').split(' ')[0]), 'SIGKILL');
    await scene?.close();
  });

  const runs = (): string => readFileSync(join(scene.yard.folder, 'runs'), 'utf8').trim();
  const head = (): Promise<string> => git(host, 'rev-parse', 'HEAD');

  it('brings a branch there, restarts it, and sees that it runs', async () => {
    second = await repository.push('the second one', {
      'app.sh': good('two'),
      'needs.txt': 'two',
      'build.sh': 'echo built\n',
    });
    await repository.tag('v2');
    const card = await scene.requests('deploy bot');
    const shown = await scene.shows(card, /\*succeeded\*/, PATIENCE_MS);
    expect(shown).toContain(`${first.slice(0, 7)} "the first one" → ${second.slice(0, 7)}`);
    expect(await head()).toBe(second);
    expect(await git(host, 'symbolic-ref', '--short', 'HEAD')).toBe('main');
    expect(runs()).toBe('two');
    expect(readFileSync(join(scene.yard.folder, 'installed'), 'utf8')).toBe('two');
    expect(await git(host, 'rev-parse', `refs/botswain/kept/${first}`)).toBe(first);
  });

  it('says no to the version that runs already, and offers what may have been meant', async () => {
    const answer = await scene.asks(ANA, 'deploy bot v2');
    expect(answer).toMatch(/"the second one" runs already as bot@production[\s\S]*--again/);
    await scene.shows(await scene.requests('deploy bot v2 --again'), /\*succeeded\*/, PATIENCE_MS);
    expect(await git(host, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('HEAD');
  });

  it('a version that ends at once is not verified; one press goes back to the one that was good', async () => {
    const bad = await repository.push('the bad one', {
      'app.sh': 'echo bad > ../runs\nexit 1\n',
      'needs.txt': 'bad',
    });
    const card = await scene.requests('deploy bot main --reason "try"');
    await scene.shows(card, /\*not verified\*/, PATIENCE_MS);
    expect(await head()).toBe(bad);
    expect(scene.buttons(card)).toContain('Roll back');
    await scene.presses(ANA, card, 'Roll back');
    const back = await scene.newCard();
    const shown = await scene.shows(back, /\*succeeded\*/, PATIENCE_MS);
    expect(shown).toMatch(/Rollback bot\/app in production/);
    expect(shown).toContain(`${bad.slice(0, 7)} "the bad one" → ${second.slice(0, 7)} "the second one"`);
    expect(await head()).toBe(second);
    expect(runs()).toBe('two');
    expect(readFileSync(join(scene.yard.folder, 'installed'), 'utf8')).toBe('two');
  });

  it('a build that fails leaves alone what runs, and says so', async () => {
    const pid = readFileSync(join(scene.yard.folder, 'app.pid'), 'utf8');
    await repository.push('no build', {
      'app.sh': good('three'),
      'build.sh': 'echo "no such module" >&2\nexit 3\n',
    });
    const card = await scene.requests('deploy bot');
    const shown = await scene.shows(card, /\*failed\*/, PATIENCE_MS);
    expect(shown).toMatch(
      /\(sh build.sh\) failed: it ended with code 3\. What runs was not touched; .* is at/,
    );
    expect(readFileSync(join(scene.yard.folder, 'app.pid'), 'utf8')).toBe(pid);
    const mended = await repository.push('built', { 'build.sh': '' });
    const next = await scene.requests('deploy bot');
    await scene.shows(next, /\*succeeded\*/, PATIENCE_MS);
    expect([await head(), runs()]).toEqual([mended, 'three']);
  });

  it('a rollback without a version goes back to the last good one, past those that were not', async () => {
    const card = await scene.requests('rollback bot');
    const shown = await scene.shows(card, /\*succeeded\*/, PATIENCE_MS);
    expect(shown).toContain(`→ ${second.slice(0, 7)} "the second one"`);
    expect(runs()).toBe('two');
    const again = await scene.requests('rollback bot');
    expect(await scene.shows(again, /\*succeeded\*/, PATIENCE_MS)).toContain('"the first one"');
    expect(await head()).toBe(first);
  });

  it('releases says what runs, what ran and what can be gone back to', async () => {
    await scene.types(ANA, 'releases bot');
    const message = await scene.slack.expectMessage({
      channel: 'C0OPS',
      match: /Releases of bot@production/,
    });
    const text = readable(message.look);
    expect(text).toMatch(/Runs now[\s\S]*"the first one"/);
    expect(text).toMatch(/\d commits behind main/);
    expect(text).toMatch(/"the bad one"[^\n]*deploy, not verified[^\n]*Ana/);
    expect(text).toMatch(/"the first one"[^\n]*it runs/);
    expect(text).toMatch(/"the second one"[^\n]*by building it/);
  });

  it.each([
    ['deploy bot v3', /there is no branch, tag or commit "v3" at origin[\s\S]*Did you mean "v2"/],
    ['deploy bot 1234567', /there is no branch, tag or commit "1234567"/],
    ['deploy bot "v2;touch x"', /"v2;touch x" is not a version/],
    ['deploy bot "$(touch x)"', /is not a version/],
    ['deploy bot "--upload-pack=x"', /--upload-pack/],
    ['deploy bot a..b', /"a\.\.b" is not a version/],
    ['rollback bot --to "-x"', /is not a version/],
    ['rollback bot --to 1234567', /has no version "1234567" to go back to/],
    ['deploy shop', /do not say how shop is deployed/],
    ['releases shop', /do not say how shop is deployed/],
  ])('%s is refused', async (line, match) => {
    expect(await scene.asks(ANA, line)).toMatch(match);
    expect(await head()).toBe(first);
  });

  it('edits on the host are refused with their files, other files are nobody’s business', async () => {
    await writeFile(join(host, 'app.sh'), good('edited'));
    await writeFile(join(host, 'heartbeat.txt'), 'now');
    const answer = await scene.asks(ANA, 'deploy bot');
    expect(answer).toMatch(/has edits of its own on the target: app\.sh[\s\S]*stash/);
    expect(answer).not.toMatch(/heartbeat/);
    await git(host, 'checkout', '-q', '--', 'app.sh');
    expect(await scene.asks(ANA, 'deploy bot --dry-run')).toMatch(/→/);
  });

  it('commits that only the host has are named', async () => {
    await git(host, 'checkout', '-q', 'main');
    await git(host, 'commit', '-q', '--allow-empty', '-m', 'mended by hand');
    await repository.push('one more', {});
    const answer = await scene.asks(ANA, 'deploy bot');
    expect(answer).toMatch(/branch main in .* has commits that origin lacks: \w{7} "mended by hand"/);
    await git(host, 'reset', '-q', '--hard', 'HEAD~1');
  });

  it('a remote that is gone is said in words, and nothing was done', async () => {
    const before = await head();
    await repository.vanish();
    expect(await scene.asks(ANA, 'deploy bot')).toMatch(
      /origin \(.*\) does not answer git[\s\S]*Nothing was done/,
    );
    expect(await head()).toBe(before);
    await repository.comeBack();
  });
});

describe('a deploy that others must approve', () => {
  it.todo('is voided where somebody pulled by hand meanwhile');
});
