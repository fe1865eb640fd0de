import { FaultQueue } from './faults.ts';
import { HttpFarEnd } from './http.ts';
import { chooseInModal, openHome, pressHome, pressInModal, submitModal, writeDirectly } from './modals.ts';
import { RateLimits } from './rates.ts';
import { listen } from './server.ts';
import { SocketHub } from './socket.ts';
import {
  clickAction,
  clickEphemeral,
  command,
  mention,
  redeliver,
  replay,
  type StoryParts,
  type Trigger,
  triggerProblem,
  useShortcut,
} from './story.ts';
import { type FakeMessage, SlackRefusal } from './types.ts';
import { ViewBook } from './views.ts';
import { watch, workspace } from './watch.ts';
import { handleHttp, type WebApi } from './web-api.ts';
import { IDENTITY, SlackWorld } from './world.ts';

const BOT_TOKEN = 'xoxb-fake-bot';
const APP_TOKEN = 'xapp-fake-app';
const SIGNING_SECRET = 'fake-signing-secret';

const story = (parts: StoryParts) => ({
  command: (typed: Parameters<typeof command>[1]) => command(parts, typed),
  mention: (said: Parameters<typeof mention>[1]) => mention(parts, said),
  redeliver: (delivery: Parameters<typeof redeliver>[1]) => redeliver(parts, delivery),
  replay: (delivery: Parameters<typeof replay>[1]) => replay(parts, delivery),
  clickAction: (press: Parameters<typeof clickAction>[1]) => clickAction(parts, press),
  useShortcut: (use: Parameters<typeof useShortcut>[1]) => useShortcut(parts, use),
  clickEphemeral: (press: Parameters<typeof clickEphemeral>[1]) => clickEphemeral(parts, press),
  pressInModal: (press: Parameters<typeof pressInModal>[1]) => pressInModal(parts, press),
  chooseInModal: (pick: Parameters<typeof chooseInModal>[1]) => chooseInModal(parts, pick),
  submitModal: (filled: Parameters<typeof submitModal>[1]) => submitModal(parts, filled),
  pressHome: (press: Parameters<typeof pressHome>[1]) => pressHome(parts, press),
  openHome: (user: string) => openHome(parts, user),
  writeDirectly: (said: Parameters<typeof writeDirectly>[1]) => writeDirectly(parts, said),
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

/** How Slack reaches the bot; over HTTP, `slack.http.url` may also be set later, once the bot listens. */
export type FakeSlackOptions = {
  readonly delivery?: 'socket' | 'http';
  readonly url?: string;
  readonly signingSecret?: string;
};

/** Starts a fake Slack on a free loopback port, with channels C0OPS and C0INC and nobody in the workspace yet. */
export const startFakeSlack = async (options: FakeSlackOptions = {}) => {
  const world = new SlackWorld();
  const triggers = new Map<string, Trigger>();
  const book = new ViewBook();
  const api: WebApi = {
    world,
    faults: new FaultQueue(),
    rates: new RateLimits(),
    modals: { book, useTrigger: (id) => useTrigger(triggers, id) },
    received: [],
    responseUrls: new Map(),
    tokens: { bot: BOT_TOKEN, app: APP_TOKEN },
    origin: '',
  };
  const { server, origin } = await listen((request, response) => handleHttp(api, request, response));
  api.origin = origin;
  const sockets = new SocketHub(server);
  const { url = '', signingSecret = SIGNING_SECRET } = options;
  const http = new HttpFarEnd({ url, signingSecret });
  const hub = options.delivery === 'http' ? http : sockets;
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
    /** The scopes of the bot's token; take one away. */
    scopes: world.scopes,
    /** Moves Slack's clock away from ours. */
    aheadBy: (ms: number): void => {
      world.clockAheadMs = ms;
    },
    rates: api.rates,
    /** Modals and home tabs, as their viewers see them. */
    views: book,
    /** The trigger id that was handed out last. */
    lastTrigger: (): string => [...triggers.keys()].at(-1) ?? '',
    /** Socket Mode's far end: connections, deliveries, `disconnect`, `cut`, `raw`. */
    sockets,
    /** Slack's end of HTTP mode: where the bot is, the signing secret, raw requests. */
    http,
    /** Delivers any payload the way this Slack delivers. */
    deliver: (envelope: Parameters<typeof hub.deliver>[0]) => hub.deliver(envelope),
    /** Everything that was delivered, in order. */
    deliveries: () => hub.deliveries,
    /** Every HTTP request in order. */
    received: api.received,
    /** The requests of one method, in order. */
    calls: (method: string) => api.received.filter((call) => call.method === method),
    /** The files that were uploaded, with their bytes. */
    files: () => [...world.files.values()],
    /** Closes sockets and server. */
    stop: async (): Promise<void> => {
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};

/** A running fake Slack. */
export type FakeSlack = Awaited<ReturnType<typeof startFakeSlack>>;
