import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../../../commands/registry.ts';
import type { Person } from '../../../src/domain/person.ts';
import { menuEntry } from '../../../src/lines/console-ports.ts';
import { choicesFor, choicesOf } from '../../../src/lines/picker-choices.ts';
import { CAST, type IncidentStage, incidentStage, stageConfiguration } from '../commands/incident-stage.ts';

const { ana, kim } = CAST;

describe('what ids are chosen from on a phone', () => {
  let stage: IncidentStage;
  beforeEach(async () => {
    stage = await incidentStage();
    await stage.type(ana, 'incident open "karma is slow" --service karmabot');
    await stage.type(ana, 'incident open "katana is down" --severity P0 --service katana');
    await stage.type(ana, 'incident open "it was nothing"');
    await stage.type(ana, 'incident open "the same again"');
    await stage.type(ana, 'resolve INC-3');
    await stage.type(ana, 'merge INC-4 INC-1');
    await stage.type(ana, 'silence karmabot 1h --reason "a test"');
    await stage.type(ana, 'freeze karmabot --until 2h --reason "a demo"');
  });
  afterEach(() => stage.remove());

  async function offered(who: Person, verb: string): Promise<readonly string[] | undefined> {
    const { journal, now } = stage;
    const asker = { person: who, channel: 'console', at: now() };
    const choices = await choicesFor({ configuration: stageConfiguration(), journal, now }, asker);
    const command = commands.find(({ name }) => name === verb);
    if (command === undefined) throw new Error(`there is no ${verb}`);
    return choicesOf(command, choices)?.map(({ name }) => name);
  }

  it.each([
    ['ack', ['INC-2', 'INC-1']],
    ['resolve', ['INC-2', 'INC-1']],
    ['note', ['INC-2', 'INC-1']],
    ['severity', ['INC-2', 'INC-1']],
    ['show', ['INC-2', 'INC-1']],
    ['reopen', ['INC-3']],
    ['unsilence', ['S-1']],
    ['unfreeze', ['F-1']],
    ['approve', []],
    ['status', undefined],
    ['silence', undefined],
  ])('%s', async (verb, ids) => expect(await offered(ana, verb)).toEqual(ids));

  it('nobody is offered what they may not see', async () => {
    expect(await offered(kim, 'ack')).toEqual(['INC-2']);
    expect(await offered(kim, 'reopen')).toEqual(['INC-3']);
  });

  it('every verb about an incident opens a picker by its bare name, and a note asks for its words', () => {
    const entries = new Map(commands.map((command) => [command.name, menuEntry(command)]));
    for (const verb of ['ack', 'assign', 'escalate', 'merge', 'mitigated', 'reopen', 'resolve', 'severity'])
      expect(entries.get(verb), verb).toMatchObject({ needsSubject: true, asksWords: false });
    expect(entries.get('note')).toMatchObject({ needsSubject: true, asksWords: true });
    for (const verb of ['incident', 'alerts', 'silences'])
      expect(entries.get(verb), verb).toMatchObject({ needsSubject: false });
  });
});
