import { buttonsIn, type FakeButton, newLook, readable } from './content.ts';
import type { Ack, Delivery, FarEnd } from './delivery.ts';
import { appMention, blockActions, messageShortcut, slashCommand } from './payloads.ts';
import type { FakeChannel, FakeEphemeral, FakeMessage, FakeUser, Json } from './types.ts';
import type { WebApi } from './web-api.ts';
import { IDENTITY } from './world.ts';

/** `trigger_id` lives 3 seconds: https://docs.slack.dev/interactivity/handling-user-interaction. */
const TRIGGER_LIFE_MS = 3000;

/** What people do in the fake workspace. */
export type StoryParts = {
  readonly api: WebApi;
  /** The way deliveries take to the bot. */
  readonly hub: FarEnd;
  readonly triggers: Map<string, Trigger>;
};

/** A trigger id that was handed out. */
export type Trigger = { readonly user: string; readonly issuedAt: number; used: boolean };

type By = { readonly user: string; readonly channel: string };

/** The user with this id; the story must have added it. */
export const userOf = ({ api }: StoryParts, id: string): FakeUser => {
  const user = api.world.users.get(id);
  if (!user) throw new Error(`the fake Slack has no user ${id}; add it with slack.user('${id}')`);
  return user;
};

/** The channel with this id; the story must have added it. */
export const channelOf = ({ api }: StoryParts, id: string): FakeChannel => {
  const channel = api.world.channels.get(id);
  if (!channel) throw new Error(`the fake Slack has no channel ${id}; add it with slack.channel('${id}')`);
  return channel;
};

/** A fresh trigger id for what this person does now. */
export const newTrigger = ({ api, triggers }: StoryParts, user: string): string => {
  const trigger_id = `${api.world.next()}.1234567890.abcdef`;
  triggers.set(trigger_id, { user, issuedAt: Date.now(), used: false });
  return trigger_id;
};

const handles = (parts: StoryParts, by: By & { readonly ts?: string; readonly typed?: string }) => {
  const { api } = parts;
  const trigger_id = newTrigger(parts, by.user);
  const serial = api.world.next();
  const path = `/respond/${IDENTITY.team}/${serial}/secret`;
  api.responseUrls.set(path, { ...by, issuedAt: Date.now(), uses: 0 });
  return { trigger_id, response_url: `${api.origin}${path}` };
};

/** Somebody types a slash command; resolves when it was acknowledged or 3 seconds passed. */
export const command = async (
  parts: StoryParts,
  typed: By & { text: string; command?: string },
): Promise<Ack> => {
  const user = userOf(parts, typed.user);
  const channel = channelOf(parts, typed.channel);
  const payload = slashCommand({
    user,
    channel,
    command: typed.command ?? '/ops',
    text: typed.text,
    ...handles(parts, { user: user.id, channel: channel.id, typed: typed.text }),
  });
  const ack = await parts.hub.deliver({ type: 'slash_commands', payload });
  if (ack.acked && Object.keys(ack.payload).length > 0) showAckPayload(parts, typed, ack.payload);
  return ack;
};

const showAckPayload = ({ api }: StoryParts, by: By, payload: Json): void => {
  const text = typeof payload.text === 'string' ? payload.text : '';
  const blocks = Array.isArray(payload.blocks) ? payload.blocks : [];
  const look = newLook({ text, blocks });
  api.world.ephemerals.push({ ...by, ts: api.world.timestamp(), via: 'ack', look });
};

/** A mention as it was posted and delivered. */
export type Mentioned = { readonly ts: string; readonly ack: Ack };

/** An event id that never comes twice. */
export const newEventId = ({ api }: StoryParts): string => `Ev0${String(api.world.next()).padStart(8, '0')}`;

