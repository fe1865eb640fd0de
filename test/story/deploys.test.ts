import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { describeWith } from '../rig/rig.ts';
import { bad, Deployed, good } from './stage/deployed.ts';
import { git } from './stage/repository.ts';
import { FREELY, Scene } from './stage/scene.ts';

const ANA = 'U0ANA';
/** A loaded machine is slow. */
const PATIENCE_MS = 30_000;

const short = (sha: string): string => sha.slice(0, 7);

describeWith(['git'], 'a service is deployed, and rolled back, from chat', () => {
  let scene: Scene;
  let bot: Deployed;
  let second: string;

  beforeAll(async () => {
    scene = await Scene.open({
      components: async (yard) => ({ web: await yard.program('web') }),
      services: async (yard) => {
        const folder = join(yard.folder, 'bot');
        await mkdir(folder);
        bot = await Deployed.open(folder);
        return { bot: bot.service('bot') };
      },
      botswain: { policy: FREELY },
    });
    await scene.shows(await scene.requests('start bot/app'), /\*succeeded\*/, PATIENCE_MS);
  });
  afterAll(async () => {
    bot?.stop();
    await scene?.close();
  });

  it('brings a branch there, restarts it, and sees that it runs', async () => {
    const files = { 'app.sh': good('two'), 'needs.txt': 'two', 'build.sh': 'echo built\n' };
    second = await bot.repository.push('the second one', files);
    await bot.repository.tag('v2');
    const card = await scene.requests('deploy bot');
    const shown = await scene.shows(card, /\*succeeded\*/, PATIENCE_MS);
    expect(shown).toContain(`${short(bot.first)} "the first one" → ${short(second)} (main)`);
    expect(await bot.head()).toBe(second);
    expect(await git(bot.host, 'symbolic-ref', '--short', 'HEAD')).toBe('main');
    expect([bot.runs, bot.installed]).toEqual(['two', 'two']);
    expect(await git(bot.host, 'rev-parse', `refs/botswain/kept/${bot.first}`)).toBe(bot.first);
  });

  it('says no to the version that runs already, unless it is wanted again', async () => {
    const answer = await scene.asks(ANA, 'deploy bot v2');
    expect(answer).toMatch(/"the second one" runs already as bot@production[\s\S]*--again/);
    await scene.shows(await scene.requests('deploy bot v2 --again'), /\*succeeded\*/, PATIENCE_MS);
    expect(await git(bot.host, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('HEAD');
  });

  it('a version that ends at once is not verified; one press goes back to the one that was good', async () => {
    const worse = await bot.repository.push('the bad one', { 'app.sh': bad, 'needs.txt': 'bad' });
    const card = await scene.requests('deploy bot main --reason "try"');
    await scene.shows(card, /\*not verified\*/, PATIENCE_MS);
    expect([await bot.head(), bot.runs]).toEqual([worse, 'bad']);
    expect(scene.buttons(card)).toContain('Roll back');
    await scene.presses(ANA, card, 'Roll back');
    const back = await scene.newCard();
    const shown = await scene.shows(back, /\*succeeded\*/, PATIENCE_MS);
    expect(shown).toMatch(/Rollback bot\/app in production/);
    expect(shown).toContain(`${short(worse)} "the bad one" → ${short(second)} "the second one"`);
    expect(await bot.head()).toBe(second);
    expect([bot.runs, bot.installed]).toEqual(['two', 'two']);
  });

  it('a build that fails leaves alone what runs, and says so; the next one may come', async () => {
    const { pid } = bot;
    const files = { 'app.sh': good('three'), 'build.sh': 'echo "no such module" >&2\nexit 3\n' };
    await bot.repository.push('no build', files);
    const card = await scene.requests('deploy bot');
    const shown = await scene.shows(card, /\*failed\*/, PATIENCE_MS);
    expect(shown).toMatch(
      /\(sh build.sh\) failed: it ended with code 3: no such module\. What runs was not touched; .* is at/,
    );
    expect(bot.pid).toBe(pid);
    await scene.shows(await scene.requests('deploy bot'), /\*failed\*/, PATIENCE_MS);
    const mended = await bot.repository.push('built', { 'build.sh': '' });
    await scene.shows(await scene.requests('deploy bot'), /\*succeeded\*/, PATIENCE_MS);
    expect([await bot.head(), bot.runs]).toEqual([mended, 'three']);
  });

  it('a rollback without a version goes back to the last good one, past those that were not', async () => {
    const card = await scene.requests('rollback bot');
    const shown = await scene.shows(card, /\*succeeded\*/, PATIENCE_MS);
    expect(shown).toContain(`→ ${short(second)} "the second one"`);
    expect(bot.runs).toBe('two');
    const again = await scene.requests('rollback bot');
    expect(await scene.shows(again, /\*succeeded\*/, PATIENCE_MS)).toContain('"the first one"');
    expect(await bot.head()).toBe(bot.first);
  });

  it('releases says what runs, what ran and what can be gone back to', async () => {
    await scene.types(ANA, 'releases bot');
    const match = /Releases of bot@production/;
    const text = readable((await scene.slack.expectMessage({ channel: 'C0OPS', match })).look);
    expect(text).toMatch(/Runs now[\s\S]*"the first one"/);
    expect(text).toMatch(/4 commits behind main/);
    expect(text).toMatch(/"the bad one"[^\n]*deploy, not verified[^\n]*Ana/);
    expect(text).toMatch(/"the first one"[^\n]*it runs/);
    expect(text).toMatch(/"the second one"[^\n]*by building it/);
  });

  it.each([
    ['deploy bot v3', /there is no branch, tag or commit "v3" at origin[\s\S]*Did you mean "v2"/i],
    ['deploy bot 1234567', /there is no branch, tag or commit "1234567"/i],
    ['deploy bot "v2;touch x"', /"v2;touch x" is not a version/i],
    ['deploy bot "$(touch x)"', /is not a version/],
    ['deploy bot "--upload-pack=x"', /--upload-pack/],
    ['deploy bot a..b', /"a\.\.b" is not a version/],
    ['rollback bot --to "-x"', /is not a version/],
    ['rollback bot --to 1234567', /has no version "1234567" to go back to/],
    ['deploy shop', /do not say how shop is deployed/],
    ['releases shop', /do not say how shop is deployed/],
  ])('%s is refused', async (line, match) => {
    expect(await scene.asks(ANA, line)).toMatch(match);
    expect(await bot.head()).toBe(bot.first);
  });

  it('edits on the host are refused with their files, other files are nobody’s business', async () => {
    await writeFile(join(bot.host, 'app.sh'), good('edited'));
    await writeFile(join(bot.host, 'heartbeat.txt'), 'now');
    const answer = await scene.asks(ANA, 'deploy bot');
    expect(answer).toMatch(/has edits of its own on the target: app\.sh[\s\S]*stash/);
    expect(answer).not.toMatch(/heartbeat/);
    await git(bot.host, 'checkout', '-q', '--', 'app.sh');
    expect(await scene.asks(ANA, 'deploy bot --dry-run')).toMatch(/→/);
  });

  it('commits that only the host has are named', async () => {
    await git(bot.host, 'checkout', '-q', 'main');
    await git(bot.host, 'commit', '-q', '--allow-empty', '-m', 'mended by hand');
    await bot.repository.push('one more', {});
    const answer = await scene.asks(ANA, 'deploy bot');
    expect(answer).toMatch(
      /branch main in .* has commits that origin lacked when it was last fetched: \w{7} "mended by hand"/i,
    );
    await git(bot.host, 'reset', '-q', '--hard', 'HEAD~1');
  });

  it('a remote that is gone is said in words, and nothing was done', async () => {
    const before = await bot.head();
    await bot.repository.vanish();
    const answer = await scene.asks(ANA, 'deploy bot');
    expect(answer).toMatch(/origin \(.*\) does not answer git[\s\S]*Nothing was done/i);
    expect(await bot.head()).toBe(before);
    await scene.types(ANA, 'releases bot');
    await scene.slack.expectMessage({ channel: 'C0OPS', match: /Runs now[\s\S]*does not answer git/ });
    await bot.repository.comeBack();
  });
});
