import type { ChatPorts, Incoming } from '../../src/chat/chat.ts';
import { createSlackChat } from '../../src/chat/slack/slack.ts';
import type { Message } from '../../src/domain/message.ts';
import { type FakeSlack, startFakeSlack } from '../fakes/slack/fake-slack.ts';

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

/** The Slack edge before a fake Slack, with what it handed up and logged. */
export const slackEdge = (
  slack: FakeSlack,
  options: { receive?: ChatPorts['receive']; timeoutMs?: number } = {},
) => {
  const incoming: Incoming[] = [];
  const logged: Logged[] = [];
  const chat = createSlackChat(
    {
      botToken: slack.botToken,
      way: { kind: 'socket', appToken: slack.appToken },
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
      picker: async () => ({ verbs: [], subjects: [] }),
      home: async () => undefined,
      commands: [],
      log: (level, text, fields) => logged.push({ level, message: text, fields }),
    },
  );
  return { chat, incoming, logged };
};

/** A started edge before a fresh fake Slack with Ana in it; `stop` closes both. */
export const connected = async (options: Parameters<typeof slackEdge>[1] = {}) => {
  const slack = await startFakeSlack();
  slack.user('U0ANA', { name: 'ana' });
  const edge = slackEdge(slack, options);
  const started = await edge.chat.start();
  if (started.kind !== 'succeeded') throw new Error(`the edge did not start: ${started.message}`);
  await slack.until(() => (slack.sockets.open === 2 ? true : undefined));
  const stop = async () => {
    await edge.chat.stop();
    await slack.stop();
  };
  return { slack, ...edge, started, stop };
};
