import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freeze } from '../../../commands/freeze.ts';
import { lock } from '../../../commands/lock.ts';
import { dispatch } from '../../../src/dispatch/dispatch.ts';
import type { Configuration } from '../../../src/domain/configuration.ts';
import type { Part } from '../../../src/domain/message.ts';
import type { Outcome } from '../../../src/domain/outcome.ts';
import { incoming, NOON } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { contextOf } from '../workflow/context.ts';
import { configuration, person } from '../workflow/yard.ts';

/** The beacon has nothing that could be restarted: only checks watch it. */
function withBeacon(): Configuration {
  const usual = configuration();
  const beacons = ['production', 'staging'].flatMap((environment) =>
    usual.services.slice(0, 1).map((service) => ({
      ...service,
      name: 'beacon',
      title: 'beacon',
      environment,
      components: [],
    })),
  );
  return { ...usual, services: [...usual.services, ...beacons] };
}

const words = (part: Part): string => ('text' in part ? part.text : '');

describe('what keeps changes away', () => {
  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  beforeEach(async () => {
    bench = await sqliteBench();
  });
  afterEach(() => bench.remove());

  /** What Ana is told for a line. */
  async function typed(text: string): Promise<Outcome<string>> {
    const line = incoming('x', text);
    const parts = { journal: bench.journal, configuration: withBeacon(), line };
    const context = { ...contextOf(parts, person('ana', 'operator')), commands: [freeze, lock] };
    const came = await dispatch(context, text, () => Promise.reject(new Error('nothing is planned')));
    if (came.kind !== 'succeeded') return came;
    if (came.value.kind !== 'answer') throw new Error('a plan came of it');
    const { title, parts: said } = came.value.answer.message;
    return { kind: 'succeeded', value: [title, ...said.map(words)].join('\n') };
  }

  it('a freeze of a service that only checks watch is of that service in that environment, not of everything', async () => {
    const said = await typed('freeze beacon@production --until 2h --reason "a demo"');
    expect(said).toMatchObject({ value: expect.stringMatching(/^ana froze beacon@production\n/) });
    const [standing, ...more] = await bench.journal.freezes.standing(NOON);
    expect(more).toEqual([]);
    expect(standing?.places).toEqual([{ service: 'beacon', environment: 'production' }]);
  });

  it('a freeze of nothing in particular is of everything, and takes a duration as --since does', async () => {
    await typed('freeze --until 1h30m --reason "a demo"');
    const [standing] = await bench.journal.freezes.standing(NOON);
    expect(standing?.places).toBeUndefined();
    expect(standing?.until).toBe(NOON + 90 * 60_000);
  });

  it('a lock without a reason is refused when it is only tried, too', async () => {
    for (const line of ['lock karmabot/app --dry-run', 'lock karmabot/app'])
      expect(await typed(line)).toMatchObject({ code: 'DENIED_REASON_MISSING' });
    expect(await typed('lock karmabot/app --dry-run --reason "by hand"')).toMatchObject({
      value: expect.stringContaining('It would lock karmabot/app@production. Nothing has been done.'),
    });
    expect(await bench.journal.locks.all()).toEqual([]);
  });
});
