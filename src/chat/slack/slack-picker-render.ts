import type { ActionsBlock, Button, KnownBlock, ModalView } from '@slack/types';
import type { Picker, PickerVerb } from '../picker.ts';
import { chunks, optionBlocks, plain, SERVICE_MENU, small, subjectBlocks } from './slack-picker-fields.ts';

/** The callback id of our modals and the action ids in them. */
export const PICK = {
  modal: 'pick',
  any: 'pick:',
  open: 'pick:open',
  verb: 'pick:verb:',
  service: SERVICE_MENU,
  back: 'pick:back',
} as const;

/** Slack's limits: doc comments of @slack/types 3.2. */
const BUTTONS_A_BLOCK = 25;
const TITLE = 24;

const paragraph = (text: string): KnownBlock => ({ type: 'section', text: plain(text, 3000) });

interface Modal {
  readonly title: string;
  readonly blocks: readonly KnownBlock[];
  readonly metadata?: string;
  readonly submit?: string;
}

const modal = ({ title, blocks, metadata, submit }: Modal): ModalView => ({
  type: 'modal',
  callback_id: PICK.modal,
  title: plain(title, TITLE),
  close: plain('Close', TITLE),
  blocks: blocks.slice(0, 100),
  ...(submit === undefined ? {} : { submit: plain(submit, TITLE) }),
  ...(metadata === undefined ? {} : { private_metadata: metadata }),
});

/** What stands there until we know who it is and what that person may do. */
export const loadingView = (): ModalView => modal({ title: 'Botswain', blocks: [paragraph('One moment …')] });

/** A modal that only says something. */
export const wordsView = (words: string): ModalView =>
  modal({ title: 'Botswain', blocks: [paragraph(words)] });

const GROUPS: readonly { readonly risk: PickerVerb['risk']; readonly title: string }[] = [
  { risk: 'read', title: 'Look' },
  { risk: 'change', title: 'Change' },
  { risk: 'destructive', title: 'Destructive' },
];

const verbButton = ({ name, risk }: PickerVerb): Button => ({
  type: 'button',
  action_id: `${PICK.verb}${name}`.slice(0, 255),
  text: plain(name, 75),
  value: name,
  ...(risk === 'destructive' ? { style: 'danger' } : {}),
});

const actions = (elements: readonly Button[]): ActionsBlock => ({ type: 'actions', elements: [...elements] });

/** The verbs this person may run, a button each. */
export const verbsView = (picker: Picker, metadata: string, notice?: string): ModalView => {
  const groups = GROUPS.flatMap(({ risk, title }) => {
    const buttons = picker.verbs.filter((verb) => verb.risk === risk).map(verbButton);
    return buttons.length === 0 ? [] : [small(title), ...chunks(buttons, BUTTONS_A_BLOCK).map(actions)];
  });
  const said = notice === undefined ? [] : [paragraph(notice)];
  return modal({ title: 'What to do', metadata, blocks: [...said, ...groups] });
};

/** What a verb's form shows; `service` where the subjects are too many for one menu. */
export interface FormOf {
  readonly verb: PickerVerb;
  readonly picker: Picker;
  readonly metadata: string;
  readonly service: string | undefined;
}

/** The form of one verb: what, then options; submitting it types its line. */
export const formView = ({ verb, picker, metadata, service }: FormOf): ModalView => {
  const subject = subjectBlocks(verb, picker, service);
  const isWhole = verb.subject === 'none' || subject.some(({ type }) => type === 'input');
  return modal({
    title: verb.name,
    metadata,
    blocks: [
      paragraph(verb.summary),
      ...subject,
      ...(isWhole ? optionBlocks(verb) : []),
      actions([{ type: 'button', action_id: PICK.back, text: plain('Something else', 75) }]),
    ],
    ...(isWhole ? { submit: verb.name } : {}),
  });
};
