import { expect, it } from 'vitest';
import { composeKind } from '../../../src/components/compose.ts';
import { systemdKind } from '../../../src/components/systemd.ts';
import type { PlacedCheck, PlacedService } from '../../../src/domain/configuration.ts';
import { succeeded } from '../../../src/domain/outcome.ts';
import { planDigest } from '../../../src/domain/plan.ts';
import { planAction } from '../../../src/workflow/plan-action.ts';
import { configuration, fleetWith } from './yard.ts';

const web: PlacedCheck = {
  service: 'karmabot',
  environment: 'production',
  name: 'web',
  kind: 'http',
  settings: { url: 'http://127.0.0.1/', expect: { status: 200 } },
  everyMs: 30_000,
  timeoutMs: 5_000,
  thresholds: { failures: 2, recoveries: 2 },
};

async function digestWith(checks: readonly PlacedCheck[]): Promise<string> {
  const [first] = configuration().services;
  const [app] = first?.components ?? [];
  if (first === undefined || app === undefined) throw new Error('there is a karmabot');
  const service: PlacedService = { ...first, checks };
  const plan = await planAction(
    fleetWith({
      component: (placed) =>
        systemdKind.bind({ unit: 'karmabot' }, { ref: placed.ref, target: placed.target }),
    }),
    {
      verb: 'restart',
      action: 'restart',
      subjects: [{ service, components: [app], whole: false }],
      batchSize: 1,
    },
  );
  if (plan.kind !== 'succeeded') throw new Error(plan.message);
  return planDigest(plan.value);
}

it('holds what the verifying checks look at: a check made easier after the approval is another plan', async () => {
  const approved = await digestWith([web]);
  expect(await digestWith([{ ...web, everyMs: 5_000 }])).toBe(approved);
  const easier: readonly Partial<PlacedCheck>[] = [
    { settings: { url: 'http://127.0.0.1/', expect: { status: 500 } } },
    { settings: { url: 'http://127.0.0.1:81/', expect: { status: 200 } } },
    { kind: 'tcp' },
    { timeoutMs: 60_000 },
  ];
  for (const change of easier) expect(await digestWith([{ ...web, ...change }])).not.toBe(approved);
  expect(await digestWith([])).not.toBe(approved);
});

it.each([
  ['recreate', true],
  ['restart', false],
] as const)(
  'pins what the action takes up: the compose file is read for a %s: %s',
  async (action, isRead) => {
    const [service] = configuration().services;
    const [app] = service?.components ?? [];
    if (service === undefined || app === undefined) throw new Error('there is a karmabot');
    const settings = { project: '/opt/karmabot', compose_service: 'karmabot', container: 'karmabot-app' };
    const plan = await planAction(
      fleetWith({
        component: ({ ref, target }) => composeKind.bind(settings, { ref, target }),
        identity: async (_, asked) =>
          succeeded(asked === 'recreate' ? { configuration_on_disk: 'hash' } : {}),
      }),
      {
        verb: 'restart',
        action,
        subjects: [{ service, components: [app], whole: false }],
        batchSize: 1,
      },
    );
    if (plan.kind !== 'succeeded') throw new Error(plan.message);
    expect('configuration_on_disk' in (plan.value.preconditions[0]?.facts ?? {})).toBe(isRead);
  },
);
