import { privately } from '../src/dispatch/answers.ts';
import { idWord, optionalWord } from '../src/dispatch/argument.ts';
import { type Context, defineRecord } from '../src/dispatch/command.ts';
import { findToAlter, maySeeIncident } from '../src/dispatch/find-incident.ts';
import { INCIDENT_STATES, type Incident, isOver } from '../src/domain/incident.ts';
import { type Failed, failed, type Outcome, succeeded } from '../src/domain/outcome.ts';

/** Incidents that are a press away. */
const MOST_OFFERED = 5;
const OPEN = INCIDENT_STATES.filter((state) => !isOver({ state }));

async function wantsOther(context: Context, { id }: Incident): Promise<Failed> {
  const open = await context.journal.incidents.list({ states: OPEN, limit: 50 });
  const others = open.filter((each) => each.id !== id && maySeeIncident(context, each, 'merge'));
  return {
    ...failed('INPUT_INVALID_VALUE', `which one does ${id} go into?`, 'Type merge INC-8 INC-7.'),
    offers: others.slice(0, MOST_OFFERED).map((each) => ({
      label: `${each.id} ${each.title}`.slice(0, 60),
      line: `merge ${id} ${each.id}`,
    })),
  };
}

async function both(
  context: Context,
  { id, into }: { readonly id: string; readonly into: string | undefined },
): Promise<Outcome<readonly [Incident, Incident]>> {
  const found = await findToAlter(context, id, 'merge');
  if (found.kind !== 'succeeded') return found;
  if (into === undefined) return wantsOther(context, found.value);
  const other = await findToAlter(context, into, 'merge');
  return other.kind === 'succeeded' ? succeeded([found.value, other.value]) : other;
}

/** Puts an incident into another one, which goes on. */
export const merge = defineRecord({
  name: 'merge',
  summary: 'put an incident into another one, which goes on',
  examples: ['merge INC-8 INC-7'],
  subjects: 'none',
  arguments: {
    id: idWord('ID', 'the incident that ends, INC-8', ['INC']),
    into: { ...optionalWord('INTO', 'the incident that goes on, INC-7'), ids: ['INC'] },
  },
  open: 'to those who may change',
  preview: async (context, args) => {
    const found = await both(context, args);
    if (found.kind !== 'succeeded') return found;
    const [gone, stays] = found.value;
    return succeeded(`It would put ${gone.id} into ${stays.id}: ${stays.title.replace(/[.!?]?$/, '.')}`);
  },
  apply: async (context, args) => {
    const found = await both(context, args);
    if (found.kind !== 'succeeded') return found;
    const [gone, stays] = found.value;
    const merged = await context.incidents.merge(gone.id, stays.id);
    if (merged.kind !== 'succeeded') return merged;
    return succeeded(privately(`${gone.id} went into ${stays.id}`, 'It goes on there, with its alerts.'));
  },
});
