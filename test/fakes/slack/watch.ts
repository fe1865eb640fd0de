import { setTimeout as pause } from 'node:timers/promises';
import { newLook, readable } from './content.ts';
import { reads } from './story.ts';
import type { FakeChannel, FakeEphemeral, FakeMessage, FakeUser } from './types.ts';
import { IDENTITY, type SlackWorld } from './world.ts';

const POLL_MS = 10;

type Wanted = {
  readonly channel: string;
  readonly match: string | RegExp;
  /** The root whose thread is meant; absent means the channel itself. */
  readonly thread_ts?: string;
  readonly withinMs?: number;
};

/** People, channels and what they write. */
export const workspace = (world: SlackWorld) => ({
  /** Adds somebody (or changes them): a person of the workspace unless told otherwise. */
  user: (id: string, traits: Partial<FakeUser> = {}): FakeUser => {
    const base = { name: id.toLowerCase(), team_id: IDENTITY.team, is_bot: false, deleted: false };
    const user = {
      ...base,
      is_restricted: false,
      is_ultra_restricted: false,
      ...world.users.get(id),
      ...traits,
      id,
    };
    world.users.set(id, user);
    return user;
  },
  /** Adds a channel (or changes it): public, with our bot in it, unless told otherwise. */
  channel: (id: string, traits: Partial<FakeChannel> = {}): FakeChannel => {
    const base = { name: id.toLowerCase(), is_private: false, is_archived: false, bot_in: true };
    const channel = { ...base, ...world.channels.get(id), ...traits, id };
    world.channels.set(id, channel);
    return channel;
  },
  /** A user group with these members. */
  group: (id: string, members: readonly string[]): void => void world.groups.set(id, members),
  /** The direct conversation of a user and our bot. */
  direct: (user: string): FakeChannel => world.directChannel(user),
  /** Somebody writes a message that is none of the bot's business. */
  say: (said: { user: string; channel: string; text: string; thread_ts?: string }): FakeMessage => {
    const { user, channel, text, thread_ts } = said;
    const thread = thread_ts === undefined ? {} : { thread_ts };
    return world.post({ channel, author: user, by_bot: false, look: newLook({ text }), ...thread });
  },
  /** Deletes a message, as a person would. */
  remove: (message: FakeMessage): void => world.remove(message.channel, message.ts),
});

/** What stands where, and waiting for it. */
export const watch = (world: SlackWorld) => {
  const thread = (channel: string, ts: string) => world.inThread(channel, ts);
  const candidates = (wanted: Wanted): readonly FakeMessage[] =>
    wanted.thread_ts === undefined
      ? world.inChannel(wanted.channel)
      : thread(wanted.channel, wanted.thread_ts);
  const ephemerals = (user: string): readonly FakeEphemeral[] =>
    world.ephemerals.filter((one) => one.user === user);
  const until = async <T>(look: () => T | undefined, withinMs: number, sayWhy: () => string): Promise<T> => {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(sayWhy());
      await pause(POLL_MS);
    }
  };
  const heard = (messages: readonly { look: FakeMessage['look'] }[]): string =>
    messages.map(({ look }) => `--\n${readable(look)}`).join('\n') || '(nothing)';
  return {
    /** What stands in a channel outside of threads, oldest first. */
    messages: (channel: string): readonly FakeMessage[] => world.inChannel(channel),
    /** Root and replies, oldest first. */
    thread,
    /** One message as it is now. */
    message: (channel: string, ts: string): FakeMessage | undefined => world.find(channel, ts),
    /** What this person alone was shown, oldest first. */
    ephemerals,
    /** Waits until the bot has a message there that reads like `match`, and returns its latest form. */
    expectMessage: (wanted: Wanted): Promise<FakeMessage> =>
      until(
        () => candidates(wanted).find((message) => message.by_bot && reads(message, wanted.match)),
        wanted.withinMs ?? 5000,
        () => `no message like ${wanted.match} in ${wanted.channel}; there is:\n${heard(candidates(wanted))}`,
      ),
    /** Waits until this person alone was shown something that reads like `match`. */
    expectEphemeral: (user: string, match: string | RegExp, withinMs = 5000): Promise<FakeEphemeral> =>
      until(
        () => ephemerals(user).find((ephemeral) => reads(ephemeral, match)),
        withinMs,
        () => `${user} was not shown ${match}; there is:\n${heard(ephemerals(user))}`,
      ),
    /** Waits until `look` gives a value. */
    until: <T>(look: () => T | undefined, withinMs = 5000): Promise<T> =>
      until(look, withinMs, () => 'what the story waits for did not happen'),
  };
};
