import { expect, it } from 'vitest';
import { systemdKind } from '../../../src/components/systemd.ts';
import { callText } from '../../../src/domain/call-text.ts';
import type { PlacedService } from '../../../src/domain/configuration.ts';
import { componentKey } from '../../../src/domain/fleet.ts';
import { succeeded } from '../../../src/domain/outcome.ts';
import { heldComponents, type Plan, planDigest } from '../../../src/domain/plan.ts';
import type { PlacedProcedure, StepTemplate } from '../../../src/domain/procedure.ts';
import { planProcedure } from '../../../src/workflow/plan-procedure.ts';
import { configuration, fleetWith } from './yard.ts';

const api = {
  name: 'api',
  environment: 'production',
  kind: 'http',
  settings: { url: 'http://127.0.0.1:3001/v1/' },
};

const base = configuration();
const world = { ...base, targets: [...base.targets, api] };

const service: PlacedService = (() => {
  const [first] = base.services;
  if (first === undefined) throw new Error('there is a karmabot');
  return first;
})();

const fleet = fleetWith({
  configuration: world,
  component: (placed) =>
    systemdKind.bind({ unit: placed.ref.component }, { ref: placed.ref, target: placed.target }),
  identity: async (placed, action) => succeeded({ unit: placed.ref.component, action: action ?? null }),
  describe: ({ name }) => ({ name }),
});

const run = (word: string, more: Partial<Extract<StepTemplate, { kind: 'run' }>> = {}): StepTemplate => ({
  kind: 'run',
  component: 'app',
  effect: 'change',
  argv: ['do', word],
  acceptedCodes: [0],
  timeoutMs: 60_000,
  ...more,
});

const action = (component: string, what: 'restart' | 'stop' | 'start'): StepTemplate => ({
  kind: 'action',
  component,
  action: what,
});

const procedure = (steps: readonly StepTemplate[], more: Partial<PlacedProcedure> = {}): PlacedProcedure => ({
  name: 'proc',
  title: 'a procedure',
  risk: 'destructive',
  component: 'app',
  runbook: [],
  parameters: [],
  steps,
  verify: true,
  schedulable: true,
  ...more,
});

async function plan(
  wanted: PlacedProcedure,
  more: { values?: Record<string, string>; undo?: boolean } = {},
): Promise<Plan> {
  const values = more.values ?? {};
  const words = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  const made = await planProcedure(fleet, {
    service,
    procedure: wanted,
    given: { values, words },
    undo: more.undo ?? false,
  });
  if (made.kind !== 'succeeded') throw new Error(made.message);
  return made.value;
}

/** Batches as people would read them. */
const drawn = ({ batches }: Plan): readonly string[] =>
  batches.flatMap(({ steps, verifications }) => [
    ...steps.map(
      ({ id, component, target, call }) => `${id} ${component.component} on ${target}: ${callText(call)}`,
    ),
    ...verifications.map(
      ({ component, expects, newRun }) => `verify ${component.component} ${expects}${newRun ? ' anew' : ''}`,
    ),
  ]);

it('a batch ends where the component changes, and after an action, which is verified there', async () => {
  const made = await plan(
    procedure([
      run('look', { effect: 'read' }),
      {
        kind: 'person',
        component: 'app',
        asks: 'go on',
        text: 'Sure?',
        from: [],
        byOther: false,
        timeoutMs: 1000,
      },
      action('app', 'stop'),
      run('{what}', { user: 'postgres', cwd: '/opt' }),
      {
        kind: 'http',
        component: 'nginx',
        effect: 'change',
        target: 'api',
        request: { method: 'POST', url: '/bots/{what}', json: { name: '{what}' } },
        acceptedCodes: [200],
        timeoutMs: 1000,
      },
      action('app', 'start'),
      { kind: 'wait', component: 'app', ms: 10_000 },
      { kind: 'check', component: 'app', checks: ['web'], timeoutMs: 1000 },
    ]),
    { values: { what: 'a b' } },
  );
  expect(drawn(made)).toMatchInlineSnapshot(`
    [
      "1 app on karmabot-server: do look",
      "2 app on karmabot-server: Sure?",
      "3 app on karmabot-server: systemctl stop app",
      "verify app stopped",
      "4 app on karmabot-server: sudo -u postgres do 'a b' (in /opt)",
      "5 nginx on api: POST http://127.0.0.1:3001/v1/bots/a%20b {"name":"a b"}",
      "6 app on karmabot-server: systemctl start app",
      "verify app running",
      "7 app on karmabot-server: wait 10s",
      "8 app on karmabot-server: wait until web pass",
      "verify app running",
    ]
  `);
  expect(made.batches.map(({ steps }) => steps.length)).toEqual([3, 1, 1, 1, 2]);
  expect(made.components.map(componentKey)).toEqual(['karmabot/app@production', 'karmabot/nginx@production']);
  expect(made.preconditions.map(({ action: pinned }) => pinned)).toEqual(['stop', 'start']);
  expect(Object.keys(made.targets)).toEqual(['production/karmabot-server', 'production/api']);
  expect(made).toMatchObject({
    verb: 'run',
    risk: 'destructive',
    summary: 'karmabot proc what=a b',
    // Stopped half-way, it would leave down what it had stopped.
    wayBack: { kind: 'line', label: 'Start again', line: 'start karmabot/app@production --batch 1' },
  });
  expect((await plan(procedure([run('x')]))).wayBack).toEqual({
    kind: 'irreversible',
    why: 'no step of it says how it is taken back',
  });
});

it('what is left stopped is verified as stopped, and nothing where nothing is to be', async () => {
  const down = await plan(procedure([action('app', 'stop'), run('x')]));
  expect(drawn(down).at(-1)).toBe('verify app stopped');
  const never = await plan(procedure([action('app', 'restart'), run('x')], { verify: false }));
  expect(never.batches.flatMap(({ verifications }) => verifications)).toEqual([]);
});

it('the way back is a line, and takes back backwards; what was restarted is restarted once more', async () => {
  const wanted = procedure([
    run('one', { undo: ['undo', '{n}'], title: 'one' }),
    run('two'),
    run('three', { undo: ['undo', 'three'] }),
    action('nginx', 'restart'),
  ]);
  const values = { n: 'x y' };
  const made = await plan(wanted, { values });
  expect(made.wayBack).toEqual({
    kind: 'line',
    label: 'Take it back',
    line: 'run karmabot@production proc "n=x y" --undo',
  });
  const back = await plan(wanted, { values, undo: true });
  expect(drawn(back)).toEqual([
    '1 app on karmabot-server: undo three',
    "2 app on karmabot-server: undo 'x y'",
    '3 nginx on karmabot-server: systemctl restart nginx',
    'verify nginx running anew',
    'verify app running',
  ]);
  expect(planDigest(back)).not.toBe(planDigest(made));
});

it('a checklist holds no component and verifies nothing: people do it over hours', async () => {
  const person: StepTemplate = {
    kind: 'person',
    component: 'app',
    asks: 'by hand',
    text: 'Water the plants',
    from: [],
    byOther: false,
    timeoutMs: 1000,
  };
  const checklist = await plan(
    procedure([person, { kind: 'wait', component: 'app', ms: 10 }], { risk: 'change' }),
  );
  expect(heldComponents(checklist)).toEqual([]);
  expect(checklist.batches.flatMap(({ verifications }) => verifications)).toEqual([]);
  expect(heldComponents(await plan(procedure([person, run('x')], { verify: false })))).toHaveLength(1);
});
