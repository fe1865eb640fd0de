import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { audit } from '../../../commands/audit.ts';
import { changes } from '../../../commands/changes.ts';
import { show } from '../../../commands/show.ts';
import { waiting } from '../../../commands/waiting.ts';
import type { Command } from '../../../src/dispatch/command.ts';
import type { Person } from '../../../src/domain/person.ts';
import { draft, entry, NOON, step } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { contextOf } from '../workflow/context.ts';
import { configuration, person, rule } from '../workflow/yard.ts';

const ours = configuration([
  rule(1, { risk: ['read'], service: ['karmabot'], allow: ['karma'] }),
  rule(2, { risk: ['read'], allow: ['operator'] }),
]);
const karma = person('kim', 'karma');
const operator = person('ana', 'operator', 'karma');

describe('what people see of changes', () => {
  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  beforeEach(async () => {
    bench = await sqliteBench();
    const { journal } = bench;
    const ask = { requester: 'zoe', requestedAt: NOON };
    await journal.changes.request(draft('a', ask), { ...entry('change requested'), actor: 'zoe' });
    const katana = { ...entry('change requested'), actor: 'zoe', service: 'katana' };
    await journal.changes.request(draft('b', { ...ask, keys: ['katana/app'] }), katana);
    await journal.changes.request(draft('c', { ...ask, keys: ['karmabot/nginx', 'katana/nginx'] }), katana);
    const { service: _, ...noService } = entry('line refused', 'none');
    await journal.audit.append({ ...noService, actor: 'slack:U0EVE' });
    await journal.audit.append({ ...noService, actor: 'kim' });
  });
  afterEach(() => bench.remove());

  async function answer(command: Command, who: Person, args: Readonly<Record<string, unknown>> = {}) {
    if (command.kind !== 'read') throw new Error(`${command.name} answers nothing`);
    return command.answer(contextOf({ journal: bench.journal, configuration: ours }, who), args, []);
  }
  async function firstCells(command: Command, who: Person, args?: Readonly<Record<string, unknown>>) {
    const said = await answer(command, who, args);
    if (said.kind !== 'succeeded') throw new Error(said.message);
    const table = said.value.message.parts.find((part) => part.kind === 'table');
    return table?.kind === 'table' ? table.rows : [];
  }
  const ids = async (command: Command, who: Person) =>
    (await firstCells(command, who)).map(([id]) => id?.text);

  it('lists only changes whose every component they may look at, or that they asked for', async () => {
    expect(await ids(changes, operator)).toEqual(['C-3', 'C-2', 'C-1']);
    expect(await ids(changes, karma)).toEqual(['C-1']);
    expect(await ids(changes, person('zoe'))).toEqual(['C-3', 'C-2', 'C-1']);
  });

  it('shows no card of a service they may not look at, whatever id they try', async () => {
    expect((await answer(show, karma, { id: 'c-1' })).kind).toBe('succeeded');
    for (const id of ['C-2', 'c-3'])
      expect(await answer(show, karma, { id })).toMatchObject({ code: 'DENIED_POLICY' });
    expect((await answer(show, person('ben', 'approver'), { id: 'C-2' })).kind).toBe('succeeded');
  });

  it('lists as waiting only unknown changes that concern them', async () => {
    for (const id of ['C-1', 'C-2']) {
      await bench.journal.changes.start(id, { at: NOON }, entry('change started', id));
      await bench.journal.steps.begin(step(id), entry('step started', id));
    }
    await bench.journal.steps.loseOrphans('boot-2', NOON);
    expect(await ids(waiting, karma)).toEqual(['C-1']);
    expect(await ids(waiting, operator)).toEqual(['C-2', 'C-1']);
  });

  it('audits to them what is of their services and what they did themselves', async () => {
    const unset = { about: [], by: undefined, event: undefined, since: undefined, until: undefined };
    const none = { ...unset, service: undefined, all: true };
    const about = async (who: Person) =>
      (await firstCells(audit, who, none)).map((cells) => `${cells[1]?.text} ${cells[3]?.text}`);
    expect(await about(karma)).toEqual(['kim none', 'zoe C-1']);
    expect(await about(operator)).toEqual(['kim none', 'slack:U0EVE none', 'zoe C-3', 'zoe C-2', 'zoe C-1']);
    expect(await firstCells(audit, karma, { ...none, service: 'katana' })).toEqual([]);
  });
});
