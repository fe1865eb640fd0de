import { batch, readBatch } from '../src/dispatch/batch.ts';
import { defineChange } from '../src/dispatch/command.ts';
import { planAction } from '../src/workflow/plan-action.ts';

/** Starts components that are stopped. */
export const start = defineChange({
  name: 'start',
  summary: 'start components that are stopped',
  examples: ['start karmabot/app'],
  subjects: 'several',
  risk: 'change',
  arguments: { batch },
  plan: async ({ fleet }, args, subjects) =>
    planAction(fleet, {
      verb: 'start',
      action: 'start',
      subjects,
      batchSize: readBatch(args.batch, subjects),
    }),
});
