import { z } from 'zod';
import type { Conversation, Posted } from '../chat.ts';
import type { Actor } from './slack-people.ts';
import { ACTION_PREFIX } from './slack-render.ts';
import { replyHandle } from './slack-respond.ts';

/** What a payload says, before we know who that is. */
export interface Heard {
  readonly id: string;
  readonly actor: Actor;
  readonly conversation: Conversation;
  readonly text: string;
  readonly pressed?: Posted;
  /** Epoch milliseconds; events may come late. */
  readonly saidAt?: number;
  /** Packed by {@link replyHandle}. */
  readonly replyHandle?: string;
}

/** The part of Bolt's context our intake put there. */
export const Context = z.object({ deliveryId: z.string() });

/** `U0ANA`, `C0OPS`; what is otherwise is not Slack's. */
export const Id = z.string().regex(/^\w{1,64}$/);
/** `1700000000.000100` */
export const Timestamp = z.string().regex(/^\d{1,12}(?:\.\d{1,8})?$/);

const Command = z.object({
  user_id: Id,
  user_name: z.string().optional(),
  team_id: z.string().optional(),
  channel_id: Id,
  text: z.string().default(''),
  response_url: z.string().optional(),
});

const Press = z.object({
  user: z.object({ id: Id, name: z.string().optional(), team_id: z.string().optional() }),
  channel: z.object({ id: Id }),
  container: z.object({
    message_ts: Timestamp,
    thread_ts: Timestamp.optional(),
    is_ephemeral: z.boolean().default(false),
  }),
  response_url: z.string().optional(),
  actions: z.array(
    z.object({ action_id: z.string(), value: z.string().optional(), action_ts: Timestamp.optional() }),
  ),
});

const Mention = z.object({
  event_id: Id,
  event: z.object({
    user: Id.optional(),
    bot_id: Id.optional(),
    subtype: z.string().optional(),
    edited: z.unknown().optional(),
    text: z.string().default(''),
    channel: Id,
    ts: Timestamp.optional(),
    thread_ts: Timestamp.optional(),
    user_team: z.string().optional(),
    team: z.string().optional(),
  }),
});

/** A conversation of Slack's. */
export const where = (channel: string, thread: string | undefined): Conversation => ({
  platform: 'slack',
  channel,
  ...(thread === undefined ? {} : { thread }),
});

/** Somebody as a payload names them. */
export const actorOf = (id: string, name: string | undefined, team: string | undefined): Actor => ({
  id,
  ...(name === undefined ? {} : { name }),
  ...(team === undefined ? {} : { team }),
});

const answerBy = (url: string | undefined): Pick<Heard, 'replyHandle'> =>
  url === undefined ? {} : { replyHandle: replyHandle(url) };

const saidAt = (timestamp: string | undefined): Pick<Heard, 'saidAt'> =>
  timestamp === undefined ? {} : { saidAt: Math.floor(Number(timestamp) * 1000) };

/** Reads a slash command; throws when it is none. */
export const parseCommand = (body: unknown, context: unknown): Heard => {
  const command = Command.parse(body);
  return {
    id: `slack:${Context.parse(context).deliveryId}`,
    actor: actorOf(command.user_id, command.user_name, command.team_id),
    conversation: where(command.channel_id, undefined),
    text: command.text,
    ...answerBy(command.response_url),
  };
};

const Trigger = z.object({ trigger_id: z.string() });

/** What lets a modal be opened for 3 s after a press; undefined where Slack gave none. */
export const triggerOf = (body: unknown): string | undefined => Trigger.safeParse(body).data?.trigger_id;

/** Reads a pressed button of ours; undefined when the button types no line. */
export const parsePress = (body: unknown, context: unknown): Heard | undefined => {
  const press = Press.parse(body);
  const action = press.actions.find(({ action_id }) => action_id.startsWith(ACTION_PREFIX));
  const line = action?.value;
  if (line === undefined) return undefined;
  const { message_ts, thread_ts, is_ephemeral } = press.container;
  // chat.update cannot reach an ephemeral message, so nobody may try to edit it later.
  const pressed: Posted | undefined = is_ephemeral
    ? undefined
    : { platform: 'slack', channel: press.channel.id, message: message_ts };
  return {
    id: `slack:${Context.parse(context).deliveryId}`,
    actor: actorOf(press.user.id, press.user.name, press.user.team_id),
    // The root of a thread names itself as its thread; an answer to it belongs into the channel.
    conversation: where(press.channel.id, thread_ts === message_ts ? undefined : thread_ts),
    text: line,
    ...(pressed ? { pressed } : {}),
    ...saidAt(action?.action_ts),
    ...answerBy(press.response_url),
  };
};

const afterMention = (text: string, bot: string): string => {
  const mention = new RegExp(`<@${bot}(?:\\|[^>]*)?>`).exec(text);
  return mention ? text.slice(mention.index + mention[0].length).trim() : text.trim();
};

type SlackEvent = z.infer<typeof Mention>['event'];

const writerOf = (event: SlackEvent): Actor => {
  const isBot = event.bot_id !== undefined || event.subtype === 'bot_message' || event.user === undefined;
  return {
    ...actorOf(event.user ?? event.bot_id ?? 'unknown', undefined, event.user_team ?? event.team),
    ...(isBot ? { bot: true } : {}),
  };
};

const written = ({ event_id, event }: z.infer<typeof Mention>, bot: string): Heard => ({
  id: `slack:${event_id}`,
  actor: writerOf(event),
  conversation: where(event.channel, event.thread_ts === event.ts ? undefined : event.thread_ts),
  text: afterMention(event.text, bot),
  // Slack delivers events again for some minutes when nobody took them.
  ...saidAt(event.ts),
});

/** Reads a mention of `bot`; undefined for an edited message, which would run a second time what ran before. */
export const parseMention = (body: unknown, bot: string): Heard | undefined => {
  const mention = Mention.parse(body);
  return mention.event.edited === undefined ? written(mention, bot) : undefined;
};

/** Reads what somebody wrote to the bot directly; undefined for edits, joins, and whatever else is no line. */
export const parseDirect = (body: unknown, bot: string): Heard | undefined => {
  const message = Mention.extend({
    event: Mention.shape.event.extend({ channel_type: z.string().optional() }),
  }).parse(body);
  const { channel_type, subtype, edited, bot_id } = message.event;
  const isLine =
    channel_type === 'im' && subtype === undefined && edited === undefined && bot_id === undefined;
  return isLine ? written(message, bot) : undefined;
};
