import { setTimeout as pause } from 'node:timers/promises';
import { newLook, readable } from './content.ts';
import { FaultQueue } from './faults.ts';
import { RateLimits } from './rates.ts';
import { listen } from './server.ts';
import { SocketHub } from './socket.ts';
import {
  clickAction,
  clickEphemeral,
  command,
  mention,
  reads,
  redeliver,
  replay,
  type StoryParts,
  type Trigger,
  triggerProblem,
} from './story.ts';
import {
  type FakeChannel,
  type FakeEphemeral,
  type FakeMessage,
  type FakeUser,
  SlackRefusal,
} from './types.ts';
import { handleHttp, type WebApi } from './web-api.ts';
import { IDENTITY, SlackWorld } from './world.ts';

const BOT_TOKEN = 'xoxb-fake-bot';
const APP_TOKEN = 'xapp-fake-app';
const POLL_MS = 10;

type Wanted = {
  readonly channel: string;
  readonly match: string | RegExp;
  /** The root whose thread is meant; absent means the channel itself. */
  readonly thread_ts?: string;
  readonly withinMs?: number;
};

const workspace = (world: SlackWorld) => ({
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

const watch = (world: SlackWorld) => {
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

const story = (parts: StoryParts) => ({
  command: (typed: Parameters<typeof command>[1]) => command(parts, typed),
  mention: (said: Parameters<typeof mention>[1]) => mention(parts, said),
  redeliver: (delivery: Parameters<typeof redeliver>[1]) => redeliver(parts, delivery),
  replay: (delivery: Parameters<typeof replay>[1]) => replay(parts, delivery),
  clickAction: (press: Parameters<typeof clickAction>[1]) => clickAction(parts, press),
  clickEphemeral: (press: Parameters<typeof clickEphemeral>[1]) => clickEphemeral(parts, press),
  /** Presses the button with this label on a message as it stands now. */
  click: ({ user, channel, ts, label }: { user: string; channel: string; ts: string; label: string }) => {
    const message = parts.api.world.find(channel, ts);
    if (!message) throw new Error(`no message ${ts} in ${channel}`);
    return clickAction(parts, { user, message, label });
  },
  /** Presses a button a message had before `editsAgo` edits: the card was still open on that screen. */
  clickStale: (press: { user: string; message: FakeMessage; label: string; editsAgo?: number }) => {
    const look = press.message.earlier.at(-(press.editsAgo ?? 1));
    if (!look) throw new Error(`message ${press.message.ts} was never edited that often`);
    return clickAction(parts, { user: press.user, label: press.label, message: { ...press.message, look } });
  },
});

const useTrigger = (triggers: Map<string, Trigger>, id: string): { readonly user: string } => {
  const trigger = triggers.get(id);
  const word = triggerProblem(trigger);
  if (!trigger || word !== undefined) throw new SlackRefusal(word ?? 'invalid_trigger_id');
  trigger.used = true;
  return trigger;
};

/** Starts a fake Slack on a free loopback port, with channels C0OPS and C0INC and nobody in the workspace yet. */
export const startFakeSlack = async () => {
  const world = new SlackWorld();
  const triggers = new Map<string, Trigger>();
  const api: WebApi = {
    world,
    faults: new FaultQueue(),
    rates: new RateLimits(),
    modals: { views: [], useTrigger: (id) => useTrigger(triggers, id) },
    received: [],
    responseUrls: new Map(),
    tokens: { bot: BOT_TOKEN, app: APP_TOKEN },
    origin: '',
  };
  const { server, origin } = await listen((request, response) => handleHttp(api, request, response));
  api.origin = origin;
  const hub = new SocketHub(server);
  const here = workspace(world);
  here.user(IDENTITY.bot, { name: 'ops', is_bot: true });
  here.channel('C0OPS');
  here.channel('C0INC');
  return {
    ...here,
    ...watch(world),
    ...story({ api, hub, triggers }),
    identity: IDENTITY,
    /** What goes into SLACK_API_URL, SLACK_BOT_TOKEN and SLACK_APP_TOKEN. */
    apiUrl: `${origin}/api/`,
    botToken: BOT_TOKEN,
    appToken: APP_TOKEN,
    /** The tokens Slack accepts right now; change one to revoke it. */
    tokens: api.tokens,
    faults: api.faults,
    rates: api.rates,
    views: api.modals.views,
    /** The trigger id that was handed out last. */
    lastTrigger: (): string => [...triggers.keys()].at(-1) ?? '',
    /** Socket Mode's far end: connections, deliveries, `disconnect`, `cut`, `raw`. */
    sockets: hub,
    /** Every HTTP request in order. */
    received: api.received,
    /** The requests of one method, in order. */
    calls: (method: string) => api.received.filter((call) => call.method === method),
    /** The files that were uploaded, with their bytes. */
    files: () => [...world.files.values()],
    /** Closes sockets and server. */
    stop: async (): Promise<void> => {
      hub.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};

/** A running fake Slack. */
export type FakeSlack = Awaited<ReturnType<typeof startFakeSlack>>;
