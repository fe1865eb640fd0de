import type { MenuEntry } from '../chat/chat.ts';
import type { PickerChoice, PickerOption, PickerVerb } from '../chat/picker.ts';
import type { ArgumentSpec } from '../dispatch/argument.ts';
import { type Command, judgesItself } from '../dispatch/command.ts';
import { holdsNow } from '../dispatch/holds-now.ts';
import { fullSpec } from '../dispatch/read-line.ts';
import type { Configuration, PlacedService } from '../domain/configuration.ts';
import { componentKey } from '../domain/fleet.ts';
import { gravest, VERDICT_TONES } from '../domain/fleet-view.ts';
import { forEverything, type Holds, heldBriefly, holdsOn } from '../domain/holds.ts';
import type { Person } from '../domain/person.ts';
import { type CheckState, checkKey } from '../domain/verdict.ts';
import type { ConsolePorts, FleetRow } from '../web/console/ports.ts';
import type { LastSeen } from '../workflow/fleet.ts';
import type { Journal } from '../workflow/journal.ts';
import { type Asker, mayRun } from '../workflow/policy-facts.ts';
import { type Choices, choicesFor, choicesOf, takesId, waitingFor } from './picker-choices.ts';

/** What the console's side bar, palette and completion are made from. */
export interface ConsoleSources {
  readonly configuration: Configuration;
  readonly commands: readonly Command[];
  readonly lastSeen: LastSeen;
  readonly journal: Journal;
  readonly now: () => number;
}

type Offered = Pick<ConsolePorts, 'person' | 'overview' | 'complete' | 'picker' | 'waiting'>;

const SUGGESTIONS = 12;

/** What the web console is offered of the fleet, the commands and the journal, per person. */
export function consolePorts(sources: ConsoleSources): Offered {
  const { configuration, journal } = sources;
  const personOf = (key: string): Person | undefined =>
    configuration.people.find((candidate) => candidate.key === key);
  return {
    person: async (key) => {
      const person = personOf(key);
      return person === undefined ? undefined : { key, name: person.name };
    },
    overview: async (key) => {
      const person = personOf(key);
      if (person === undefined) return [];
      const holds = forEverything(await holdsNow(sources));
      return configuration.services
        .filter((service) => maySee(sources, person, service))
        .map((service) => fleetRow(sources, service, holds));
    },
    complete: async (key, text) => {
      const person = personOf(key);
      return person === undefined ? [] : complete(sources, person, text).slice(0, SUGGESTIONS);
    },
    picker: async (key) => {
      const person = personOf(key);
      if (person === undefined) return { verbs: [], subjects: [] };
      const choices = await choicesFor(sources, askerOf(sources, person));
      return { verbs: verbsOf(sources, person, choices), subjects: subjectsOf(sources, person) };
    },
    waiting: async (key) => {
      const person = personOf(key);
      return person === undefined ? 0 : await countFor(journal, person);
    },
  };
}

const askerOf = ({ now }: ConsoleSources, person: Person): Asker => ({
  person,
  channel: 'console',
  at: now(),
});

const maySee = (sources: ConsoleSources, person: Person, service: PlacedService): boolean =>
  mayRun(sources.configuration, askerOf(sources, person), {
    verb: { name: 'status', risk: 'read' },
    subject: { service: service.name, environment: service.environment },
  });

function statesOf(sources: ConsoleSources, service: PlacedService): readonly CheckState[] {
  const keys = [
    ...service.components.map((placed) => componentKey(placed.ref)),
    ...service.checks.map(checkKey),
  ];
  return keys.map((key) => sources.lastSeen.lastSeen(key)).filter((state) => state !== undefined);
}

function fleetRow(sources: ConsoleSources, service: PlacedService, holds: Holds): FleetRow {
  const states = statesOf(sources, service);
  const bad = states.filter((state) => state.verdict !== 'pass');
  const [first] = bad.toSorted((a, b) => a.since - b.since);
  const components = service.components.map(({ ref }) => ref);
  const shown = { timezone: sources.configuration.timezone, now: sources.now() };
  const oldest = Math.min(...states.map((state) => state.last.at));
  const name = first?.key.replace(/@.*$/, '').replace(/^[^/:]*[/:]/, '');
  return {
    service: service.name,
    environment: service.environment,
    tone: VERDICT_TONES[gravest(states.map((state) => state.verdict))],
    summary: [
      first === undefined ? `all ${states.length} pass` : `${name}: ${first.last.summary}`,
      ...heldBriefly(holdsOn(holds, components), shown),
    ].join(' · '),
    ...(states.length === 0 ? {} : { ageMs: Math.max(0, sources.now() - oldest) }),
  };
}

