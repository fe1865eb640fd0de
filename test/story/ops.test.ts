import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scene } from './stage/scene.ts';
import { team } from './stage/team.ts';
import { Terminal } from './stage/terminal.ts';

const [ANA, BEN] = ['U0ANA', 'U0BEN'];
const policy = [
  { risk: 'read', allow: ['operator', 'viewer'] },
  { verb: 'restart', allow: ['operator'], approvals: 1, from: ['approver'] },
  { verb: ['start', 'stop'], allow: ['approver'] },
];

describe('a terminal when both chats are down', () => {
  let scene: Scene;
  let anas: Terminal;
  let bens: Terminal;
  const data = (): string => join(scene.bot.folder, 'data');
  beforeAll(async () => {
    scene = await Scene.open({
      components: async (yard) => {
        const app = await yard.program('app');
        await yard.start('app');
        return { app };
      },
      botswain: { people: team.people, policy },
    });
    anas = await Terminal.open(data());
    bens = await Terminal.open(data());
  });
  afterAll(async () => {
    await anas?.close();
    await bens?.close();
    await scene?.close();
  });

  it('is nobody before somebody has confirmed it', async () => {
    const ran = await anas.ops('status');
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toMatch(/not signed in.*botswain login/s);
  });

  it('is signed in by the code it shows, confirmed in a chat; the session is this user’s alone', async () => {
    const ana = await anas.login((line) => scene.types(ANA, line));
    expect(ana.out).toMatch(/types as Ana now/);
    await scene.told(ANA, /The terminal may type as you/);
    const ben = await bens.login((line) => scene.types(BEN, line));
    expect([ana.code, ben.code]).toEqual([0, 0]);
    const folder = join(anas.home, '.config/botswain');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    expect(statSync(join(data(), 'botswain.sock')).mode & 0o777).toBe(0o600);
  });

  it('reads, asks, is refused and approves under the same policy while no chat answers', async () => {
    await scene.slack.stop();
    const status = await anas.ops('status shop');
    expect(status).toMatchObject({ code: 0, err: 'as Ana\n' });
    expect(status.out).toMatch(/app/);
    const asked = anas.ops('restart shop/app');
    await expect.poll(async () => (await bens.ops('waiting')).out, { timeout: 15_000 }).toMatch(/C-1/);
    expect(await anas.ops('approve C-1')).toMatchObject({ code: 1 });
    expect((await anas.ops('approve C-1')).out).toMatch(/somebody else must decide/);
    expect(scene.yard.starts('app')).toBe(1);
    const approved = await bens.ops('approve C-1');
    expect(approved).toMatchObject({ code: 0 });
    const done = await asked;
    expect(done.out).toMatch(/awaiting approval[\s\S]*succeeded/);
    expect(done.code).toBe(0);
    expect(scene.yard.starts('app')).toBe(2);
    const denied = await anas.ops('stop shop/app');
    expect(denied).toMatchObject({ code: 1 });
    expect(denied.out).toMatch(/Not allowed[\s\S]*allows it to approver only/);
    const typo = await anas.ops('statos');
    expect(typo.out).toMatch(/botswain ops .status/);
  });

  it('a session that others could read, and one that was ended, count no more', async () => {
    const folder = join(anas.home, '.config/botswain');
    const [file = ''] = readdirSync(folder);
    chmodSync(join(folder, file), 0o644);
    expect(await anas.ops('status')).toMatchObject({ code: 2 });
    chmodSync(join(folder, file), 0o600);
    expect(await anas.ops('logout')).toMatchObject({ code: 2 });
    expect((await anas.ops('status')).err).toMatch(/not signed in/);
    expect(await bens.ops('status')).toMatchObject({ code: 0 });
  });

  it('everything it did is in the audit, by name', async () => {
    const audit = await bens.ops('audit');
    expect(audit.out).toMatch(/person signed in/);
    await scene.bot.stop();
    const gone = await bens.ops('status');
    expect(gone).toMatchObject({ code: 2 });
    expect(gone.err).toMatch(/no Botswain runs with this data folder/);
  });
});
