import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { oncall } from '../../../commands/oncall.ts';
import { dispatch } from '../../../src/dispatch/dispatch.ts';
import type { Configuration } from '../../../src/domain/configuration.ts';
import type { Message, Part } from '../../../src/domain/message.ts';
import type { Rotation } from '../../../src/domain/on-call.ts';
import type { Person } from '../../../src/domain/person.ts';
import { incoming } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { contextOf } from '../workflow/context.ts';
import { configuration, person, rule } from '../workflow/yard.ts';

/** Noon in UTC, 13:00 in Berlin, on Monday 5 January. */
const PEOPLE: readonly Person[] = [
  { ...person('ana', 'operator'), name: 'Ana', slack: 'U0ANA', telegram: '111' },
  { ...person('ben', 'approver'), name: 'Ben', slack: 'U0BEN' },
  { ...person('cem', 'lead'), name: 'Cem', telegram: '333' },
  { ...person('dora', 'guest'), name: 'Dora' },
];

const rotation = (name: string, people: readonly string[], more: Partial<Rotation> = {}): Rotation => ({
  name,
  timezone: 'Europe/Berlin',
  layers: [{ people, every: { unit: 'week', count: 1 }, from: '2025-12-29T09:00' }],
  ...more,
});

const ROTATIONS = [
  rotation('primary', ['ana', 'ben']),
  rotation('secondary', ['cem', 'ana']),
  rotation('katana-nights', ['cem'], { services: ['katana'], layers: [] }),
];

const withOnCall = (rotations: readonly Rotation[] | undefined): Configuration => ({
  ...configuration([rule(1)]),
  people: PEOPLE,
  timezone: 'Europe/Berlin',
  ...(rotations === undefined ? {} : { onCall: { rotations, chains: {}, webhooks: [] } }),
});

function words(part: Part): string {
  if (part.kind === 'list')
    return part.items
      .map(({ text, detail }) => (detail === undefined ? text : `${text} | ${detail}`))
      .join('\n');
  return 'text' in part ? part.text : '';
}

const said = ({ title, parts }: Message): string => [title, ...parts.map(words)].join('\n');

