import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scene } from './stage/scene.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';

describe('who did what to shop', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({ components: async (yard) => ({ app: await yard.program('app') }) });
  });
  afterAll(() => scene?.close());

  it('is one line a change, with whoever asked, decided and was refused', async () => {
    await scene.asks(ANA, 'whoami');
    const card = await scene.requests('restart shop/app --reason "it hangs"');
    await scene.presses(ANA, card, 'Approve');
    await scene.told(ANA, /somebody else must decide/);
    await scene.presses(BEN, card, 'Approve');
    await scene.shows(card, /\*succeeded\*/);
    await scene.asks('U0VERA', 'restart shop/app');
    const told = (await scene.asks(ANA, 'audit shop last night')).split('\n');
    expect(told[0]).toBe('Audit of shop');
    expect(told[1]).toMatch(/^⚠️ \S+ Vera: line refused "restart shop\/app" — you may not run restart/);
    expect(told[2]).toMatch(
      /^✅ \S+ Ana: restart shop\/app@production — "it hangs" · refused to Ana: .*somebody else must decide · approved by Ben · succeeded(?: after \S+)? · C-1$/,
    );
    expect(told[3]).toMatch(/^from yesterday 18:00 to now · 2 entries · times in UTC$/);
    expect(told).toHaveLength(4);
    expect(await scene.asks(ANA, 'audit --by Vera --since yesterday 22:00')).toMatch(/· 1 entry ·/);
  });

  it('has a refused decision once', async () => {
    const records = await scene.audit();
    const refused = records.filter(({ event }) => /refused/.test(event));
    expect(refused.map(({ actor, event, subject }) => `${actor}: ${event} ${subject ?? ''}`.trim())).toEqual([
      'ana: decision refused C-1',
      'vera: line refused',
    ]);
  });

  it('names the person, the account, the rule and the digest of what was asked and decided', async () => {
    const records = await scene.audit();
    const of = (event: string) => records.find((record) => record.event === event);
    expect(of('change requested')).toMatchObject({
      actor: 'ana',
      detail: {
        via: 'slack:U0ANA',
        where: 'slack:C0OPS',
        rule: 'policy rule 2',
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
    expect(of('change approved')).toMatchObject({
      actor: 'ben',
      detail: { via: 'slack:U0BEN', rule: 'policy rule 2', digest: of('change requested')?.detail.digest },
    });
    expect(of('decision refused')).toMatchObject({ actor: 'ana', detail: { via: 'slack:U0ANA' } });
    expect(of('line answered')).toMatchObject({ detail: { via: 'slack:U0ANA', where: 'slack:C0OPS' } });
  });
});
