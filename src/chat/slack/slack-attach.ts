import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import type { PickerVerb } from '../picker.ts';
import { actorOf, Id, Timestamp } from './slack-incoming.ts';
import type { Actor } from './slack-people.ts';
import { chooserOf, plain, small } from './slack-picker-fields.ts';
import { FIELD, FIELDS, type Filled, lineOf } from './slack-picker-line.ts';
import { PICK, wordsView } from './slack-picker-render.ts';
import { replyHandle } from './slack-respond.ts';
import { plainWithin, visible } from './slack-text.ts';

/** The message shortcut, as the manifest declares it: name at most 24 characters, description 150. */
export const ATTACH = {
  callbackId: 'attach_incident',
  name: 'Attach to incident',
  description: 'Note a message in the timeline of an incident',
} as const;

/** The verb that it types. */
const VERB = 'note';
const TEXT = `${FIELDS.option}--text`;
/** Longest word that a line may hold; the link of the message stands in the same one. */
const LONGEST_WORD = 500;

/** A message that somebody wants to attach. */
export interface Attached {
  readonly actor: Actor;
  readonly trigger: string;
  readonly channel: string;
  readonly ts: string;
  readonly thread?: string;
  /** As people read it. */
  readonly quote: string;
  /** Packed by {@link replyHandle}; Slack leaves it out here and there. */
  readonly replyHandle?: string;
}

const Shortcut = z.object({
  trigger_id: z.string(),
  user: z.object({ id: Id, name: z.string().optional(), team_id: z.string().optional() }),
  channel: z.object({ id: Id }),
  message: z.object({ ts: Timestamp, text: z.string().default(''), thread_ts: Timestamp.optional() }),
  response_url: z.string().optional(),
});

/** Slack's own spelling of links, mentions and `& < >` as people see it (https://docs.slack.dev/messaging/formatting-message-text). */
const readable = (text: string): string =>
  visible(text)
    .replace(/<[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<([^>]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim();

/** Reads a message shortcut; throws when it is none. */
export const parseAttached = (body: unknown): Attached => {
  const { trigger_id, user, channel, message, response_url } = Shortcut.parse(body);
  return {
    actor: actorOf(user.id, user.name, user.team_id),
    trigger: trigger_id,
    channel: channel.id,
    ts: message.ts,
    quote: readable(message.text),
    ...(message.thread_ts === undefined ? {} : { thread: message.thread_ts }),
    ...(response_url === undefined ? {} : { replyHandle: replyHandle(response_url) }),
  };
};

/** The address of a message for people: https://docs.slack.dev/reference/methods/chat.getPermalink says what they look like. */
export const permalink = (workspace: string, { channel, ts, thread }: Attached): string => {
  const inThread = thread === undefined || thread === ts ? '' : `?thread_ts=${thread}&cid=${channel}`;
  return `${workspace}archives/${channel}/p${ts.replace('.', '')}${inThread}`;
};

/** What the form of an attached message shows. */
export interface AttachForm {
  /** `note` with the incidents that may be chosen; undefined where this person may not write any. */
  readonly verb: PickerVerb | undefined;
  readonly quote: string;
  readonly link: string;
  readonly metadata: string;
}

/** Characters that are left for words beside the link. */
const roomBeside = (link: string): number => LONGEST_WORD - link.length - 1;

const noteField = (quote: string, link: string): InputBlock => ({
  type: 'input',
  block_id: TEXT,
  label: plain('Note', 75),
  element: {
    type: 'plain_text_input',
    action_id: FIELD,
    max_length: roomBeside(link),
    ...(quote === '' ? {} : { initial_value: plainWithin(quote, roomBeside(link)) }),
  },
  hint: plain('A link to the message is added.', 150),
  optional: true,
});

/** The form in which an incident is chosen for a message; submitting it types `note`. */
export const attachView = ({ verb, quote, link, metadata }: AttachForm): ModalView => {
  if (verb === undefined) return wordsView('You may not write anything into the timeline of an incident.');
  const choices = verb.choices ?? [];
  if (choices.length === 0)
    return wordsView('No incident is open that you may see. Open one: /ops incident open "what is wrong"');
  const incident: KnownBlock = {
    type: 'input',
    block_id: FIELDS.subject,
    label: plain('Incident', 75),
    element: chooserOf(choices),
  };
  return {
    type: 'modal',
    callback_id: PICK.modal,
    title: plain(ATTACH.name, 24),
    close: plain('Close', 24),
    submit: plain('Attach', 24),
    private_metadata: metadata,
    blocks: [incident, noteField(quote, link), small(link)],
  };
};

/** The line that a filled form types, with the link of the message behind its words. */
export const attachLine = (filled: Filled, link: string): string => {
  const words = filled.get(TEXT) ?? [];
  const text = [...words, link].join(' ');
  return lineOf(VERB, new Map([...filled, [TEXT, [text]]]));
};

/** The verb of the form. */
export const noteVerb = (verbs: readonly PickerVerb[]): PickerVerb | undefined =>
  verbs.find(({ name }) => name === VERB);
