import { privately } from '../src/dispatch/answers.ts';
import { defineRecord } from '../src/dispatch/command.ts';
import { succeeded } from '../src/domain/outcome.ts';

/** Ends every session of the person, for the day a laptop is lost. */
export const logout = defineRecord({
  name: 'logout',
  summary: 'end all your sessions in terminals and in the web console',
  examples: ['logout'],
  subjects: 'none',
  arguments: {},
  open: 'judges itself',
  preview: async () => succeeded('It would end all your sessions in terminals and in the web console.'),
  apply: async ({ person, journal, signIns, now }) => {
    const ended = await signIns.endAll(person);
    await journal.audit.append({
      event: 'person signed out',
      at: now(),
      actor: person.key,
      detail: { sessions: ended },
    });
    const count = ended === 1 ? '1 session has' : `${ended} sessions have`;
    return succeeded(
      privately('Signed out', `${count} ended. Slack and Telegram accounts stay yours.`, 'good'),
    );
  },
});
