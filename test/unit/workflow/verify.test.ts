import { expect, it } from 'vitest';
import { succeeded } from '../../../src/domain/outcome.ts';
import type { Verification } from '../../../src/domain/plan.ts';
import { verify } from '../../../src/workflow/verify.ts';
import { component } from '../../contract/journal-samples.ts';
import { fleetWith } from './yard.ts';

const wanted: Verification = {
  component: component('karmabot/app'),
  expects: 'running',
  newRun: true,
  checks: [],
  holdMs: 300,
  withinMs: 600,
};

/** Verifies a component that is seen in these runs, one look after the other; the last stays. */
const verified = (...runs: readonly string[]) => {
  let look = 0;
  const status = async () => {
    const run = runs[Math.min(look, runs.length - 1)];
    look += 1;
    return succeeded({
      state: 'running',
      summary: 'up',
      facts: {},
      ...(run === undefined ? {} : { run }),
    } as const);
  };
  return verify({
    fleet: fleetWith({ status }),
    verifications: [wanted],
    runsBefore: new Map([['karmabot/app@production', 'old']]),
    now: () => performance.now(),
    onLook: async () => undefined,
    isCancelled: async () => false,
  });
};

it('holds where one new run is seen at every look', async () => {
  expect(await verified('old', 'new')).toMatchObject({ kind: 'verified' });
});

it('does not hold where it runs at every look, but each time anew', async () => {
  const result = await verified(...Array.from({ length: 50 }, (_, index) => `run ${index}`));
  expect(result).toMatchObject({
    kind: 'not verified',
    states: [{ holds: false, seen: ['up: it was started again since the look before'] }],
  });
});

it('holds once it stays up', async () => {
  expect(await verified('one', 'two', 'three')).toMatchObject({ kind: 'verified' });
});