/** Somebody writes `<@bot> …` in a channel or thread. */
export const mention = async (
  parts: StoryParts,
  said: By & { text: string; thread_ts?: string; extra?: Json },
): Promise<Mentioned> => {
  const { api, hub } = parts;
  const text = said.text.includes(`<@${IDENTITY.bot}`) ? said.text : `<@${IDENTITY.bot}> ${said.text}`;
  const thread = said.thread_ts === undefined ? {} : { thread_ts: said.thread_ts };
  const look = newLook({ text });
  const { ts } = api.world.post({ channel: said.channel, author: said.user, by_bot: false, look, ...thread });
  const payload = appMention({
    user: userOf(parts, said.user),
    channel: channelOf(parts, said.channel),
    text,
    ts,
    event_id: newEventId(parts),
    ...thread,
    ...(said.extra ? { extra: said.extra } : {}),
  });
  return { ts, ack: await hub.deliver({ type: 'events_api', payload }) };
};

/** Slack delivers an event again, as it does when nobody acknowledged it. */
export const redeliver = ({ hub }: StoryParts, { type, payload, retryAttempt }: Delivery): Promise<Ack> =>
  hub.deliver({ type, payload, retryAttempt: (retryAttempt ?? 0) + 1 });

/** The very same envelope or request arrives once more. */
export const replay = ({ hub }: StoryParts, delivery: Delivery): Promise<Ack> => hub.replay(delivery);

const buttonLabelled = (buttons: readonly FakeButton[], label: string): FakeButton => {
  const button = buttons.find((one) => one.label === label);
  if (button) return button;
  throw new Error(
    `no button «${label}»; there are: ${buttons.map((one) => `«${one.label}»`).join(', ') || 'none'}`,
  );
};

/** Presses a button of a message as it looks in `message`: take an earlier look for a stale press. */
export const clickAction = (
  parts: StoryParts,
  press: { user: string; message: FakeMessage; label: string },
): Promise<Ack> => {
  const { message } = press;
  const by = { user: press.user, channel: message.channel };
  const payload = blockActions({
    user: userOf(parts, by.user),
    channel: channelOf(parts, by.channel),
    ts: message.ts,
    button: buttonLabelled(buttonsIn(message.look), press.label),
    message,
    action_ts: parts.api.world.timestamp(),
    ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
    ...handles(parts, { ...by, ts: message.ts }),
  });
  return parts.hub.deliver({ type: 'interactive', payload });
};

/** Chooses a shortcut from the menu of a message; works in every channel, whether the bot is there or not. */
export const useShortcut = (
  parts: StoryParts,
  use: { readonly user: string; readonly message: FakeMessage; readonly callback_id: string },
): Promise<Ack> => {
  const { user, message, callback_id } = use;
  const payload = messageShortcut({
    user: userOf(parts, user),
    channel: channelOf(parts, message.channel),
    callback_id,
    message,
    action_ts: parts.api.world.timestamp(),
    ...handles(parts, { user, channel: message.channel, ts: message.ts }),
  });
  return parts.hub.deliver({ type: 'interactive', payload });
};

/** Presses a button of a message only this person sees. */
export const clickEphemeral = (
  parts: StoryParts,
  press: { ephemeral: FakeEphemeral; label: string },
): Promise<Ack> => {
  const { ephemeral, label } = press;
  const payload = blockActions({
    user: userOf(parts, ephemeral.user),
    channel: channelOf(parts, ephemeral.channel),
    ts: ephemeral.ts,
    button: buttonLabelled(buttonsIn(ephemeral.look), label),
    action_ts: parts.api.world.timestamp(),
    ...(ephemeral.thread_ts === undefined ? {} : { thread_ts: ephemeral.thread_ts }),
    ...handles(parts, { user: ephemeral.user, channel: ephemeral.channel, ts: ephemeral.ts }),
  });
  return parts.hub.deliver({ type: 'interactive', payload });
};

/** Whether a message reads like `match`: a part of its text, or an expression. */
export const reads = (message: { readonly look: FakeMessage['look'] }, match: string | RegExp): boolean => {
  const text = readable(message.look);
  return typeof match === 'string' ? text.includes(match) : match.test(text);
};

/** The state of a trigger id, in Slack's words. */
export const triggerProblem = (trigger: Trigger | undefined): string | undefined => {
  if (!trigger) return 'invalid_trigger_id';
  if (trigger.used) return 'exchanged_trigger_id';
  return Date.now() - trigger.issuedAt > TRIGGER_LIFE_MS ? 'expired_trigger_id' : undefined;
};
