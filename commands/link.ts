import { privately } from '../src/dispatch/answers.ts';
import { defineRecord } from '../src/dispatch/command.ts';
import { whyNotMember } from '../src/dispatch/only-members.ts';
import { showMoment } from '../src/domain/moment.ts';
import { failed, succeeded } from '../src/domain/outcome.ts';

/** Gives a code that joins a second chat account to the person; the other account types it. */
export const link = defineRecord({
  name: 'link',
  summary: 'join your account in another chat to you',
  examples: ['link'],
  subjects: 'none',
  arguments: {},
  open: 'judges itself',
  preview: async () => succeeded('It would give you a code to type in the other chat.'),
  apply: async ({ person, incoming, configuration, offerLink, now }) => {
    const refused = whyNotMember(incoming);
    if (refused !== undefined) return refused;
    // In a group of Telegram everybody reads what is said to one, and whoever types the code first is that person.
    if (incoming.conversation.platform === 'telegram' && !incoming.direct)
      return failed('DENIED_CHANNEL', 'everybody here would read the code', 'Type link to me in private.');
    const { code, expiresAt } = await offerLink(person);
    const until = showMoment(expiresAt, configuration.timezone, now());
    return succeeded(
      privately(
        'Link another account',
        `In the other chat, type: /ops link ${code}\nIt works once, until ${until}. Show it to nobody: whoever types it is you.`,
      ),
    );
  },
});
