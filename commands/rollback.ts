import { z } from 'zod';
import { value } from '../src/dispatch/argument.ts';
import { defineChange } from '../src/dispatch/command.ts';
import { failed } from '../src/domain/outcome.ts';
import { planDeploy } from '../src/workflow/plan-deploy.ts';

/** Goes back to a version that the target still has. */
export const rollback = defineChange({
  name: 'rollback',
  summary: 'go back to the last version that was good, or to another',
  examples: ['rollback karmabot', 'rollback karmabot --to 3f2c1ab --reason "the new one does not answer"'],
  subjects: 'one',
  risk: 'change',
  arguments: {
    to: value(
      'VERSION',
      'a commit or tag the target has; the last that was verified before the present one unless said',
      z.string().min(1).max(200),
    ),
  },
  plan: async ({ fleet, journal, redact, rebuilding }, { to }, [subject]) =>
    subject === undefined
      ? failed('INPUT_UNKNOWN_SUBJECT', 'a rollback needs a service')
      : planDeploy(
          { fleet, journal, redact, rebuilding },
          { verb: 'rollback', subject, version: to, again: false },
        ),
});
