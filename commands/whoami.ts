import { defineRead } from '../src/dispatch/command.ts';
import { succeeded } from '../src/domain/outcome.ts';

/** Who Botswain takes the asker for. */
export const whoami = defineRead({
  name: 'whoami',
  summary: 'who you are here, and your roles',
  examples: ['whoami'],
  subjects: 'none',
  arguments: {},
  answer: async ({ person, incoming }) =>
    succeeded({
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
              { label: 'Slack', value: person.slack ?? 'not linked' },
              { label: 'Telegram', value: person.telegram ?? 'not linked' },
              { label: 'You typed as', value: `${incoming.account.platform}:${incoming.account.id}` },
            ],
          },
        ],
        actions: [],
      },
    }),
});
