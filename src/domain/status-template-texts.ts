import type { StatusTemplate } from './status-template.ts';
import type { UpdateState } from './status-update.ts';

const NEXT = 'Next update by {{next}} UTC.';

/** The first words are those of the runbook of AjudadoraBot ("Communication Templates"), with what is known put in. */
const BODIES: Readonly<Record<UpdateState, Readonly<Record<string, string>>>> = {
  investigating: {
    standard:
      'We are investigating reports of {{impact}} affecting {{component}} since {{since}} UTC. {{workaround?}} We will provide updates as more information becomes available, the next one by {{next}} UTC.',
    runbook:
      'We are investigating reports of {{impact}}. We will provide updates as more information becomes available.',
    scoped: `We are investigating {{impact}} in {{component}}. {{Scope}} are affected since {{since}} UTC. {{workaround?}} ${NEXT}`,
    unknown:
      'We are aware of a problem with {{component}} and are investigating. We will say who is affected by {{next}} UTC.',
    'no-news': `We are still looking for the cause of {{impact}} in {{component}}. Nothing has changed for users since {{last}} UTC. ${NEXT}`,
    regression: `The first fix did not hold: {{impact}} is back in {{component}}. We are investigating again. {{workaround?}} ${NEXT}`,
  },
  identified: {
    standard: `We have found the cause of {{impact}} in {{component}} and are working on a fix. {{cause?}} {{workaround?}} ${NEXT}`,
    'third-party': `{{Impact}} in {{component}} comes from a service that we depend on. We are in contact with those who run it and prepare alternatives. {{workaround?}} ${NEXT}`,
    'no-news': `We are working on the fix for {{impact}} in {{component}}. Nothing has changed for users since {{last}} UTC. ${NEXT}`,
    regression: `The first fix did not hold: {{impact}} is back in {{component}}. We know the cause and are working on another fix. {{workaround?}} ${NEXT}`,
  },
  monitoring: {
    standard: `A fix is in place and {{component}} is recovering. Some users may still meet {{impact}} while we watch the results. ${NEXT}`,
    'no-news': `{{component}} keeps recovering, and we are watching it. ${NEXT}`,
  },
  resolved: {
    standard:
      'The issue with {{component}} has been resolved. {{normal}} Users met {{impact}} from {{since}} to {{resolved}} UTC. {{data?}} We apologize for any inconvenience.',
    runbook: 'The issue with {{component}} has been resolved. {{normal}} We apologize for any inconvenience.',
    'false-alarm':
      'Our monitoring reported a problem with {{component}}. We have checked it: users were not affected.',
    'no-news':
      'A correction to what we said of {{component}}: {{impact}} ended at {{resolved}} UTC. {{data?}}',
  },
  scheduled: {
    standard:
      'We will carry out maintenance on {{component}} from {{start}} to {{end}} UTC. Expected effect: {{impact}}. {{workaround?}} You do not need to do anything.',
    'no-news':
      'A reminder: maintenance on {{component}} takes place from {{start}} to {{end}} UTC. Expected effect: {{impact}}.',
    moved: 'Maintenance on {{component}} has moved: it now takes place from {{start}} to {{end}} UTC.',
    regression: 'Maintenance on {{component}} was put off: it now takes place from {{start}} to {{end}} UTC.',
  },
  in_progress: {
    standard: 'Maintenance on {{component}} has started. It is planned to last until {{end}} UTC.',
    'no-news': 'Maintenance on {{component}} continues as planned, until {{end}} UTC.',
    extended:
      'Maintenance on {{component}} takes longer than planned: until {{end}} UTC. We are sorry for that.',
    regression:
      'Our checks found something to correct, so maintenance on {{component}} goes on until {{end}} UTC.',
  },
  verifying: {
    standard: 'The work on {{component}} is done, and we are checking the result.',
    'no-news': 'We are still checking {{component}} after the work.',
  },
  completed: {
    standard: 'Maintenance on {{component}} is complete. {{normal}}',
    cancelled: 'The maintenance on {{component}} that was planned for {{start}} UTC will not take place.',
    'no-news': 'A correction: maintenance on {{component}} is complete. {{normal}}',
  },
};

const STATES: readonly UpdateState[] = [
  'investigating',
  'identified',
  'monitoring',
  'resolved',
  'scheduled',
  'in_progress',
  'verifying',
  'completed',
];

/** The templates that come with Botswain; the configuration's go before them. */
export const BUILT_IN_TEMPLATES: readonly StatusTemplate[] = STATES.flatMap((state) =>
  Object.entries(BODIES[state]).map(([variant, body]) => ({ state, variant, body })),
);
