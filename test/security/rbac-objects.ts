import type { Risk } from '../../src/domain/policy.ts';
import type { Journal } from '../../src/workflow/journal.ts';
import { NOON } from '../contract/journal-samples.ts';

/** What a verb cannot go without, besides its subject. */
export const MORE: Readonly<Record<string, string>> = {
  lock: '--reason why',
  freeze: '--until 2h --reason why',
  policy: 'explain restart karmabot/app@production',
  restore: 'B-1',
};

/** What makes a read, a change or something destructive of a verb whose risk depends on what it is given; HERE is a service. */
export const CHOSEN: Readonly<Record<string, Readonly<Partial<Record<Risk, string>>>>> = {
  config: { read: 'HERE list', change: 'HERE unset TOKEN' },
  run: { read: 'HERE look', change: 'HERE mend', destructive: 'HERE wipe' },
  incident: { read: 'list --service HERE', change: 'open "nobody can log in" --service HERE' },
  // Who takes turns is in test/unit/commands/oncall.test.ts: they may swap whatever policy says.
  oncall: { read: 'HERE' },
};

/** A line about something whose place only the journal or its matchers say, and the places that it comes to. */
export interface ObjectLine {
  readonly verb: string;
  readonly line: string;
  /** Policy has to allow it at each of these. */
  readonly all: readonly string[];
}

/** Verbs about one incident, and what they want besides its id. A dry run alters nothing, so that the next one finds it as it was. */
const ABOUT_INCIDENTS: Readonly<Record<string, string>> = {
  ack: '',
  severity: 'P1',
  assign: 'lead me',
  note: 'the disk is full',
  escalate: '',
  mitigated: '',
  resolve: '',
  reopen: '',
  postmortem: '',
  merge: 'INC-5 --dry-run',
};

/** What each stands for: a service with its environment, or several, or all there is. */
const SILENCED: readonly (readonly [string, (place: string) => boolean])[] = [
  ['service=karmabot alertname=HighErrorRate', (place) => place.startsWith('karmabot')],
  ['karmabot', (place) => place.startsWith('karmabot')],
  ['karmabot@staging', (place) => place === 'karmabot@staging'],
  ['service=katana environment=production', (place) => place === 'katana@production'],
  ['service=karmabot service=~"k.*"', (place) => place.startsWith('karmabot')],
  // What names no service of ours may be of any.
  ...[
    'alertname=HighErrorRate',
    'service=~"karma.*"',
    'environment=~".+"',
    'service=nobodys',
    'service=karmabot environment=nowhere',
  ].map((matchers): readonly [string, () => boolean] => [matchers, () => true]),
];

/** Every line about an incident or a silence; `INC-1` and `S-1` are of the first of these whole services, and so on. */
export function objectLines(places: readonly string[]): readonly ObjectLine[] {
  const ofEach = (verb: string, id: string, rest: string): readonly ObjectLine[] =>
    places.map((place, index) => ({ verb, line: `${verb} ${id}-${index + 1} ${rest}`.trim(), all: [place] }));
  return [
    ...Object.entries(ABOUT_INCIDENTS).flatMap(([verb, rest]) => ofEach(verb, 'INC', rest)),
    ...ofEach('unsilence', 'S', '--dry-run'),
    ...SILENCED.map(([matchers, isMeant]) => ({
      verb: 'silence',
      line: `silence ${matchers} 2h --reason "known to us" --dry-run`,
      all: places.filter(isMeant),
    })),
  ];
}

/** Puts those incidents and silences there, and an incident of nobody's into which others may go. */
export async function placeObjects({ incidents }: Journal, places: readonly string[]): Promise<void> {
  await incidents.write(async (desk) => {
    const usual = {
      title: 'down',
      state: 'open',
      severity: 'P2',
      origin: 'person',
      openedBy: 'botswain',
      openedAt: NOON,
      impactSince: NOON,
      announceAt: NOON,
      reopened: 0,
      roles: {},
    } as const;
    for (const place of places) {
      const [service = '', environment = ''] = place.split('@');
      await desk.create({ ...usual, service, environment });
      const matchers = Object.entries({ service, environment }).map(([name, value]) => ({
        name,
        operator: '=' as const,
        value,
      }));
      await desk.addSilence({
        matchers,
        person: 'botswain',
        reason: 'planned',
        from: NOON,
        until: NOON * 2,
      });
    }
    await desk.create(usual);
  });
}
