import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemdKind } from '../../../src/components/systemd.ts';
import { gitKind } from '../../../src/deploys/git.ts';
import type { PlacedService } from '../../../src/domain/configuration.ts';
import type { PlacedDeploy } from '../../../src/domain/deploy.ts';
import { succeeded } from '../../../src/domain/outcome.ts';
import { type Plan, planDigest, planSteps } from '../../../src/domain/plan.ts';
import type { PlacedProcedure } from '../../../src/domain/procedure.ts';
import { localKind } from '../../../src/executors/local.ts';
import { type DeployRequest, planDeploy } from '../../../src/workflow/plan-deploy.ts';
import { portsFor } from '../../contract/executor-ports.ts';
import { draft, NOON } from '../../contract/journal-samples.ts';
import { Repository } from '../../story/stage/repository.ts';
import { engineBench } from './engine-bench.ts';
import { configuration, fleetWith } from './yard.ts';

const local = localKind.create(portsFor([]));
const bench = engineBench();
let folder: string;
let repository: Repository;
let older: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'botswain-plan-'));
  repository = await Repository.open(folder);
  older = await repository.push('an older one', { a: '0' });
  await repository.push('the first one', { a: '1' });
  await repository.checkOut(join(folder, 'host'));
  await repository.push('the second one', { a: '2' });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const migration: PlacedProcedure = {
  name: 'migrate',
  title: 'migrate the database',
  risk: 'change',
  component: 'app',
  runbook: [],
  parameters: [],
  steps: [
    {
      kind: 'run',
      title: 'migrate',
      component: 'app',
      effect: 'change',
      argv: ['alembic', 'upgrade', 'head'],
      acceptedCodes: [0],
      timeoutMs: 60_000,
    },
  ],
  verify: false,
  schedulable: false,
};

const serviceWith = (deploy: Partial<PlacedDeploy>): PlacedService => {
  const [service] = configuration().services;
  if (service === undefined) throw new Error('there is a karmabot');
  const afterwards = [
    { component: 'app', action: 'restart' },
    { component: 'nginx', action: 'restart' },
  ] as const;
  return {
    ...service,
    procedures: [migration],
    deploy: {
      kind: 'git',
      component: 'app',
      components: ['app', 'nginx'],
      afterwards,
      settings: { folder: join(folder, 'host'), build: [['make']] },
      ...deploy,
    },
  };
};

async function planned(
  deploy: Partial<PlacedDeploy> = {},
  request: Partial<DeployRequest> = {},
): ReturnType<typeof planDeploy> {
  const service = serviceWith(deploy);
  const fleet = fleetWith({
    component: ({ ref, target }) => ({
      ...systemdKind.bind({ unit: ref.component }, { ref, target }),
      actions: ['restart', 'start', 'stop'],
    }),
    identity: async ({ ref }) => succeeded({ unit: ref.component }),
    read: (target) => (call, bounds) =>
      local.run({
        target,
        call,
        deadlineMs: bounds?.deadlineMs ?? 20_000,
        outputCapBytes: bounds?.outputCapBytes ?? 1_000_000,
      }),
    deploy: ({ settings }) => gitKind.bind(settings),
  });
  const subject = { service, components: service.components, whole: true };
  return planDeploy(
    { fleet, journal: bench.journal, redact: (text) => text.replaceAll('second', '***') },
    { verb: 'deploy', subject, version: undefined, again: false, ...request },
  );
}

async function plan(...of: Parameters<typeof planned>): Promise<Plan> {
  const made = await planned(...of);
  if (made.kind !== 'succeeded') throw new Error(made.message);
  return made.value;
}

