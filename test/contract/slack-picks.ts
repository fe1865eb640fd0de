import type { Picker, PickerChoice, PickerVerb } from '../../src/chat/picker.ts';

const verb = (name: string, more: Partial<PickerVerb> = {}): PickerVerb => ({
  name,
  summary: `${name} something`,
  risk: 'read',
  subject: 'none',
  options: [],
  ...more,
});

/** The verbs that the picker tests choose from. */
export const VERBS: readonly PickerVerb[] = [
  verb('waiting'),
  verb('status', { subject: 'optional' }),
  verb('logs', {
    subject: 'one',
    options: [
      { flag: '--tail', summary: 'so many lines', value: 'text' },
      { flag: '--level', summary: 'only these', value: ['info', 'error'] },
    ],
  }),
  verb('restart', {
    risk: 'change',
    subject: 'several',
    options: [
      { flag: '--dry-run', summary: 'do nothing' },
      { flag: '--recreate', summary: 'from scratch' },
      { flag: '--reason', summary: 'a reason that is shown and recorded', value: 'text' },
    ],
  }),
  verb('lock', {
    risk: 'change',
    subject: 'one',
    options: [{ flag: '--reason', summary: 'why', value: 'text', required: true }],
  }),
  verb('approve', {
    risk: 'change',
    subject: 'one',
    choices: [{ name: 'C-142', summary: 'Restart shop/app', tone: 'waiting' }],
  }),
  verb('show', { subject: 'one', choices: [] }),
  verb('restore', { risk: 'destructive', subject: 'one' }),
];

/** So many subjects of so many services. */
export const subjects = (services: number, components: number): readonly PickerChoice[] =>
  Array.from({ length: services }, (_, s) =>
    Array.from({ length: components }, (__, c) => ({
      name: `shop${s}/app${c}@production`,
      summary: 'running',
      tone: 'good' as const,
    })),
  ).flat();

/** A picker of all verbs with these subjects. */
export const offering = (choices: readonly PickerChoice[]) => async (): Promise<Picker> => ({
  verbs: VERBS,
  subjects: choices,
});

/** What the menus say of the verbs. */
export const MENU = VERBS.map(({ name, summary, subject }) => ({
  name,
  summary,
  needsSubject: subject === 'one' || subject === 'several',
}));
