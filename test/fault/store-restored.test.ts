import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../src/domain/audit-event.ts';
import { FREELY, Scene } from '../story/stage/scene.ts';
import { team } from '../story/stage/team.ts';
import { Terminal } from '../story/stage/terminal.ts';
import { judgeRun, rowOf, saidIn } from './oracle.ts';
import { reportFault } from './table.ts';

const [ANA, BEN] = ['U0ANA', 'U0BEN'];
const policy = [
  { verb: 'stop', allow: ['operator'], approvals: 1, from: ['approver'], expires: '1h', start_within: '1h' },
  ...FREELY,
];

describe('a journal restored from a copy of itself', () => {
  let scene: Scene;
  let terminal: Terminal;
  const copy = (): string => join(scene.bot.folder, 'copy.db');
  beforeAll(async () => {
    scene = await Scene.open({
      components: async (yard) => {
        const programs = {
          app: await yard.program('app', { clings: true }),
          web: await yard.program('web'),
          mail: await yard.program('mail'),
        };
        for (const name of Object.keys(programs)) await yard.start(name);
        return programs;
      },
      botswain: { people: team.people, policy },
    });
    terminal = await Terminal.open(join(scene.bot.folder, 'data'));
  });
  afterAll(async () => {
    await terminal?.close();
    await scene?.close();
  });

  it('knows nothing of what came after: nothing runs twice, old approvals are void, the targets are asked', async () => {
    expect(await terminal.login((line) => scene.types(ANA, line))).toMatchObject({ code: 0 });
    const waits = await scene.requests('stop shop/web --reason "it waits"');
    const underWay = await scene.requests('restart shop/app --reason "under way"');
    await expect.poll(() => scene.yard.asked('app'), { timeout: 10_000 }).toBe(true);
    const copied = await terminal.run('backup-store', copy());
    expect(copied).toMatchObject({ code: 0, err: '' });
    expect(await terminal.run('backup-store', copy())).toMatchObject({ code: 1 });

    await scene.presses(BEN, waits, 'Approve');
    await scene.shows(waits, /succeeded/);
    await scene.yard.letGo('app');
    await scene.shows(underWay, /succeeded/);
    const later = await scene.requests('restart shop/mail');
    await scene.shows(later, /succeeded/);
    const starts = { app: scene.yard.starts('app'), web: scene.yard.starts('web') };
    expect(starts).toEqual({ app: 2, web: 1 });

    const whileRunning = await terminal.run('restore-store', copy());
    expect(whileRunning).toMatchObject({ code: 1 });
    expect(whileRunning.err).toMatch(/in use by another Botswain/);
    await scene.bot.kill();
    const restored = await terminal.run('restore-store', copy());
    expect(restored).toMatchObject({ code: 0, err: '' });
    expect(restored.out).toMatch(/before-restore/);
    await scene.bot.start();

    await scene.shows(waits, /voided[\s\S]*restored from a copy/);
    await scene.shows(underWay, /\*(cancelled|succeeded)\*/);
    const told = await scene.slack.until(
      () =>
        scene.slack
          .messages('C0OPS')
          .find((message) => /restored journal/.test(JSON.stringify(message.look))),
      10_000,
    );
    expect(JSON.stringify(told.look)).toMatch(new RegExp(`${waits.id}[^]*${underWay.id}`));
    await scene.presses(BEN, waits, 'Approve').catch(() => undefined);
    expect({ app: scene.yard.starts('app'), web: scene.yard.starts('web') }).toEqual(starts);
    expect(await terminal.ops('status')).toMatchObject({ code: 2 });
    const next = await scene.requests('restart shop/mail --reason "after the restore"');
    expect(Number(next.id.slice(2))).toBeGreaterThan(1000);
    await scene.shows(next, /succeeded/);
    const records = await scene.audit();
    const restores = records.filter(({ event }) => event === 'store restored');
    expect(restores).toHaveLength(1);
    // The step stood as started in the copy: it is not begun again, it is in doubt, and the target ends that.
    const since = records.slice(records.indexOf(restores[0] as AuditRecord));
    const ofStep = since.filter(({ subject, event }) => subject === underWay.id && event.startsWith('step '));
    expect(ofStep.map(({ event }) => event)).toEqual(['step became unknown', 'step reconciled']);
  }, 120_000);

  it('and the oracle agrees: the step in doubt had its one effect, and every change says how it ended', async () => {
    const data = join(scene.bot.folder, 'data');
    const effects = [
      { component: 'shop/app@production' },
      // What was done after the copy is not in it; the target alone knows.
      { component: 'shop/mail@production' },
    ];
    const accepted = ['it waits', 'under way', 'after the restore'];
    const verdict = await judgeRun({ data, said: saidIn(scene.slack), effects, accepted });
    reportFault(rowOf('the journal restored from a copy made in the middle of a step', 1, verdict));
    expect(verdict).toMatchObject({ problems: [], unknown: 1, byReceipt: 1 });
    expect(scene.yard.starts('app')).toBe(2);
  });
});
