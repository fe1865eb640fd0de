import { describe, expect, it } from 'vitest';
import { findPerson } from '../../../src/dispatch/find-person.ts';
import { person } from '../workflow/yard.ts';

const ana = { ...person('ana'), name: 'Ana', slack: 'U0ANA', telegram: '111' };
const ben = { ...person('ben'), name: 'Ben Li' };
const twin = { ...person('ben2'), name: 'Ben Li' };

describe('whom somebody names', () => {
  const named = (typed: string): string => {
    const found = findPerson({ people: [ana, ben, twin], asker: ana }, typed);
    return found.kind === 'succeeded' ? found.value.key : `${found.code}: ${found.message}`;
  };

  it.each([
    ['me', 'ana'],
    ['@me', 'ana'],
    ['@U0ANA', 'ana'],
    ['111', 'ana'],
    ['@ana', 'ana'],
    ['ANA', 'ana'],
    ['ben', 'ben'],
    ['ben2', 'ben2'],
    ['Ben Li', 'INPUT_INVALID_VALUE: "Ben Li" could be ben or ben2'],
    ['@anna', 'INPUT_INVALID_VALUE: nobody here is called "anna". Did you mean "ana"?'],
  ])('%s', (typed, is) => expect(named(typed)).toBe(is));
});
