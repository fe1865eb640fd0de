import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { audit } from '../../../commands/audit.ts';
import type { AuditEntry, AuditEventName } from '../../../src/domain/audit-event.ts';
import { parseDuration } from '../../../src/domain/duration.ts';
import type { Message } from '../../../src/domain/message.ts';
import { draft, NOON } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { contextOf } from '../workflow/context.ts';
import { configuration, person, rule } from '../workflow/yard.ts';

const people = [
  { ...person('ana', 'operator'), name: 'Ana' },
  { ...person('ben', 'operator', 'approver'), name: 'Ben' },
];
const ours = { ...configuration([rule(1, { allow: ['operator'] })]), people, timezone: 'UTC' };
const UNSET = {
  about: [],
  service: undefined,
  by: undefined,
  event: undefined,
  since: undefined,
  until: undefined,
  all: false,
};
/** It is noon; last night was this long ago. */
const ago = (duration: string): number => NOON - (parseDuration(duration) ?? 0);

describe('audit, asked by somebody at noon about the night', () => {
  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  beforeEach(async () => {
    bench = await sqliteBench();
    await happened();
  });
  afterEach(() => bench.remove());

  const record = (
    event: AuditEventName,
    at: number,
    more: Partial<AuditEntry> & { readonly actor: string },
  ): Promise<unknown> => bench.journal.audit.append({ event, at, detail: {}, ...more });

  /** Ana restarts karmabot at 01:00 with Ben's approval; before that she looks, then is refused. */
  async function happened(): Promise<void> {
    const service = 'karmabot';
    await record('lock taken', ago('30h'), {
      subject: 'katana/app',
      service: 'katana',
      actor: 'ben',
      detail: { reason: 'migration' },
    });
    for (const [minutes, line] of [
      ['11h10m', 'status karmabot'],
      ['11h8m', 'logs karmabot/app'],
    ] as const)
      await record('line answered', ago(minutes), {
        actor: 'ana',
        service,
        detail: { line, verb: line.split(' ')[0] ?? '' },
      });
    const { change } = await bench.journal.changes.request(
      draft('night', { requester: 'ana', requestedAt: ago('11h'), keys: ['karmabot/app'] }),
      {
        event: 'change requested',
        at: ago('11h'),
        actor: 'ana',
        service,
        detail: {
          via: 'slack:U0ANA',
          rule: 'policy rule 3',
          digest: 'a'.repeat(64),
          line: 'restart karmabot/app',
        },
      },
    );
    const of = { service, subject: change.id };
    await record('decision refused', ago('10h59m'), {
      ...of,
      actor: 'ana',
      code: 'DENIED_NOT_AN_APPROVER',
      detail: { why: 'somebody else must decide' },
    });
    await record('change approved', ago('10h58m'), { ...of, actor: 'ben', detail: { via: 'telegram:222' } });
    await record('change started', ago('10h57m'), { ...of, actor: 'botswain' });
    for (const event of ['step started', 'step succeeded', 'verification started'] as const)
      await record(event, ago('10h57m'), { ...of, actor: 'botswain' });
    await record('change succeeded', ago('10h57m') + 14_000, { ...of, actor: 'botswain' });
    await record('line refused', ago('9h'), {
      actor: 'slack:U0EVE',
      code: 'DENIED_UNKNOWN_PERSON',
      detail: { line: 'stop karmabot', why: 'Botswain does not know you (slack:U0EVE)' },
    });
  }

  async function asked(args: Partial<Record<keyof typeof UNSET, unknown>>): Promise<Message> {
    if (audit.kind !== 'read') throw new Error('it reads');
    const [ana] = people;
    if (ana === undefined) throw new Error('Ana is there');
    const said = await audit.answer(
      contextOf({ journal: bench.journal, configuration: ours }, ana),
      { ...UNSET, ...args },
      [],
    );
    if (said.kind !== 'succeeded') throw new Error(said.message);
    return said.value.message;
  }
  async function lines(args: Partial<Record<keyof typeof UNSET, unknown>>): Promise<readonly string[]> {
    const { parts } = await asked(args);
    return parts.flatMap((part) =>
      part.kind === 'list' ? part.items.map(({ tone, text, detail }) => `${tone}: ${text} — ${detail}`) : [],
    );
  }

  it('tells a change in one line, whoever asked, decided and was refused, and how it ended', async () => {
    expect(await lines({ about: ['karmabot', 'last', 'night'] })).toEqual([
      'good: 01:00 Ana: Restart karmabot/app — refused to Ana: somebody else must decide · approved by Ben · succeeded after 14s · C-1',
      'neutral: 00:50 Ana looked: — status karmabot, logs karmabot/app',
    ]);
  });

  it('tells of everybody newest first', async () => {
    expect((await lines({})).map((line) => line.split(' —')[0])).toEqual([
      'warning: 03:00 slack:U0EVE: line refused "stop karmabot"',
      'good: 01:00 Ana: Restart karmabot/app',
      'neutral: 00:50 Ana looked:',
      'neutral: yesterday 06:00 Ben: lock taken katana/app',
    ]);
  });

  it.each([
    [{ by: 'ben' }, ['C-1', 'katana']],
    [{ by: 'Ben', event: 'change approved' }, ['C-1']],
    [{ event: 'refused' }, ['stop karmabot', 'C-1']],
    [{ by: 'slack:u0eve' }, ['stop karmabot']],
    [{ about: ['c-1'] }, ['C-1']],
    [{ about: ['karmabot/app@production'] }, ['C-1']],
    [{ about: ['karmabot/app@staging'] }, []],
    [{ about: ['karmabot/nginx'] }, []],
    [{ service: 'katana' }, ['katana']],
    [{ since: 'yesterday 05:00', until: 'yesterday 22:00' }, ['katana']],
    [{ since: '10h' }, ['stop karmabot']],
    [{ about: ['10h'] }, ['stop karmabot']],
    [{ about: ['karmabot', '12:00'], since: 'yesterday' }, ['C-1', 'looked']],
    [{ about: ['karmabot'], since: 'yesterday' }, ['C-1', 'looked']],
  ])('finds what is wanted: %o', async (args, found) => {
    const told = await lines(args);
    expect(told).toHaveLength(found.length);
    for (const what of found) expect(told.join('\n')).toContain(what);
  });

  it('shows each record with account, rule and digest with --all', async () => {
    const { parts } = await asked({ about: ['C-1'], all: true });
    const table = parts.find((part) => part.kind === 'table');
    if (table?.kind !== 'table') throw new Error('no table');
    expect(table.rows).toHaveLength(8);
    expect(table.rows.at(-1)?.map(({ text }) => text)).toEqual([
      '01:00',
      'Ana (slack:U0ANA)',
      'change requested',
      'C-1 restart karmabot/app policy rule 3 plan aaaaaaaa',
    ]);
  });

  it.each([
    [{ by: 'benn' }, 'there is nobody called "benn". Did you mean "ben"?'],
    [{ event: 'change aproved' }, 'nothing is recorded as "change aproved". Did you mean "change approved"?'],
    [{ since: 'whenever' }, '"whenever" is not a time'],
    [{ about: ['2+2'] }, '"2+2" is neither a subject nor the id of a change'],
    [{ since: '2026-01-04 22:00', until: '2026-01-04' }, '--until 2026-01-04 is before --since'],
  ])('refuses in words what it cannot read: %o', async (args, why) => {
    await expect(asked(args)).rejects.toThrow(why);
  });

  it('says what may have been meant where nothing is recorded', async () => {
    const { parts } = await asked({ about: ['karmabto'] });
    expect(parts[0]).toMatchObject({ text: 'Nothing of that is recorded. Did you mean "karmabot"?' });
  });
});
