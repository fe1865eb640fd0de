import { describe, expect, it } from 'vitest';
import { AUDIT_EVENTS } from '../../src/domain/audit-event.ts';
import { sources, textOf } from './tree.ts';

/** Where names are listed or read rather than written. */
const READERS = /^(?:src\/domain\/audit-|commands\/audit)/;
const writers = sources('src', 'commands').filter((path) => !READERS.test(path));
const literals = new Map(
  writers.map((path) => [path, [...textOf(path).matchAll(/'([a-z][a-z ]+[a-z])'/g)].map(([, text]) => text)]),
);
const written = new Set([...literals.values()].flat());

describe('the vocabulary of the audit', () => {
  for (const event of AUDIT_EVENTS)
    it(`"${event}" is written somewhere`, () => expect(written).toContain(event));

  it('has each name once', () => {
    expect(new Set(AUDIT_EVENTS).size).toBe(AUDIT_EVENTS.length);
  });

  it('holds every name that is given to an entry', () => {
    // The types hold it as well, as long as nobody casts.
    const given = writers.flatMap((path) =>
      [...textOf(path).matchAll(/\bevent: '([a-z][a-z ]+)'/g)].flatMap(([, name]) => name ?? []),
    );
    const known: readonly string[] = AUDIT_EVENTS;
    expect(given.length).toBeGreaterThan(5);
    expect(given.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('tells what has been: past tense, no abbreviation', () => {
    for (const event of AUDIT_EVENTS) expect(event).toMatch(/^[a-z]+(?: [a-z]+){1,4}$/);
  });
});
