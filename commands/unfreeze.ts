import { idWord } from '../src/dispatch/argument.ts';
import { type Context, defineRecord } from '../src/dispatch/command.ts';
import { mayFreeze } from '../src/dispatch/may-freeze.ts';
import { placesText, type TypedFreeze } from '../src/domain/freeze.ts';
import { type Failed, failed, type Outcome, succeeded } from '../src/domain/outcome.ts';

const over = (id: string): Failed =>
  failed('DENIED_STALE', `${id} is over already`, 'Type freezes to see what holds.');

async function find(context: Context, text: string): Promise<Outcome<TypedFreeze>> {
  const { journal, configuration, now } = context;
  const id = text.toUpperCase();
  const typed = await journal.freezes.find(id);
  if (typed === undefined) {
    const byRule =
      configuration.freezes?.some(({ name }) => name.toLowerCase() === text.toLowerCase()) === true;
    return byRule
      ? failed('DENIED_POLICY', `"${text}" stands in botswain.yaml`, 'Have it changed there.')
      : failed('INPUT_NO_SUCH_ID', `there is no freeze "${text}"`, 'Type freezes to see what holds.');
  }
  const allowed = mayFreeze(context, typed.places, 'unfreeze');
  if (allowed.kind !== 'succeeded') return allowed;
  return typed.liftedAt !== undefined || typed.until <= now() ? over(id) : succeeded(typed);
}

/** Lifts a freeze that somebody typed; those by the calendar stand in botswain.yaml. */
export const unfreeze = defineRecord({
  name: 'unfreeze',
  summary: 'lift a freeze before it is over',
  examples: ['unfreeze F-3'],
  subjects: 'none',
  arguments: { freeze: idWord('ID', 'the freeze, F-3', ['F']) },
  open: 'to those who may change',
  preview: async (context, { freeze }) => {
    const found = await find(context, freeze);
    return found.kind === 'succeeded' ? succeeded(`It would lift ${found.value.id}.`) : found;
  },
  apply: async (context, { freeze }) => {
    const { journal, person, now } = context;
    const found = await find(context, freeze);
    if (found.kind !== 'succeeded') return found;
    const { id, places, reason, personName } = found.value;
    const at = now();
    const [first] = places ?? [];
    const lifted = await journal.freezes.lift(id, at, {
      event: 'freeze lifted',
      at,
      actor: person.key,
      ...(first?.service === undefined ? {} : { service: first.service }),
      subject: id,
      detail: { on: placesText(places) },
    });
    if (lifted === undefined) return over(id);
    return succeeded({
      audience: 'conversation',
      message: {
        title: `${person.name} lifted the freeze of ${placesText(places)}`.slice(0, 150),
        tone: 'neutral',
        state: 'not frozen',
        parts: [{ kind: 'context', text: `${id} · ${personName} had frozen it: ${reason}` }],
        actions: [],
      },
    });
  },
});
