import { commands } from '../../../commands/registry.ts';
import type { Incoming } from '../../../src/chat/chat.ts';
import { dispatch } from '../../../src/dispatch/dispatch.ts';
import type { Configuration } from '../../../src/domain/configuration.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import type { Message, Part } from '../../../src/domain/message.ts';
import { failed, succeeded } from '../../../src/domain/outcome.ts';
import type { Person } from '../../../src/domain/person.ts';
import type { Shelf } from '../../../src/github/shelf.ts';
import { createPostMortems } from '../../../src/incidents/post-mortem.ts';
import { incoming, NOON } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { contextOf } from '../workflow/context.ts';
import { configuration, person, rule } from '../workflow/yard.ts';

/** People of the stage: Ana and Ben operate, Vic only looks, Kim only works on katana. */
export const CAST = {
  ana: { ...person('ana', 'operator'), name: 'Ana', slack: 'U0ANA', telegram: '111' },
  ben: { ...person('ben', 'operator', 'approver'), name: 'Ben', slack: 'U0BEN' },
  vic: { ...person('vic', 'viewer'), name: 'Vic' },
  kim: { ...person('kim', 'katana'), name: 'Kim' },
} as const satisfies Readonly<Record<string, Person>>;

/** Where they may do it. */
export const stageConfiguration = (): Configuration => ({
  ...configuration([
    rule(1, { service: ['katana'], allow: ['katana', 'operator'] }),
    rule(2, { risk: ['read'], allow: ['operator', 'viewer'] }),
    rule(3, { allow: ['operator'] }),
  ]),
  people: Object.values(CAST),
});

const words = (part: Part): readonly string[] => {
  if (part.kind === 'table') return part.rows.map((row) => row.map(({ text }) => text).join(' | '));
  if (part.kind === 'fields') return part.fields.map(({ label, value }) => `${label}: ${value}`);
  if (part.kind === 'list') return part.items.map(({ text }) => text);
  return [part.text];
};

/** What somebody was told. */
export interface Told {
  /** `ok`, or the code of a refusal. */
  readonly code: string;
  /** Title and text, a line each. */
  readonly text: string;
  /** Lines of the buttons, or of what a refusal offers. */
  readonly lines: readonly string[];
  readonly audience?: string;
  readonly message?: Message;
}

/** A journal, a clock that is moved by hand, and people who type. */
export async function incidentStage(settings: Configuration = stageConfiguration(), shelf?: Shelf) {
  const bench = await sqliteBench();
  const postMortem = createPostMortems({
    journal: bench.journal,
    configuration: settings,
    redact: (text) => text.replaceAll('hunter2-secret', '[redacted]'),
    shelf: () =>
      shelf === undefined
        ? failed('CONFIG_INVALID', 'nobody configured where post-mortems are kept')
        : succeeded(shelf),
  });
  let at = NOON;
  let typed = 0;
  const contextFor = (who: Person, line: Incoming) =>
    contextOf({ journal: bench.journal, configuration: settings, line, now: () => at, postMortem }, who);
  return {
    journal: bench.journal,
    book: bench.journal.incidents,
    remove: () => bench.remove(),
    /** Moves the clock by milliseconds. */
    pass: (ms: number): void => {
      at += ms;
    },
    now: () => at,
    contextFor,
    incident: async (id: string): Promise<Incident> => {
      const found = await bench.journal.incidents.find(id);
      if (found === undefined) throw new Error(`there is no ${id}`);
      return found;
    },
    /** What was said in the threads of an incident. */
    said: async (id: string): Promise<readonly string[]> =>
      (await bench.journal.incidents.timeline(id)).filter(({ isSaid }) => isSaid).map(({ text }) => text),
    /** Somebody types a line, in the thread of something where that is said; the same line again with its id. */
    type: async (
      who: Person,
      text: string,
      where: { readonly below?: string; readonly id?: string } = {},
    ): Promise<Told> => {
      typed += 1;
      const line = { ...incoming('x', text), id: where.id ?? `slack:Ev${typed}` };
      const context = { ...contextFor(who, line), commands, impliedId: where.below };
      const came = await dispatch(context, text, () => Promise.reject(new Error('nothing is planned')));
      if (came.kind !== 'succeeded') {
        const { code, message } = came;
        const { remedy = '', offers = [] } = came.kind === 'failed' ? came : {};
        return { code, text: `${message}\n${remedy}`, lines: offers.map(({ line: offer }) => offer) };
      }
      if (came.value.kind !== 'answer') throw new Error('a plan came of it');
      const { message, audience } = came.value.answer;
      return {
        code: 'ok',
        text: [message.title, message.state ?? '', ...message.parts.flatMap(words)].join('\n'),
        lines: message.actions.map(({ line: action }) => action),
        audience,
        message,
      };
    },
  };
}

/** A stage that is set. */
export type IncidentStage = Awaited<ReturnType<typeof incidentStage>>;
