import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { failed, succeeded, unknown } from '../../../src/domain/outcome.ts';
import type { Reconciliation } from '../../../src/executors/executor.ts';
import { cancel, settle } from '../../../src/workflow/decide.ts';
import type { Journal } from '../../../src/workflow/journal.ts';
import { draft, entry, NOON, planOf } from '../../contract/journal-samples.ts';
import { engineBench } from './engine-bench.ts';
import { configuration, executorWith, fleetWith, person, target } from './yard.ts';

const DAY = 86_400_000;
const now = () => NOON + 1_000;

describe('the guard', () => {
  const bench = engineBench();
  const ask = (key: string, more: Parameters<typeof draft>[1] = {}) =>
    bench.journal.changes.request(draft(key, more), entry('change requested'));

  it('sends nothing for a change that was asked to stop while its target was being looked at', async () => {
    const run = vi.fn(executorWith().run);
    const { promise: looking, resolve: looks } = Promise.withResolvers<void>();
    const { promise: cancelled, resolve: goOn } = Promise.withResolvers<void>();
    const observe = async () => {
      looks();
      await cancelled;
      return succeeded({});
    };
    await ask('a');
    await bench.started({ executor: executorWith({ run, observe }) });
    await looking;
    const wish = { id: 'C-1', person: person('ana', 'operator'), via: 'slack:U0ANA' };
    const said = await cancel({ journal: bench.journal, people: configuration().people, now }, wish);
    expect(said).toMatchObject({ kind: 'succeeded', value: { stopsLater: true } });
    goOn();
    await bench.until('C-1', 'cancelled');
    expect(run).not.toHaveBeenCalled();
    expect((await bench.journal.changes.find('C-1'))?.ending).toBe(
      'Stopped by ana. Done: nothing. Left out: restart karmabot/app.',
    );
    expect(await bench.journal.steps.ofChange('C-1')).toEqual([]);
  });

  it.each([
    ['its address', { host: 'two' }, {}],
    ['its folder of receipts', { host: 'one' }, { receipts: '/srv/receipts' }],
  ])(
    'does not ask another place what became of a step: %s was altered',
    async (_what, described, settings) => {
      let where: { readonly described: object; readonly settings: object } = {
        described: { host: 'one' },
        settings: {},
      };
      const reconcile = vi.fn(async (): Promise<Reconciliation> => ({ kind: 'did not happen' }));
      const executor = executorWith({
        run: async () => {
          where = { described, settings };
          return unknown('TARGET_TIMEOUT', 'cut');
        },
        describe: () => ({ ...where.described }),
        reconcile,
      });
      const fleet = fleetWith({
        configuration: {
          ...configuration(),
          get targets() {
            return [{ ...target, settings: { ...where.settings } }];
          },
        },
      });
      await ask('a');
      const seen: unknown[] = [];
      await bench.started({ executor, fleet, seen: (what) => seen.push(what) });
      await vi.waitFor(() =>
        expect(seen).toContainEqual({
          asking: expect.objectContaining({
            kind: 'ask a person',
            why: expect.stringContaining('has been configured otherwise since'),
          }),
        }),
      );
      expect(await bench.stateOf('C-1')).toBe('unknown');
      expect(reconcile).not.toHaveBeenCalled();
      expect(await bench.journal.locks.all()).toHaveLength(1);
    },
  );

  it('lets nothing wait behind hundreds of changes whose time has not come', async () => {
    for (let index = 0; index < 501; index += 1)
      await ask(`later ${index}`, {
        keys: ['katana/app'],
        startAt: NOON + 20 * DAY,
        startBy: NOON + 21 * DAY,
      });
    await ask('now');
    await ask('waits', { keys: ['karmabot/nginx'], approvals: 1 });
    let at = NOON + 1_000;
    await bench.started({ now: () => at });
    await bench.until('C-502', 'succeeded');
    at = NOON + 3_600_000;
    await bench.until('C-503', 'expired');
  }, 60_000);

  it('lets nothing wait behind hundreds that wait for approval or for a lock', async () => {
    const { locks } = bench.journal;
    const lock = { key: 'katana/app@production', holder: 'person:ben', holderName: 'Ben', reason: 'no' };
    await locks.take([{ ...lock, at: NOON }], entry('lock taken'));
    for (let index = 0; index < 210; index += 1) await ask(`locked ${index}`, { keys: ['katana/app'] });
    await ask('now');
    await bench.started({ publish: async () => {} });
    await bench.until('C-211', 'succeeded');
  }, 60_000);

  it('leaves no step as if it were carried out when it breaks after having begun it', async () => {
    const journal: Journal = {
      ...bench.journal,
      steps: {
        ...bench.journal.steps,
        finish: async () => {
          throw new Error('a bug');
        },
      },
    };
    const executor = executorWith({ reconcile: async () => ({ kind: 'cannot tell', why: 'gone' }) });
    await ask('a');
    const { errors } = await bench.started({ executor, over: journal });
    await bench.until('C-1', 'unknown');
    expect(errors).toContainEqual(new Error('a bug'));
    expect(await bench.journal.steps.ofChange('C-1')).toMatchObject([
      { state: 'unknown', code: 'TARGET_INTERRUPTED' },
    ]);
    const wish = { id: 'C-1', person: person('ana'), via: 'slack:U0ANA', happened: true };
    expect((await settle({ journal: bench.journal, people: [], now }, wish)).kind).toBe('succeeded');
    await bench.until('C-1', 'succeeded');
  });

  it('does not void a change while nobody knows yet who holds which role: it judges it once that is known', async () => {
    let known = false;
    const rebuild = vi.fn(async () =>
      known ? succeeded(planOf(['karmabot/app'])) : failed('DENIED_POLICY', 'it has 0 of 1 approvals'),
    );
    await ask('a');
    await bench.started({ rebuild, rolesKnown: () => known });
    await vi.waitFor(() => expect(rebuild).toHaveBeenCalledTimes(1));
    await pause(300);
    expect(await bench.stateOf('C-1')).toBe('running');
    known = true;
    await bench.until('C-1', 'succeeded');
    expect(rebuild).toHaveBeenCalledTimes(2);
  });
});
