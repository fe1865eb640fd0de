import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../rig/rig.ts';
import { Deployed, good } from './stage/deployed.ts';
import { git } from './stage/repository.ts';
import { Scene } from './stage/scene.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
/** A loaded machine is slow. */
const PATIENCE_MS = 30_000;

const policy = [
  { risk: 'read', allow: ['operator'] },
  { service: 'guarded', verb: 'deploy', allow: ['operator'], approvals: 1, from: ['approver'] },
  { allow: ['operator'] },
];

describeWith(['git'], 'between the approval of a deploy and its end', () => {
  let scene: Scene;
  let bot: Deployed;
  let free: Deployed;

  beforeAll(async () => {
    const opened = async (folder: string): Promise<Deployed> => {
      await mkdir(folder);
      return Deployed.open(folder);
    };
    scene = await Scene.open({
      components: async (yard) => ({ web: await yard.program('web') }),
      services: async (yard) => {
        bot = await opened(join(yard.folder, 'guarded'));
        free = await opened(join(yard.folder, 'free'));
        return { guarded: bot.service('guarded'), free: free.service('free') };
      },
      botswain: { policy },
    });
    for (const line of ['start guarded/app', 'start free/app'])
      await scene.shows(await scene.requests(line), /\*succeeded\*/, PATIENCE_MS);
  });
  afterAll(async () => {
    bot?.stop();
    free?.stop();
    await scene?.close();
  });

  it('somebody pulls by hand: it is void, and nothing is done', async () => {
    const second = await bot.repository.push('the second one', { 'app.sh': good('two') });
    const card = await scene.requests('deploy guarded');
    await scene.shows(card, /awaiting approval/);
    await git(bot.host, 'pull', '-q', '--ff-only');
    const { pid } = bot;
    await scene.presses(BEN, card, 'Approve');
    const shown = await scene.shows(card, /\*voided\*/, PATIENCE_MS);
    expect(shown).toContain(`Nothing was done: ${second.slice(0, 7)} "the second one" stands there by now`);
    expect([bot.pid, bot.runs]).toEqual([pid, 'one']);
  });

  it('somebody edits a file: it is void', async () => {
    await bot.repository.push('the third one', { 'app.sh': good('three') });
    const card = await scene.requests('deploy guarded');
    await scene.shows(card, /awaiting approval/);
    await writeFile(join(bot.host, 'needs.txt'), 'by hand');
    await scene.presses(BEN, card, 'Approve');
    const shown = await scene.shows(card, /\*voided\*/, PATIENCE_MS);
    expect(shown).toMatch(
      /since it was planned it changed there: .* has edits of its own on the target: needs.txt/,
    );
    await git(bot.host, 'checkout', '-q', '--', 'needs.txt');
  });

  it('the branch goes on: it is asked for anew with the commit of now', async () => {
    const card = await scene.requests('deploy guarded');
    await scene.shows(card, /awaiting approval/);
    const fourth = await bot.repository.push('the fourth one', { 'app.sh': good('four') });
    await scene.presses(BEN, card, 'Approve');
    await scene.shows(card, /\*voided\*[\s\S]*asked for anew as C-\d+/, PATIENCE_MS);
    const anew = await scene.newCard();
    expect(await scene.shows(anew, /awaiting approval/)).toContain(`→ ${fourth.slice(0, 7)}`);
    await scene.presses(BEN, anew, 'Approve');
    await scene.shows(anew, /\*succeeded\*/, PATIENCE_MS);
    expect([await bot.head(), bot.runs]).toEqual([fourth, 'four']);
  });

  it('kill -9 in the middle of the build: it goes on where it stood, builds once, and is verified', async () => {
    const slow = 'echo once >> ../builds\nwhile [ ! -e ../gate ]; do sleep 0.05; done\n';
    const second = await free.repository.push('slow', { 'app.sh': good('slow'), 'build.sh': slow });
    const card = await scene.requests('deploy free');
    await scene.bot.until(() => existsSync(join(free.folder, 'builds')), PATIENCE_MS);
    expect(await scene.asks(ANA, 'rollback free')).toMatch(new RegExp(`locked by ${card.id}`));
    await scene.bot.kill();
    // Whoever fetches meanwhile alters nothing that the plan stands on.
    await free.repository.push('later', {});
    await git(free.host, 'fetch', '-q');
    await scene.boot();
    await writeFile(join(free.folder, 'gate'), '');
    await scene.shows(card, /\*succeeded\*/, PATIENCE_MS);
    expect([await free.head(), free.runs]).toEqual([second, 'slow']);
    expect(readFileSync(join(free.folder, 'builds'), 'utf8')).toBe('once\n');
  });
});