describe('the plan of a deploy', () => {
  it('brings it there, restarts one component after the other, and verifies each before the next', async () => {
    const { batches, components, preconditions, risk } = await plan();
    expect(risk).toBe('change');
    expect(components.map(({ component }) => component)).toEqual(['app', 'nginx']);
    expect(
      batches.map(({ steps }) => steps.map(({ id, component }) => `${id} ${component.component}`)),
    ).toEqual([['1 app', '2 app', '3 app', '4 app'], ['5 app'], ['6 nginx']]);
    expect(
      batches.map(({ verifications }) =>
        verifications.map(({ component, newRun }) => [component.component, newRun]),
      ),
    ).toEqual([[], [['app', true]], [['nginx', true]]]);
    expect(preconditions).toMatchObject([
      {
        component: { component: 'app' },
        facts: {
          head: expect.stringMatching(/^[0-9a-f]{40}$/),
          branch: 'main',
          running: { app: { unit: 'app' }, nginx: { unit: 'nginx' } },
        },
      },
    ]);
  });

  it('is the same when it is made again, and another one where its settings are', async () => {
    const digest = planDigest(await plan());
    expect(planDigest(await plan())).toBe(digest);
    const settings = { folder: join(folder, 'host'), build: [['make']], install: [['true']] };
    expect(planDigest(await plan({ settings }))).not.toBe(digest);
    await repository.push('the third one', {});
    expect(planDigest(await plan())).not.toBe(digest);
  });

  it('migrates in between, but not on the way back', async () => {
    const there = await plan({ migrate: 'migrate' });
    expect(planSteps(there).map(({ title }) => title)).toEqual([
      expect.stringMatching(/^keep /),
      expect.stringMatching(/^fetch main/),
      expect.stringMatching(/^check out/),
      'make',
      'migrate',
      expect.stringMatching(/^restart unit app/),
      expect.stringMatching(/^restart unit nginx/),
    ]);
    const back = await plan({ migrate: 'migrate' }, { verb: 'rollback', version: older });
    expect(planSteps(back).map(({ title }) => title)).not.toContain('migrate');
    expect(back.summary).toMatch(/^rollback karmabot@production: .* → .* "an older one"$/);
  });

  it('is refused where that version runs already, and offers a restart instead', async () => {
    expect(await planned({}, { verb: 'rollback', version: 'main' })).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('runs already'),
      remedy: 'Restart it instead.',
      offers: [{ line: 'restart karmabot/app@production' }, { line: 'restart karmabot/nginx@production' }],
    });
  });

  it('offers the way back to what runs now', async () => {
    const { wayBack, release } = await plan();
    expect(wayBack).toEqual({
      kind: 'line',
      label: 'Roll back',
      line: `rollback karmabot@production --to ${release?.from.id}`,
    });
  });

  it('is refused before anything where a component cannot do its part', async () => {
    const afterwards = [{ component: 'nginx', action: 'recreate' }] as const;
    expect(await planned({ afterwards })).toMatchObject({
      code: 'INPUT_NOT_SUPPORTED',
      message: expect.stringContaining('cannot recreate'),
    });
  });

  it('with nothing to restart still looks whether it runs', async () => {
    const { batches } = await plan({ afterwards: [], components: ['app'] });
    expect(batches).toMatchObject([{ verifications: [{ expects: 'running', newRun: false }] }]);
  });

  it('knows no way back where the last release of what stands there failed, and none was good before', async () => {
    const first = await plan();
    const { release } = first;
    if (release === undefined) throw new Error('a deploy has a release');
    const stuck = { ...release, from: release.to, to: release.from };
    const change = await bench.journal.changes.request({
      ...draft('bad'),
      plan: { ...first, release: stuck },
    });
    await bench.journal.changes.start(
      change.change.id,
      { at: NOON },
      { event: 'change started', at: NOON, actor: 'ana', detail: {} },
    );
    await bench.journal.changes.move(change.change.id, ['running'], {
      to: 'failed',
      patch: { endedAt: NOON },
      audit: { event: 'change failed', at: NOON, actor: 'botswain', detail: {} },
    });
    expect((await plan()).wayBack).toMatchObject({ kind: 'irreversible' });
  });
});