describe('oncall', () => {
  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  beforeEach(async () => {
    bench = await sqliteBench();
  });
  afterEach(() => bench.remove());

  /** What somebody is told for a line, or why not. */
  async function typed(line: string, by = 'ana', settings = withOnCall(ROTATIONS)): Promise<string> {
    const asker = PEOPLE.find(({ key }) => key === by) ?? person(by);
    const parts = { journal: bench.journal, configuration: settings, line: incoming('x', line) };
    const context = { ...contextOf(parts, asker), commands: [oncall] };
    const came = await dispatch(context, line, () => Promise.reject(new Error('nothing is planned')));
    if (came.kind !== 'succeeded') return `${came.code}: ${came.message}`;
    if (came.value.kind !== 'answer') throw new Error('a plan came of it');
    return said(came.value.answer.message);
  }

  it('says who it is, until when, and who is next, in the zone and in UTC', async () => {
    expect(await typed('oncall')).toBe(
      [
        'On call',
        'primary: Ben until Mon 2026-01-12 09:00 (Mon 2026-01-12 08:00 UTC) | then Ana until Mon 2026-01-19 09:00 (Mon 2026-01-19 08:00 UTC)',
        'secondary: Ana until Mon 2026-01-12 09:00 (Mon 2026-01-12 08:00 UTC) | then Cem until Mon 2026-01-19 09:00 (Mon 2026-01-19 08:00 UTC)',
        'katana-nights: NOBODY',
        'times in Europe/Berlin, and in UTC · oncall override @who 4h puts somebody else in',
      ].join('\n'),
    );
  });

  it.each([
    ['oncall karmabot', ['primary: Ben', 'secondary: Ana']],
    ['oncall KATANA', ['katana-nights: NOBODY']],
    ['oncall katana@production', ['katana-nights: NOBODY']],
  ])('%s names the rotations of the service', async (line, expected) => {
    const rows = (await typed(line)).split('\n').slice(1, -1);
    expect(rows.map((row) => row.replace(/ until.*/, ''))).toEqual(expected);
  });

  it.each([
    ['oncall karmabott', 'INPUT_UNKNOWN_SUBJECT'],
    ['oncall karmabot 4h', 'INPUT_INVALID_VALUE'],
    ['oncall override', 'INPUT_INVALID_VALUE: who is to be on call?'],
    ['oncall override @ben', 'INPUT_INVALID_VALUE: for how long?'],
    ['oncall override @zoe 4h', 'INPUT_INVALID_VALUE: nobody here is called "zoe"'],
    ['oncall override @ben soon', 'INPUT_INVALID_VALUE: "soon" is not a time'],
    ['oncall override @ben 90d', 'INPUT_INVALID_VALUE: "90d" is more than 30 days ahead'],
    ['oncall override @ben 4h --from yesterday', 'INPUT_INVALID_VALUE: "yesterday" is not a time'],
    [
      'oncall override @ben 4h --rotation primarry',
      'INPUT_INVALID_VALUE: there is no rotation "primarry". Did you mean "primary"?',
    ],
    ['oncall end', 'INPUT_INVALID_VALUE: which one?'],
    ['oncall end O-9', 'INPUT_NO_SUCH_ID: there is no override "O-9"'],
  ])('refuses "%s"', async (line, expected) => {
    expect(await typed(line)).toContain(expected);
    expect(await bench.journal.incidents.overrides(0)).toEqual([]);
  });

  it('says where nothing is configured', async () => {
    expect(await typed('oncall', 'ana', withOnCall(undefined))).toContain('nobody is on call: botswain.yaml');
  });

  it.each([
    // In which Ana is on call herself, unless another is named.
    [
      '@ben',
      'oncall override @ben 4h',
      'Ben is on call (secondary) until 17:00 (16:00 UTC)\nIn the place of Ana.',
    ],
    [
      'Slack',
      'oncall override <@U0BEN> 4h --rotation primary',
      'Ben is on call (primary) until 17:00 (16:00 UTC)\nBen would have been anyway',
    ],
    ['Telegram', 'oncall override 333 18:00', 'Cem is on call (secondary) until 18:00 (17:00 UTC)'],
    [
      'me',
      'oncall override me 1h --rotation primary',
      'Ana is on call (primary) until 14:00 (13:00 UTC)\nIn the place of Ben.',
    ],
    [
      'later',
      'oncall override cem 08:00 --from 22:00',
      'Cem is on call (secondary) from 22:00 (21:00 UTC) until Tue 08:00 (Tue 07:00 UTC)',
    ],
    ['an empty one', 'oncall override cem 1h --rotation katana-nights', 'Nobody would have been.'],
  ])('puts somebody in: %s', async (_, line, expected) => {
    expect(await typed(line)).toContain(expected);
    expect(await bench.journal.incidents.overrides(0)).toHaveLength(1);
  });

  it('shows what was set, and ends it by its button; both are in the audit', async () => {
    expect(await typed('oncall override @cem 4h --rotation primary --dry-run')).toContain(
      'It would be set: Cem is on call (primary) until 17:00',
    );
    await typed('oncall override @cem 4h --rotation primary');
    await typed('oncall override @cem 6h --from 20:00 --rotation primary', 'ben');
    const shown = await typed('oncall');
    expect(shown).toContain('primary: Cem until 17:00 (16:00 UTC) | O-1, set by Ana · then Ben until 20:00');
    expect(shown).toContain('O-2: Cem takes over primary | from 20:00 (19:00 UTC) until Tue 02:00');
    expect(await typed('oncall end o-1', 'cem')).toBe(
      'Cem ended O-1: Cem for primary\nOn call now: Ben (primary).',
    );
    expect(await typed('oncall end O-1')).toContain('INPUT_NO_SUCH_ID');
    expect(await typed('oncall')).toContain('primary: Ben until 20:00');
    const records = await bench.journal.audit.list({ limit: 10 });
    expect(records.map(({ event, actor, subject }) => `${event} ${actor} ${subject}`)).toEqual([
      'override ended cem O-1',
      'override set ben O-2',
      'override set ana O-1',
    ]);
  });

  it('lets those who take turns swap, and others only where policy lets them', async () => {
    expect(await typed('oncall override me 1h --rotation primary', 'dora')).toContain('DENIED_POLICY');
    // Ben may change nothing, and is in the rotation.
    expect(await typed('oncall override dora 1h --rotation primary', 'ben')).toContain('Dora is on call');
    expect(await typed('oncall end O-1', 'dora')).toContain('ended O-1');
  });
});
