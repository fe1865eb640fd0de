import { describe, expect, it } from 'vitest';
import type { Change, ChangeState } from '../../../src/domain/change.ts';
import { endedBadly, type PastRelease, versionBefore } from '../../../src/domain/releases.ts';
import { draft } from '../../contract/journal-samples.ts';

const version = (id: string) => ({ id, label: id });

interface Told {
  readonly verb?: 'deploy' | 'rollback';
  readonly from: string;
  readonly to: string;
  readonly state?: ChangeState;
}

/** Releases as they happened, the oldest first; given back as the journal lists them. */
const history = (...told: readonly Told[]): readonly PastRelease[] =>
  told
    .map(({ verb = 'deploy', from, to, state = 'succeeded' }, index): PastRelease => {
      const sample = draft(`line ${index}`);
      const release = { from: version(from), to: version(to), settings: '' };
      const change: Change = {
        ...sample,
        id: `C-${index + 1}`,
        state,
        plan: { ...sample.plan, verb, release },
      };
      return { change, release };
    })
    .toReversed();

const goodBefore = (present: string, ...told: readonly Told[]): string | undefined =>
  versionBefore(history(...told), present)?.id;

describe('the last good version before the present one', () => {
  it('is not known where nothing was released', () => {
    expect(goodBefore('a')).toBeUndefined();
  });

  it('is what ran before the first release, even where that was not verified', () => {
    expect(goodBefore('b', { from: 'a', to: 'b' })).toBe('a');
    expect(goodBefore('b', { from: 'a', to: 'b', state: 'not verified' })).toBe('a');
  });

  it('passes over what was not verified', () => {
    const told: readonly Told[] = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c', state: 'not verified' },
      { from: 'c', to: 'd', state: 'failed' },
      { from: 'd', to: 'e' },
    ];
    expect(goodBefore('e', ...told)).toBe('b');
  });

  it('is the last verified one where the present one is not, also where somebody pulled by hand', () => {
    const told: readonly Told[] = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c', state: 'failed' },
    ];
    expect(goodBefore('c', ...told)).toBe('b');
    expect(goodBefore('by hand', ...told)).toBe('b');
  });

  it('a rollback takes what it left away: twice goes back twice, and not forward again', () => {
    const told: readonly Told[] = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { verb: 'rollback', from: 'c', to: 'b' },
    ];
    expect(goodBefore('b', ...told)).toBe('a');
    expect(goodBefore('a', ...told, { verb: 'rollback', from: 'b', to: 'a' })).toBeUndefined();
    expect(goodBefore('d', ...told, { from: 'b', to: 'd' })).toBe('b');
  });

  it('the same version deployed again is one', () => {
    expect(goodBefore('b', { from: 'a', to: 'b' }, { from: 'b', to: 'b' })).toBe('a');
  });
});

it('a version ended badly where its last release did', () => {
  const told: readonly Told[] = [
    { from: 'a', to: 'b', state: 'failed' },
    { from: 'b', to: 'b' },
    { from: 'b', to: 'c', state: 'cancelled' },
  ];
  expect(['a', 'b', 'c'].map((id) => endedBadly(history(...told), id))).toEqual([false, false, true]);
});
