import { toggle } from '../src/dispatch/argument.ts';
import { type Context, defineRead } from '../src/dispatch/command.ts';
import { holdsNow } from '../src/dispatch/holds-now.ts';
import type { Change } from '../src/domain/change.ts';
import type { PlacedService } from '../src/domain/configuration.ts';
import { type ComponentRef, componentKey } from '../src/domain/fleet.ts';
import { ageOf, gravest, gravestFirst, VERDICT_TONES } from '../src/domain/fleet-view.ts';
import {
  forEverything,
  frozenLine,
  type Holds,
  heldBriefly,
  holdsOn,
  lockLines,
} from '../src/domain/holds.ts';
import { type Lock, personHolder, standsInTheWay, tellMe } from '../src/domain/lock.ts';
import type { Action, Cell, ListItem, Message } from '../src/domain/message.ts';
import { showMoment } from '../src/domain/moment.ts';
import { succeeded } from '../src/domain/outcome.ts';
import { type Subject, subjectText } from '../src/domain/subject.ts';
import { type CheckState, checkKey, type Verdict } from '../src/domain/verdict.ts';
import { hasHost, hostFacts } from './status/host.ts';
import { asLastSeen, type Shown, standing } from './status/standing.ts';

const statesOf = ({ lastSeen }: Context, service: PlacedService): readonly (CheckState | undefined)[] => [
  ...service.components.map((placed) => lastSeen.lastSeen(componentKey(placed.ref))),
  ...service.checks.map((check) => lastSeen.lastSeen(checkKey(check))),
];

function summaryOf(states: readonly (CheckState | undefined)[]): string {
  const seen = states.filter((state) => state !== undefined);
  const bad = seen.filter((state) => state.verdict !== 'pass');
  if (seen.length === 0) return 'not looked at yet';
  const [worst] = bad.toSorted((a, b) => a.since - b.since);
  return worst === undefined
    ? `all ${seen.length} pass`
    : `${bad.length} of ${seen.length}: ${worst.key.replace(/@.*$/, '')}: ${worst.last.summary}`;
}

function oldest(states: readonly (CheckState | undefined)[]): CheckState | undefined {
  return states.filter((state) => state !== undefined).toSorted((a, b) => a.last.at - b.last.at)[0];
}

interface Row {
  readonly verdict: Verdict;
  readonly cells: readonly Cell[];
}

function fleetRow(context: Context, service: PlacedService, holds: Holds): Row {
  const states = statesOf(context, service);
  const verdict = gravest(states.flatMap((state) => (state === undefined ? [] : [state.verdict])));
  return {
    verdict,
    cells: [
      { text: `${service.name}@${service.environment}`, tone: VERDICT_TONES[verdict] },
      {
        text: [summaryOf(states), ...heldBriefly(holdsOn(holds, refsOf(service)), shownIn(context))].join(
          ' · ',
        ),
      },
      { text: ageOf(oldest(states), context.now()) },
    ],
  };
}

function fleetState(verdicts: readonly Verdict[]): string {
  const count = (...some: readonly Verdict[]): number =>
    verdicts.filter((verdict) => some.includes(verdict)).length;
  const unwell = count('fail', 'warn');
  const unknown = count('unknown');
  const said = [
    ...(unwell === 0 ? [] : [`${unwell} of ${verdicts.length} not well`]),
    ...(unknown === 0 ? [] : [`${unknown} of ${verdicts.length} unknown`]),
  ];
  return said.join(', ') || 'all well';
}

const shownIn = ({ configuration, now }: Context): Shown => ({
  timezone: configuration.timezone,
  now: now(),
});

const refsOf = ({ components }: Pick<Subject, 'components'>): readonly ComponentRef[] =>
  components.map(({ ref }) => ref);

async function fleetStatus(context: Context): Promise<Message> {
  const holds = forEverything(await holdsNow(context));
  const visible = context.configuration.services.filter((service) =>
    context.may(
      { name: 'status', risk: 'read' },
      { service: service.name, environment: service.environment },
    ),
  );
  // On a phone only the first rows are seen.
  const rows = visible
    .map((service) => fleetRow(context, service, holds))
    .toSorted((a, b) => gravestFirst(a.verdict, b.verdict));
  return {
    title: 'The fleet',
    tone: VERDICT_TONES[gravest(rows.map(({ verdict }) => verdict))],
    state: fleetState(rows.map(({ verdict }) => verdict)),
    parts: [
      {
        kind: 'table',
        columns: ['Service', 'Seen', 'Oldest look'],
        rows: rows.map(({ cells }) => cells),
      },
      { kind: 'context', text: 'status SERVICE shows one in full · check SERVICE looks now' },
    ],
    actions: [],
  };
}

function item(name: string, state: CheckState | undefined, shown: Shown): ListItem {
  const since = standing(state, shown);
  const seen =
    state === undefined ? 'not looked at yet' : `${state.last.summary} (${ageOf(state, shown.now)})`;
  return {
    text: name,
    tone: state === undefined ? 'unknown' : VERDICT_TONES[gravest([state.verdict, state.last.verdict])],
    detail: since === '' ? seen : `${seen}; ${since}`,
  };
}

