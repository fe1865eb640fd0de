import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../../../src/workflow/decide.ts';
import { entry, NOON, runningChange, step } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { person } from './yard.ts';

describe('settling unknown steps', () => {
  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  beforeEach(async () => {
    bench = await sqliteBench();
    const change = await runningChange(bench.journal, 'a', ['karmabot/app', 'karmabot/nginx']);
    await bench.journal.steps.begin(step(change.id), entry('step started'));
    await bench.journal.steps.begin(step(change.id, { step: '2' }), entry('step started'));
    await bench.journal.steps.loseOrphans('boot-2', NOON + 5_000);
  });
  afterEach(() => bench.remove());

  const say = (happened: boolean, which?: string) =>
    settle(
      { journal: bench.journal, people: [], now: () => NOON },
      { id: 'c-1', person: person('ana'), via: 'slack:U0ANA', happened, step: which },
    );
  const states = async () => (await bench.journal.steps.ofChange('C-1')).map((record) => record.state);

  it('settles the step that was looked at, and a second press no other one', async () => {
    expect((await say(true, '2')).kind).toBe('succeeded');
    expect(await say(true, '2')).toMatchObject({ code: 'DENIED_STALE' });
    expect(await states()).toEqual(['unknown', 'succeeded']);
  });

  it('asks which one is meant while several are unknown', async () => {
    expect(await say(true)).toMatchObject({ code: 'INPUT_INVALID_VALUE', remedy: 'Say which: 1 or 2.' });
    await say(false, '1');
    expect((await say(true)).kind).toBe('succeeded');
    expect(await states()).toEqual(['failed', 'succeeded']);
  });

  it('says in the change why nobody knows', async () => {
    expect(await bench.journal.changes.find('C-1')).toMatchObject({
      state: 'unknown',
      code: 'TARGET_INTERRUPTED',
      ending: expect.stringContaining('may or may not have happened'),
    });
  });
});
