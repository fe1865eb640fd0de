import { toggle } from '../src/dispatch/argument.ts';
import { batch, readBatch } from '../src/dispatch/batch.ts';
import { defineChange } from '../src/dispatch/command.ts';
import { planAction } from '../src/workflow/plan-action.ts';

/** Restarts components, and sees that each really came back. */
export const restart = defineChange({
  name: 'restart',
  summary: 'restart components and see that they came back',
  examples: [
    'restart karmabot/app',
    'restart karmabot/app karmabot/nginx --batch 1',
    'restart karmabot/app --at 03:00 --reason "new certificate"',
  ],
  subjects: 'several',
  risk: 'change',
  arguments: { recreate: toggle('also take up a changed configuration (compose: new container)'), batch },
  plan: async ({ fleet }, args, subjects) => {
    const batchSize = readBatch(args.batch, subjects);
    return planAction(fleet, {
      verb: 'restart',
      action: args.recreate ? 'recreate' : 'restart',
      subjects,
      batchSize,
    });
  },
});
