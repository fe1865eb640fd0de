import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeWith } from '../rig/rig.ts';
import { type Card, FREELY, hostOf, Scene } from '../story/stage/scene.ts';

const ANA = 'U0ANA';

/** A scene with one program that clings, and a restart of it that hangs in the middle. */
async function hanging(
  targets?: Parameters<typeof Scene.open>[0]['targets'],
): Promise<{ readonly scene: Scene; readonly card: Card }> {
  const scene = await Scene.open({
    components: async (yard) => ({
      slow: {
        ...(await yard.program('slow', { clings: true })),
        ...(targets === undefined ? {} : { target: 'host' }),
      },
    }),
    botswain: { policy: FREELY },
    ...(targets === undefined ? {} : { targets }),
  });
  await scene.yard.start('slow');
  const card = await scene.requests('restart shop/slow --reason "left"');
  await expect.poll(() => scene.yard.asked('slow'), { timeout: 10_000 }).toBe(true);
  return { scene, card };
}

describe('what a kill -9 left', () => {
  let scene: Scene;
  let card: Card;

  beforeEach(async () => {
    ({ scene, card } = await hanging());
    await scene.bot.kill();
  });
  afterEach(() => scene?.close());

  /** As if the kill had come before the line was noted as done. */
  function forgetDone(): void {
    const database = new DatabaseSync(join(scene.bot.folder, 'data', 'botswain.db'));
    const incoming = {
      account: { platform: 'slack', id: ANA, standing: 'person' },
      conversation: { platform: 'slack', channel: 'C0OPS' },
      direct: false,
      text: 'restart shop/slow --reason "left"',
    };
    const { id } = database.prepare('SELECT id FROM inbox').get() ?? {};
    database
      .prepare('UPDATE inbox SET done = 0, incoming = ?')
      .run(JSON.stringify({ id: String(id), ...incoming }));
    database.close();
  }

  it('a line whose change is under way is not refused because of the lock of that change', async () => {
    forgetDone();
    await scene.boot();
    await scene.shows(card, /\*unknown\*/, 5000);
    await scene.yard.letGo('slow');
    await scene.shows(card, /\*succeeded\*/);
    expect(scene.slack.ephemerals(ANA)).toEqual([]);
    const records = await scene.audit();
    expect(records.filter(({ event }) => event === 'change requested')).toHaveLength(1);
    expect(records.map(({ event }) => event)).not.toContain('line refused');
    expect(scene.yard.starts('slow')).toBe(2);
  });

  it('a step of which the target lost sight keeps its buttons, whatever the card is drawn for', async () => {
    const receipts = join(scene.yard.folder, 'receipts');
    for (const name of await readdir(receipts))
      process.kill(Number((await readFile(join(receipts, name, 'pid'), 'utf8')).split(' ')[0]), 'SIGKILL');
    await scene.boot();
    await scene.shows(card, /without leaving an exit code/);
    expect(scene.buttons(card)).toContain('It did not happen');
    // A press that changes nothing: it draws the card anew.
    await scene.types('U0BEN', `approve ${card.id}`);
    await scene.told('U0BEN', /does not wait for a decision/);
    expect(await scene.asks(ANA, `show ${card.id}`)).toMatch(/without leaving an exit code/);
    expect(scene.buttons(card)).toContain('It did not happen');
    await scene.presses(ANA, card, 'It did not happen');
    await scene.shows(card, /\*failed\*[\s\S]*Ana looked: it did not happen/, 5000);
  });
});

describeWith(['sshd'], 'a busy component on a host that hangs', (rig) => {
  it('is said to be locked at once, and by whom: no target has to be asked for that', async () => {
    const sshd = await rig.startSshd();
    const { scene, card } = await hanging((yard) => ({ production: { host: hostOf(sshd, yard) } }));
    try {
      sshd.freeze();
      const began = performance.now();
      expect(await scene.asks(ANA, 'restart shop/slow')).toMatch(/DENIED_LOCKED/);
      expect(performance.now() - began).toBeLessThan(2000);
      sshd.thaw();
      await scene.yard.letGo('slow');
      await scene.shows(card, /\*succeeded\*/, 20_000);
    } finally {
      await scene.close();
    }
  });
});