const mayType = (sources: ConsoleSources, person: Person, command: Command): boolean =>
  judgesItself(command) || mayRun(sources.configuration, askerOf(sources, person), { verb: command });

const isFlag = (spec: ArgumentSpec, name: string): boolean =>
  spec[name]?.takes === 'value' || spec[name]?.takes === 'switch';

const flagsOf = (command: Command): readonly string[] => {
  const spec = fullSpec(command);
  return Object.keys(spec).filter((name) => isFlag(spec, name));
};

/** Flags without which a record is refused, asked before the line may run. */
const MUST_BE_SAID: Readonly<Record<string, readonly string[]>> = {
  lock: ['reason'],
  review: ['found'],
  freeze: ['until', 'reason'],
  note: ['text'],
};

function optionsOf(command: Command): readonly PickerOption[] {
  const spec = fullSpec(command);
  return flagsOf(command).map((name) => ({
    flag: `--${name}`,
    summary: spec[name]?.summary ?? '',
    ...(spec[name]?.takes === 'value' ? { value: 'text' as const } : {}),
    ...(MUST_BE_SAID[command.name]?.includes(name) === true ? { required: true } : {}),
  }));
}

/** A whole line is typed, not picked; unless a flag takes it, too. */
const takesLine = (command: Command): boolean =>
  !takesId(command) && Object.values(command.arguments).some(({ takes }) => takes === 'line');

/** What a chat's menus say of a command. */
export const menuEntry = (command: Command): MenuEntry => ({
  name: command.name,
  summary: command.summary,
  asksWords: takesId(command) && command.name in MUST_BE_SAID,
  needsSubject:
    takesId(command) ||
    command.subjects === 'one' ||
    command.subjects === 'several' ||
    command.name in MUST_BE_SAID,
});

function verbsOf(sources: ConsoleSources, person: Person, choices: Choices): readonly PickerVerb[] {
  return sources.commands
    .filter((command) => mayType(sources, person, command) && !takesLine(command))
    .map((command) => {
      const chosen = choicesOf(command, choices);
      return {
        name: command.name,
        summary: command.summary,
        risk: command.risk,
        subject: takesId(command) ? 'one' : command.subjects,
        ...(chosen === undefined ? {} : { choices: chosen }),
        options: optionsOf(command),
      };
    });
}

function subjectsOf(sources: ConsoleSources, person: Person): readonly PickerChoice[] {
  const visible = sources.configuration.services.filter((service) => maySee(sources, person, service));
  return visible.flatMap((service) => [
    {
      name: `${service.name}@${service.environment}`,
      summary: service.title,
      tone: VERDICT_TONES[gravest(statesOf(sources, service).map((state) => state.verdict))],
    },
    ...service.components.map((placed) => {
      const state = sources.lastSeen.lastSeen(componentKey(placed.ref));
      return {
        name: componentKey(placed.ref),
        summary: state?.last.summary ?? 'not looked at yet',
        tone: state === undefined ? ('unknown' as const) : VERDICT_TONES[state.verdict],
      };
    }),
  ]);
}

function complete(sources: ConsoleSources, person: Person, text: string): readonly string[] {
  const words = text.trimStart().split(/\s+/);
  const last = words.at(-1) ?? '';
  const before = words.slice(0, -1).join(' ');
  const extend = (candidates: readonly string[]): readonly string[] =>
    candidates
      .filter((name) => name.startsWith(last) && name !== last)
      .map((name) => `${before === '' ? '' : `${before} `}${name} `);
  if (words.length === 1)
    return extend(
      sources.commands.filter((command) => mayType(sources, person, command)).map((command) => command.name),
    );
  const command = sources.commands.find((candidate) => candidate.name === words[0]);
  if (command === undefined) return [];
  if (last.startsWith('-')) return extend(flagsOf(command).map((name) => `--${name}`));
  return command.subjects === 'none' ? [] : extend(subjectsOf(sources, person).map((choice) => choice.name));
}

async function countFor(journal: Journal, person: Person): Promise<number> {
  const { approvals, reviews, asking } = await waitingFor(journal, person);
  return approvals.length + reviews.length + asking.length;
}