/** The own lock can be let go; of another one's end somebody can be told. */
function lockActions({ person, now }: Context, locks: readonly Lock[]): readonly Action[] {
  const own = locks.filter(({ holder, under }) => [holder, under?.holder].includes(personHolder(person.key)));
  const others = locks.filter((lock) => standsInTheWay(lock, person.key, now()) && !own.includes(lock));
  return [
    ...(own.length === 0
      ? []
      : [
          { label: 'Unlock', style: 'plain' as const, line: `unlock ${own.map(({ key }) => key).join(' ')}` },
        ]),
    ...(others.length === 0 ? [] : [tellMe(others.map(({ key }) => key))]),
  ];
}

/** Changes looked through for the last one in this environment. */
const LOOKED_THROUGH = 50;

async function lastChange({ journal }: Context, service: PlacedService): Promise<Change | undefined> {
  const latest = await journal.changes.list({ service: service.name, limit: LOOKED_THROUGH });
  return latest.find(({ plan }) =>
    plan.components.some((ref) => ref.service === service.name && ref.environment === service.environment),
  );
}

async function subjectStatus(context: Context, subject: Subject, host: boolean): Promise<Message> {
  const { service } = subject;
  const now = context.now();
  const seen = (key: string): CheckState | undefined => context.lastSeen.lastSeen(key);
  const checks = service.checks.filter(
    (check) => subject.whole || subject.components.some((placed) => placed.ref.component === check.component),
  );
  const components = subject.components.map((placed) =>
    item(placed.ref.component, seen(componentKey(placed.ref)), shownIn(context)),
  );
  const last = await lastChange(context, service);
  const holds = holdsOn(await holdsNow(context), refsOf(subject));
  const shown = shownIn(context);
  const states = [
    ...subject.components.map((placed) => seen(componentKey(placed.ref))),
    ...checks.map((check) => seen(checkKey(check))),
  ];
  const verdict = gravest(states.flatMap((state) => (state === undefined ? [] : [state.verdict])));
  const lastText =
    last === undefined
      ? 'none'
      : `${last.id} ${last.plan.summary}: ${last.state}, ${showMoment(last.requestedAt, context.configuration.timezone, now)}`;
  return {
    title: `${service.title}: ${subjectText(subject)}`,
    tone: VERDICT_TONES[verdict],
    parts: [
      { kind: 'list', items: components },
      ...(checks.length === 0
        ? []
        : [
            {
              kind: 'list' as const,
              items: checks.map((check) => item(check.name, seen(checkKey(check)), shown)),
            },
          ]),
      {
        kind: 'fields',
        fields: [
          { label: 'Last change', value: lastText },
          { label: 'Locks', value: lockLines(holds.locks, shown).join('\n') || 'none' },
          ...(holds.frozen.length === 0
            ? []
            : [
                {
                  label: 'Freezes',
                  value: holds.frozen.map((frozen) => frozenLine(frozen, shown)).join('\n'),
                },
              ]),
        ],
      },
      ...(host ? await hostFacts(context, subject) : []),
      ...(verdict === 'pass' ? [] : [asLastSeen(subjectText(subject))]),
    ],
    actions: [
      { label: 'Check now', style: 'plain', line: `check ${subjectText(subject)}` },
      { label: 'Logs', style: 'plain', line: `logs ${subjectText(subject)}` },
      ...(host || !hasHost(subject)
        ? []
        : [{ label: 'Host', style: 'plain' as const, line: `status ${subjectText(subject)} --host` }]),
      ...lockActions(context, holds.locks),
    ],
  };
}

function together(messages: readonly Message[]): Message {
  const [first, ...rest] = messages;
  if (first === undefined) throw new Error('a status has at least one subject');
  if (rest.length === 0) return first;
  return {
    title: messages
      .map((message) => message.title)
      .join(' · ')
      .slice(0, 150),
    tone: first.tone,
    parts: messages.flatMap((message) => [{ kind: 'text' as const, text: message.title }, ...message.parts]),
    actions: first.actions,
  };
}

/** The fleet, or one service, from what the checks last saw: answers at once whatever is down. */
export const status = defineRead({
  name: 'status',
  summary: 'how the fleet, or one service, stands',
  examples: ['status', 'status karmabot', 'status karmabot/app@production', 'status karmabot --host'],
  subjects: 'optional',
  arguments: {
    host: toggle('also how its hosts stand now: load, memory, disks, processes, containers, ports'),
  },
  answer: async (context, { host }, subjects) => {
    if (subjects.length === 0)
      return succeeded({ audience: 'conversation', message: await fleetStatus(context) });
    const messages = await Promise.all(subjects.map((subject) => subjectStatus(context, subject, host)));
    return succeeded({ audience: 'conversation', message: together(messages) });
  },
});
