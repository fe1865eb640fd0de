import { describe, expect, it } from 'vitest';
import { lock } from '../../../commands/lock.ts';
import { status } from '../../../commands/status.ts';
import { readLine } from '../../../src/dispatch/read-line.ts';
import { configuration } from '../workflow/yard.ts';

const production = configuration();
const staging = configuration().services.map((service) => ({ ...service, environment: 'staging' }));
const both = { ...production, services: [...production.services, ...staging] };

describe('a subject that stands in several environments', () => {
  it('is asked back for a lock, and shown everywhere by a read', () => {
    const read = (line: string) => readLine(line, [lock, status], { configuration: both });
    expect(read('lock karmabot --reason "by hand"')).toMatchObject({ code: 'INPUT_AMBIGUOUS_SUBJECT' });
    expect(read('lock karmabot@staging --reason "by hand"').kind).toBe('succeeded');
    const shown = read('status karmabot');
    expect(shown.kind === 'succeeded' && shown.value.subjects).toHaveLength(2);
  });
});
