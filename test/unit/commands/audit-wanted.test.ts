import { describe, expect, it } from 'vitest';
import { isAbout } from '../../../commands/audit/wanted.ts';
import { type AuditRecord, CHAIN_START } from '../../../src/domain/audit-event.ts';
import { entry } from '../../contract/journal-samples.ts';

/** A lock on something, as the audit has it. */
const locked = (on: string): readonly AuditRecord[] => [
  {
    ...entry('lock taken', on),
    detail: { keys: [on], reason: 'by hand' },
    service: 'shop',
    sequence: 1,
    previous: CHAIN_START,
    hash: CHAIN_START,
  },
];

describe('what a record that belongs to no change is about', () => {
  it.each([
    ['web', undefined, 'shop/web@production', true],
    ['web', undefined, 'shop/webhook@production', false],
    ['web', undefined, 'shop/web-2@production', false],
    ['web', undefined, 'my-shop/web@production', false],
    ['web', 'production', 'shop/web@production', true],
    ['web', 'production', 'shop/web@staging', false],
    [undefined, 'prod', 'shop/web@production', false],
    [undefined, 'production', 'shop/web@pre-production', false],
  ])('component %s, environment %s: %s is %s', (...[component, environment, on, is]) => {
    const wanted = {
      service: 'shop',
      ...(component === undefined ? {} : { component }),
      ...(environment === undefined ? {} : { environment }),
    };
    expect(isAbout(wanted, locked(on), undefined)).toBe(is);
  });
});
