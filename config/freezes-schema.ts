import { z } from 'zod';
import type { Freeze, FrozenPlace } from '../src/domain/freeze.ts';
import { WEEKDAYS, type Window } from '../src/domain/window.ts';
import { line, name, oneOrMore, timezone } from './fields.ts';
import { readEdge, type WindowEdge } from './window-edge.ts';

const edge = (what: string) =>
  z
    .string()
    .refine((text) => readEdge(text) !== undefined, {
      error: (issue) =>
        `${JSON.stringify(issue.input)} is not a time at which a window can begin or end\nwrite "18:00", "fri 18:00", "2026-12-23", "2026-12-23 18:00" or "12-23"`,
    })
    .optional()
    .describe(what);

/** The keys of a window, as it is written. */
export const window = {
  days: z
    .array(z.enum(WEEKDAYS))
    .min(1)
    .optional()
    .describe('days of the week on which it begins, beside times of the day; absent = every day'),
  from: edge(
    'when it begins: `18:00`, `fri 18:00` (once a week), `2026-12-23` or `2026-12-23 18:00` (once), `12-23` (every year)',
  ),
  to: edge('when it ends, written like `from`; a date is the last day of it'),
  timezone: timezone.optional().describe('IANA name; absent = that of the freeze, else of this file'),
};

const freeze = z.strictObject({
  name: line.describe('what people are told'),
  service: oneOrMore(name).optional().describe('services it lies on; absent = all'),
  environment: oneOrMore(name).optional().describe('environments it lies on; absent = all'),
  verb: oneOrMore(line).optional().describe('verbs it keeps away; absent = all that change something'),
  risk: oneOrMore(z.enum(['change', 'destructive']))
    .optional()
    .describe('risks it keeps away; absent = both'),
  ...window,
  only: z
    .union([z.strictObject(window), z.array(z.strictObject(window)).min(1)])
    .transform((given) => (Array.isArray(given) ? given : [given]))
    .optional()
    .describe('windows in which it does not hold: everything else is frozen'),
  reason: line.describe('why, in words for whoever meets it'),
});

/** `freezes` as it is written in botswain.yaml. */
export const freezesSetting = z
  .array(freeze)
  .default([])
  .describe(
    'when changes are kept away, by the calendar; a policy rule with `frozen: true` lets them through',
  );

type WrittenFreeze = z.infer<typeof freeze>;
/** What {@link window} makes of a window. */
export type WrittenWindow = Pick<WrittenFreeze, 'days' | 'from' | 'to' | 'timezone'>;

const WHOLE_DAY = { from: 0, to: 1440 } as const;

function dated(from: WindowEdge, to: WindowEdge, zone: string): Window | undefined {
  if (from.form === 'a date' && to.form === 'a date')
    return {
      kind: 'dates',
      from: { ...from, minute: from.minute ?? 0 },
      to: { ...to, minute: to.minute ?? 1440 },
      zone,
    };
  if (from.form === 'a day of every year' && to.form === 'a day of every year')
    return {
      kind: 'yearly',
      from: { ...from, minute: from.minute ?? 0 },
      to: { ...to, minute: to.minute ?? 1440 },
      zone,
    };
  return undefined;
}

function clocked(
  from: WindowEdge,
  to: WindowEdge,
  on: { readonly days: WrittenWindow['days']; readonly zone: string },
): Window | undefined {
  const { days, zone } = on;
  if (from.form === 'a time of the day' && to.form === 'a time of the day')
    return {
      kind: 'daily',
      ...(days === undefined ? {} : { days }),
      from: from.minute,
      to: to.minute,
      zone,
    };
  if (from.form === 'a day of the week' && to.form === 'a day of the week')
    return { kind: 'weekly', from, to, zone };
  return undefined;
}

/** The window that is written; undefined where none is. */
export function placeWindow({ days, from, to, timezone }: WrittenWindow, home: string): Window | undefined {
  const zone = timezone ?? home;
  if (from === undefined || to === undefined)
    return days === undefined ? undefined : { kind: 'daily', days, ...WHOLE_DAY, zone };
  const [begins, ends] = [readEdge(from), readEdge(to)];
  if (begins === undefined || ends === undefined) return undefined;
  return clocked(begins, ends, { days, zone }) ?? dated(begins, ends, zone);
}

function placesOf({ service, environment }: WrittenFreeze): readonly FrozenPlace[] | undefined {
  if (service === undefined && environment === undefined) return undefined;
  return (service ?? [undefined]).flatMap((one) =>
    (environment ?? [undefined]).map((where) => ({
      ...(one === undefined ? {} : { service: one }),
      ...(where === undefined ? {} : { environment: where }),
    })),
  );
}

/** A freeze as the program works with it. */
export function placeFreeze(written: WrittenFreeze, home: string): Freeze {
  const { name: called, verb, risk, only = [], reason } = written;
  const zone = written.timezone ?? home;
  const places = placesOf(written);
  const placed = (windows: readonly WrittenWindow[]): readonly Window[] =>
    windows.flatMap((each) => placeWindow(each, zone) ?? []);
  return {
    name: called,
    kind: 'rule',
    ...(places === undefined ? {} : { places }),
    ...(verb === undefined ? {} : { verbs: verb }),
    ...(risk === undefined ? {} : { risks: risk }),
    when: placed([written]),
    only: placed(only),
    reason,
  };
}
