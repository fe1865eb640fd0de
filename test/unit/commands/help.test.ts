import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { help } from '../../../commands/help.ts';
import { commands } from '../../../commands/registry.ts';
import { slackProblems } from '../../../src/chat/slack/slack-limits.ts';
import { renderSlack } from '../../../src/chat/slack/slack-render.ts';
import { renderTelegram } from '../../../src/chat/telegram/telegram-render.ts';
import type { Message } from '../../../src/domain/message.ts';
import type { JournalBench } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { expectGolden as expectOnSlack } from '../../golden/slack/golden.ts';
import { expectGolden as expectOnTelegram } from '../../golden/telegram/golden.ts';
import { underPolicy } from '../domain/policy-stage.ts';
import { contextOf } from '../workflow/context.ts';

let bench: JournalBench;

beforeAll(async () => {
  bench = await sqliteBench();
});
afterAll(() => bench.remove());

async function helpFor(key: string, there = commands, verb?: string): Promise<Message> {
  const configuration = await underPolicy(
    '  - { risk: read, service: blog, allow: guest }\n  - { allow: operator }\n',
  );
  const person = configuration.people.find((each) => each.key === key);
  if (person === undefined || help.kind !== 'read') throw new Error(`there is no help for ${key}`);
  const context = { ...contextOf({ journal: bench.journal, configuration }, person), commands: there };
  const answer = await help.answer(context, { verb }, []);
  if (answer.kind !== 'succeeded') throw new Error(answer.message);
  return answer.value.message;
}

/** What stands under each heading, by the first word of its line. */
const groupsIn = ({ parts }: Message): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    parts.flatMap((part) =>
      part.kind === 'table'
        ? [[part.columns[0] ?? '', part.rows.map((row) => row[0]?.text.split(' ')[0] ?? '')] as const]
        : [],
    ),
  );

/** The verbs of the groups that are only named. */
async function foldedFor(key: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const { parts } = await helpFor(key);
  const more = parts.find((part) => part.kind === 'table' && part.columns[0] === 'More');
  const rows = more?.kind === 'table' ? more.rows : [];
  return Object.fromEntries(rows.map((row) => [row[0]?.text ?? '', row[1]?.text.split(', ') ?? []]));
}

describe('help', () => {
  it('stands in groups, and has every command once', async () => {
    const groups = groupsIn(await helpFor('ana'));
    expect(Object.keys(groups)).toEqual(['Look', 'Change', 'Decide', 'Incidents', 'More']);
    const names = commands.map(({ name }) => name);
    const { More: _, ...open } = groups;
    const folded = await foldedFor('ana');
    const all = [...Object.values(open), ...Object.values(folded)].flat();
    expect(all.toSorted()).toEqual(names.toSorted());
    expect(groups.Look).toEqual(expect.arrayContaining(['status', 'check', 'logs']));
    const changing = commands.filter(({ kind }) => kind === 'change');
    expect(groups.Change).toEqual(expect.arrayContaining(changing.map(({ name }) => name)));
    expect(groups.Incidents).toEqual(expect.arrayContaining(['incident', 'ack', 'silence', 'oncall']));
    expect(folded['help botswain']).toEqual(expect.arrayContaining(['policy', 'audit', 'help']));
  });

  it('shows a group by itself, with whole examples, to whoever may run something of it', async () => {
    const groups = groupsIn(await helpFor('ana', commands, 'locks'));
    expect(groups['Locks and freezes']).toEqual((await foldedFor('ana'))['help locks']);
    expect(groupsIn(await helpFor('gus', commands, 'locks'))).toEqual({ 'Locks and freezes': ['freezes'] });
    const looking = commands.filter(({ kind }) => kind !== 'chosen');
    await expect(helpFor('gus', looking, 'change')).rejects.toThrow('there is no "change" that you may run');
  });

  it('leaves out a group of which somebody may run nothing', async () => {
    const groups = groupsIn(
      await helpFor(
        'gus',
        commands.filter(({ kind }) => kind !== 'chosen'),
      ),
    );
    expect(groups.Look).toContain('status');
    expect(Object.keys(groups)).not.toContain('Change');
  });

  it('fits into one message of both chats, whole', async () => {
    const message = await helpFor('ana');
    const slack = renderSlack(message);
    expect(slackProblems(slack)).toEqual([]);
    expect(JSON.stringify(slack)).not.toContain('Cut here');
    const telegram = renderTelegram(message, { data: ['d:token_0'] });
    expect(telegram.html).not.toContain('shortened');
  });

  it('looks in both chats as it was looked at', async () => {
    const some = ['status', 'logs', 'restart', 'stop', 'approve', 'deny', 'lock', 'whoami', 'policy', 'help'];
    const message = await helpFor(
      'ana',
      commands.filter(({ name }) => some.includes(name)),
    );
    await expectOnSlack('help-groups', renderSlack(message));
    await expectOnTelegram('help-groups', renderTelegram(message, { data: ['d:token_0'] }));
  });
});
