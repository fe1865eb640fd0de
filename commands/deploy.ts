import { optionalWord, toggle } from '../src/dispatch/argument.ts';
import { defineChange } from '../src/dispatch/command.ts';
import { failed } from '../src/domain/outcome.ts';
import { planDeploy } from '../src/workflow/plan-deploy.ts';

/** Brings a version to where a service runs, and sees that it runs well. */
export const deploy = defineChange({
  name: 'deploy',
  summary: 'bring a version to where a service runs, and see that it works',
  examples: [
    'deploy karmabot',
    'deploy karmabot v1.4.2',
    'deploy karmabot@production 3f2c1ab --reason "login"',
  ],
  subjects: 'one',
  risk: 'change',
  arguments: {
    version: optionalWord('VERSION', 'branch, tag or commit; the branch of its settings unless said'),
    again: toggle('also where that version runs already'),
  },
  plan: async ({ fleet, journal, redact, rebuilding }, { version, again }, [subject]) =>
    subject === undefined
      ? failed('INPUT_UNKNOWN_SUBJECT', 'a deploy needs a service')
      : planDeploy({ fleet, journal, redact, rebuilding }, { verb: 'deploy', subject, version, again }),
});
