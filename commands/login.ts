import { privately } from '../src/dispatch/answers.ts';
import { word } from '../src/dispatch/argument.ts';
import { defineRecord } from '../src/dispatch/command.ts';
import { whyNotMember } from '../src/dispatch/only-members.ts';
import { succeeded } from '../src/domain/outcome.ts';

/** Says yes to a terminal that shows a code: from then on it types as this person. */
export const login = defineRecord({
  name: 'login',
  summary: 'let your terminal type as you: confirm the code that botswain login shows',
  examples: ['login K7QM-4TXD'],
  subjects: 'none',
  arguments: { code: word('CODE', 'what botswain login shows') },
  open: 'judges itself',
  preview: async () => succeeded('It would let the terminal that shows this code type as you.'),
  apply: async ({ person, incoming, journal, signIns, now }, { code }) => {
    const refused = whyNotMember(incoming);
    if (refused !== undefined) return refused;
    const record = (terminal: string): Promise<unknown> =>
      journal.audit.append({ event: 'person signed in', at: now(), actor: person.key, detail: { terminal } });
    const terminal = await signIns.confirm(code, person, record);
    if (terminal.kind !== 'succeeded') return terminal;
    const text = `${terminal.value} types as ${person.name} from now on: until twelve hours after its last line, a week at most. If that is not your terminal, type logout at once.`;
    return succeeded(privately('The terminal may type as you', text, 'good'));
  },
});
