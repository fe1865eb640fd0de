import { batch, readBatch } from '../src/dispatch/batch.ts';
import { defineChange } from '../src/dispatch/command.ts';
import { planAction } from '../src/workflow/plan-action.ts';

/** Stops components: an outage until they are started again. */
export const stop = defineChange({
  name: 'stop',
  summary: 'stop components: an outage until they are started',
  examples: ['stop karmabot/app --reason "runaway loop"'],
  subjects: 'several',
  risk: 'change',
  arguments: { batch },
  plan: async ({ fleet }, args, subjects) =>
    planAction(fleet, { verb: 'stop', action: 'stop', subjects, batchSize: readBatch(args.batch, subjects) }),
});
