import { defineRead } from '../src/dispatch/command.ts';
import { succeeded } from '../src/domain/outcome.ts';
import type { Person } from '../src/domain/person.ts';
import type { AccountLink } from '../src/workflow/journal.ts';

type Linkable = 'slack' | 'telegram';

/** The account that counts there, and whether the person linked it themselves. */
function accountText(person: Person, platform: Linkable, own: readonly AccountLink[]): string {
  const account = person[platform];
  if (account === undefined) return 'not linked';
  const isOwn = own.some((link) => link.platform === platform && link.account === account);
  return isOwn ? `${account}, linked by yourself (unlink ${platform} ends that)` : account;
}

/** Who Botswain takes the asker for. */
export const whoami = defineRead({
  name: 'whoami',
  summary: 'who you are here, and your roles',
  examples: ['whoami'],
  subjects: 'none',
  arguments: {},
  answer: async ({ person, incoming, journal }) => {
    const links = await journal.accountLinks.all();
    const own = links.filter((link) => link.person === person.key);
    return succeeded({
      audience: 'asker',
      message: {
        title: `You are ${person.name}`,
        tone: 'neutral',
        parts: [
          {
            kind: 'fields',
            fields: [
              { label: 'Person', value: person.key },
              { label: 'Roles', value: person.roles.join(', ') || 'none' },
              { label: 'Slack', value: accountText(person, 'slack', own) },
              { label: 'Telegram', value: accountText(person, 'telegram', own) },
              { label: 'You typed as', value: `${incoming.account.platform}:${incoming.account.id}` },
            ],
          },
        ],
        actions: [],
      },
    });
  },
});
