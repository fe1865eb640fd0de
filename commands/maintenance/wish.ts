import type { Context } from '../../src/dispatch/command.ts';
import { placesOfComponents, publishDemand, readComponents } from '../../src/dispatch/status-wish.ts';
import { readMoment } from '../../src/domain/moment.ts';
import { failed, type Outcome, succeeded } from '../../src/domain/outcome.ts';
import type { PublicIncident, ScheduledTime } from '../../src/domain/status-update.ts';
import type { StatusControl, StatusWish } from '../../src/incidents/status-control.ts';
import { anywayOf, type Given, meaning, noSuchWord, type Typed } from './arguments.ts';

function timesOf(
  { configuration, now }: Context,
  { from, until }: Given,
  before: PublicIncident | undefined,
): Outcome<ScheduledTime | undefined> {
  const read = (text: string | undefined, else_: number | undefined): Outcome<number | undefined> =>
    text === undefined ? succeeded(else_) : readMoment(text, configuration.timezone, now());
  const begins = read(from, before?.scheduled?.from);
  if (begins.kind !== 'succeeded') return begins;
  const ends = read(until, before?.scheduled?.until);
  if (ends.kind !== 'succeeded') return ends;
  if (begins.value === undefined || ends.value === undefined) return succeeded(undefined);
  return succeeded({ from: begins.value, until: ends.value });
}

/** What is public of the work that is named, unless it is new. */
async function standing(
  control: StatusControl,
  { word, name }: Typed,
): Promise<Outcome<PublicIncident | undefined>> {
  if (word === 'schedule') return succeeded(undefined);
  const before = await control.find(name.toUpperCase());
  return before === undefined
    ? failed(
        'INPUT_NO_SUCH_ID',
        `there is no maintenance "${name}"`,
        'Type maintenance to see what is announced.',
      )
    : succeeded(before);
}

type Named = Readonly<Pick<StatusWish, 'components' | 'scheduled' | 'anyway'>>;

function named(context: Context, args: Given, before: PublicIncident | undefined): Outcome<Named> {
  const components = args.components === undefined ? succeeded(undefined) : readComponents(args.components);
  if (components.kind !== 'succeeded') return components;
  const scheduled = timesOf(context, args, before);
  if (scheduled.kind !== 'succeeded') return scheduled;
  if (before === undefined && scheduled.value === undefined)
    return failed(
      'INPUT_INVALID_VALUE',
      'work that is announced wants a beginning and an end',
      'Add --from "sat 22:00" --until "sun 02:00".',
    );
  const anyway = anywayOf(args, undefined);
  return anyway.kind === 'succeeded'
    ? succeeded({ components: components.value, scheduled: scheduled.value, anyway: anyway.value })
    : anyway;
}

/** What a line wants to say in public. */
export async function wishOf(
  context: Context,
  control: StatusControl,
  typed: Typed,
): Promise<Outcome<StatusWish>> {
  const { word, name, rest, args } = typed;
  const before = await standing(control, typed);
  if (before.kind !== 'succeeded') return before;
  const means = meaning(word, before.value);
  if (means === undefined) return noSuchWord(word);
  const given = named(context, args, before.value);
  if (given.kind !== 'succeeded') return given;
  const names = [...Object.keys(given.value.components ?? {}), ...(before.value?.affected ?? [])];
  const demand = await publishDemand(context, 'maintenance', placesOfComponents(context, names));
  if (demand.kind !== 'succeeded') return demand;
  return succeeded({
    about:
      before.value === undefined ? { kind: 'maintenance' } : { kind: 'maintenance', id: before.value.of },
    ...means,
    ...given.value,
    text: rest,
    title: before.value === undefined ? name : undefined,
    impact: args.impact,
    isQuiet: args.quiet,
    demand: demand.value,
  });
}
