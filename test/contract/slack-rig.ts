import type { ChatPorts, Incoming } from '../../src/chat/chat.ts';
import { createSlackChat } from '../../src/chat/slack/slack.ts';
import type { Message } from '../../src/domain/message.ts';
import { createPublicServer } from '../../src/web/servers.ts';
import { mountWebhook } from '../../src/web/webhooks.ts';
import type { Envelope } from '../fakes/slack/delivery.ts';
import { type FakeSlack, startFakeSlack } from '../fakes/slack/fake-slack.ts';
import { slashCommand } from '../fakes/slack/payloads.ts';

type Logged = { readonly level: string; readonly message: string; readonly fields?: unknown };

/** A message with nothing but a title, to vary from. */
export const message = (title: string, more: Partial<Message> = {}): Message => ({
  title,
  tone: 'neutral',
  parts: [],
  actions: [],
  ...more,
});

/** Where posts go in these tests. */
export const OPERATIONS = { platform: 'slack', channel: 'C0OPS' } as const;

/** What differs from a bot in Socket Mode that records everything and offers nothing. */
export type EdgeOptions = Partial<Pick<ChatPorts, 'receive' | 'picker' | 'home' | 'commands'>> & {
  readonly timeoutMs?: number;
  readonly delivery?: 'socket' | 'http';
};

/** The Slack edge before a fake Slack, with what it handed up and logged. */
export const slackEdge = (slack: FakeSlack, options: EdgeOptions = {}) => {
  const incoming: Incoming[] = [];
  const logged: Logged[] = [];
  const chat = createSlackChat(
    {
      botToken: slack.botToken,
      way:
        options.delivery === 'http'
          ? { kind: 'http', signingSecret: slack.http.signingSecret }
          : { kind: 'socket', appToken: slack.appToken },
      apiUrl: slack.apiUrl,
      timeoutMs: options.timeoutMs ?? 2000,
    },
    {
      receive: async (one) => {
        incoming.push(one);
        await options.receive?.(one);
      },
      issueToken: async () => 'unused',
      lineOfToken: async () => undefined,
      picker: options.picker ?? (async () => ({ verbs: [], subjects: [] })),
      home: options.home ?? (async () => undefined),
      commands: options.commands ?? [],
      log: (level, text, fields) => logged.push({ level, message: text, fields }),
    },
  );
  return { chat, incoming, logged };
};

/** A slash command of Ana's as Slack would deliver it. */
export const typedCommand = (slack: FakeSlack, text = 'restart x'): Envelope => ({
  type: 'slash_commands',
  payload: slashCommand({
    user: slack.user('U0ANA'),
    channel: slack.channel('C0OPS'),
    command: '/ops',
    text,
    trigger_id: `trigger ${text}`,
    response_url: 'https://hooks.example.org/1',
  }),
});

type Edge = ReturnType<typeof slackEdge>;

/** The real public server with the edge's webhook, and the fake told where it is; the result closes it. */
export const openWebhook = async (slack: FakeSlack, { chat }: Edge): Promise<() => Promise<void>> => {
  if (!chat.webhook) throw new Error('this edge has no webhook');
  const server = createPublicServer({
    host: '127.0.0.1',
    port: 0,
    alive: () => true,
    ready: async () => ({ ready: true }),
    log: () => {},
    mounts: [mountWebhook(chat.webhook, () => {})],
  });
  const listening = await server.start();
  if (listening.kind !== 'succeeded') throw new Error(listening.message);
  slack.http.url = `${listening.value.url}${chat.webhook.path}`;
  return () => server.stop();
};

/** A started edge before a fresh fake Slack with Ana in it; `stop` closes both. */
export const connected = async (options: EdgeOptions = {}) => {
  const slack = await startFakeSlack({ delivery: options.delivery ?? 'socket' });
  slack.user('U0ANA', { name: 'ana' });
  const edge = slackEdge(slack, options);
  const started = await edge.chat.start();
  if (started.kind !== 'succeeded') throw new Error(`the edge did not start: ${started.message}`);
  const closeServer = options.delivery === 'http' ? await openWebhook(slack, edge) : async () => {};
  if (options.delivery !== 'http') await slack.until(() => (slack.sockets.open === 2 ? true : undefined));
  const stop = async () => {
    await edge.chat.stop();
    await closeServer();
    await slack.stop();
  };
  return { slack, ...edge, started, stop };
};
