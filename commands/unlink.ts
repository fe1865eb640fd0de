import { z } from 'zod';
import { privately } from '../src/dispatch/answers.ts';
import type { Argument } from '../src/dispatch/argument.ts';
import { defineRecord } from '../src/dispatch/command.ts';
import { failed, succeeded } from '../src/domain/outcome.ts';

const platform: Argument<'slack' | 'telegram' | undefined> = {
  takes: 'word',
  placeholder: 'slack|telegram',
  summary: 'where; without it everywhere',
  optional: true,
  schema: z.enum(['slack', 'telegram'], 'must be "slack" or "telegram"').optional(),
};

/** Ends the accounts a person linked themselves; those in the configuration stay. */
export const unlink = defineRecord({
  name: 'unlink',
  summary: 'end the accounts you linked yourself, for example of a lost phone',
  examples: ['unlink', 'unlink telegram'],
  subjects: 'none',
  arguments: { platform },
  open: 'judges itself',
  preview: async (_context, args) =>
    succeeded(`It would end the accounts you linked yourself${args.platform ? ` in ${args.platform}` : ''}.`),
  apply: async ({ person, configuration, endLinks }, args) => {
    const ended = await endLinks(person, args.platform);
    if (ended.length > 0) {
      const names = ended.map(({ platform: where, account }) => `${where}:${account}`).join(', ');
      const text = `${names} does not count as you any more. link joins an account again.`;
      return succeeded(privately('Unlinked', text, 'good'));
    }
    const now = configuration.people.find(({ key }) => key === person.key) ?? person;
    const stays = [now.slack && `slack:${now.slack}`, now.telegram && `telegram:${now.telegram}`].filter(
      Boolean,
    );
    return failed(
      'DENIED_STALE',
      `you have linked no account${args.platform ? ` in ${args.platform}` : ''} yourself`,
      `${stays.join(' and ') || 'What counts as you'} stands in botswain.yaml; have it taken out there.`,
    );
  },
});
