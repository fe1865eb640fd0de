import { describe, expect, it } from 'vitest';
import { type Plan, planDigest } from '../../src/domain/plan.ts';

const ref = { service: 'karmabot', component: 'app', environment: 'production' };
/** A plan in which every field that a plan may have is there. */
const PLAN: Plan = {
  verb: 'restart',
  components: [ref],
  risk: 'change',
  summary: 'Restart karmabot/app in production',
  batches: [
    {
      steps: [
        {
          id: '1',
          title: 'restart karmabot-app',
          component: ref,
          target: 'server',
          effect: 'change',
          call: {
            kind: 'argv',
            argv: ['docker-compose', 'restart', 'karmabot'],
            cwd: '/opt/karmabot',
            sudo: true,
          },
          deadlineMs: 70_000,
          outputCapBytes: 65_536,
          acceptedCodes: [0],
        },
        {
          id: '2',
          title: 'restart by the engine',
          component: ref,
          target: 'engine',
          effect: 'destructive',
          call: { kind: 'docker', operation: 'restart', container: 'karmabot-app', stopSeconds: 10 },
          deadlineMs: 70_000,
          outputCapBytes: 65_536,
          acceptedCodes: [0, 1],
        },
        {
          id: '3',
          title: 'tell it',
          component: ref,
          target: 'api',
          effect: 'change',
          call: {
            kind: 'http',
            method: 'POST',
            url: 'https://api.example/x',
            headers: { a: 'b' },
            body: '{}',
          },
          deadlineMs: 5_000,
          outputCapBytes: 1_024,
          acceptedCodes: [200],
          ifFailed: 'What runs was not restarted.',
        },
        {
          id: '4',
          title: 'go on?',
          component: ref,
          target: 'server',
          effect: 'change',
          call: {
            kind: 'person',
            asks: 'go on',
            text: 'Above stands the SQL. Run it?',
            from: ['approver'],
            byOther: true,
          },
          deadlineMs: 3_600_000,
          outputCapBytes: 65_536,
          acceptedCodes: [0],
        },
      ],
      verifications: [
        {
          component: ref,
          expects: 'running',
          newRun: true,
          checks: ['web'],
          checksDigest: 'c'.repeat(64),
          holdMs: 10_000,
          withinMs: 120_000,
        },
      ],
    },
  ],
  preconditions: [
    {
      component: ref,
      action: 'recreate',
      facts: { image: 'sha256:1', programs: ['/usr/bin/node'], env: null },
    },
  ],
  targets: { 'production/server': { host: '10.0.0.7', port: 22, user: 'ops', host_keys: ['SHA256:x'] } },
  wayBack: { kind: 'line', line: 'start karmabot/app', label: 'Start it' },
  release: { from: { id: 'a', label: 'a' }, to: { id: 'b', label: 'b' }, settings: 'd'.repeat(64) },
  warning: 'what was written since is lost',
};

type Json = unknown;

type Mutation = readonly [what: string, value: Json];

const ofList = (list: readonly Json[], path: string): readonly Mutation[] => [
  [`${path}: one more`, [...list, 'x']],
  ...(list.length === 0 ? [] : [[`${path}: one less`, list.slice(1)] as const]),
  ...list.flatMap((item, index) =>
    mutations(item, `${path}[${index}]`).map(([what, other]) => [what, list.with(index, other)] as const),
  ),
];

const ofObject = (entries: readonly (readonly [string, Json])[], path: string): readonly Mutation[] => [
  [`${path}: a key more`, Object.fromEntries([...entries, ['also', 1]])],
  ...entries.map(
    ([key]) =>
      [`${path}.${key}: left out`, Object.fromEntries(entries.filter(([one]) => one !== key))] as const,
  ),
  ...entries.flatMap(([key, item], index) =>
    mutations(item, `${path}.${key}`).map(
      ([what, other]) => [what, Object.fromEntries(entries.with(index, [key, other]))] as const,
    ),
  ),
];

const ofText = (text: string): readonly Json[] =>
  [`${text} `, `${text}\u200b`, text.toUpperCase(), ''].filter((other) => other !== text);

/** Every other value that is one change away: another leaf, one thing left out, one thing more. */
function mutations(value: Json, path: string): readonly Mutation[] {
  if (Array.isArray(value)) return ofList(value, path);
  if (typeof value === 'object' && value !== null) return ofObject(Object.entries(value), path);
  const others: readonly Json[] =
    typeof value === 'string'
      ? ofText(value)
      : typeof value === 'number'
        ? [value + 1, String(value)]
        : [value === null ? 'null' : !value];
  return others.map((other) => [`${path}: ${JSON.stringify(other)}`, other]);
}

const digest = (plan: Json): string => Reflect.apply(planDigest, undefined, [plan]);

const reversed = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reversed(item)]),
  );
};

describe('what an approval signs', () => {
  const all = mutations(PLAN, 'plan');

  it('is another thing after any change to any field of the plan', () => {
    const digests = new Map([[planDigest(PLAN), 'the plan']]);
    for (const [what, plan] of all) {
      const found = digest(plan);
      expect(digests.get(found), what).toBeUndefined();
      digests.set(found, what);
    }
    expect(all.length).toBeGreaterThan(200);
    console.info(`plan digest: ${all.length} changed plans, as many digests`);
  });

  it('is the same in whatever order the keys come', () => {
    expect(digest(reversed(PLAN))).toBe(planDigest(PLAN));
  });

  it('keeps the borders between words', () => {
    const withArgv = (...argv: readonly string[]): Plan => ({
      ...PLAN,
      batches: [
        {
          steps: (PLAN.batches[0]?.steps ?? [])
            .slice(0, 1)
            .map((step) => ({ ...step, call: { kind: 'argv', argv } })),
          verifications: [],
        },
      ],
    });
    const forms = [withArgv('a b'), withArgv('a', 'b'), withArgv('a', 'b', ''), withArgv('a","b')];
    expect(new Set(forms.map(planDigest)).size).toBe(forms.length);
  });
});
