import { App } from '@slack/bolt';
import type { Message } from '../../domain/message.ts';
import type { ChatPorts, Incoming } from '../chat.ts';
import { type Heard, parseCommand, parseMention, parsePress } from './slack-incoming.ts';
import type { SlackIntake } from './slack-intake.ts';
import type { SlackPeople } from './slack-people.ts';
import { ACTION_PREFIX } from './slack-render.ts';
import { replyHandle } from './slack-respond.ts';
import { clientOptions, type SlackSettings, slackLogger } from './slack-web.ts';

/** Who our bot is, from auth.test. */
export interface Identity {
  readonly user: string;
  readonly bot: string;
  readonly team: string;
  /** The app's id, where it is known: `A0…`. */
  readonly app?: string;
  /** `https://acme.slack.com/`, for links. */
  readonly url: string;
}

/** What the listeners need. */
export interface ListenParts {
  readonly settings: SlackSettings;
  readonly ports: ChatPorts;
  readonly intake: SlackIntake;
  readonly people: SlackPeople;
  /** Known before the first connection opens. */
  readonly identity: () => Identity | undefined;
  readonly whisper: (incoming: Incoming, message: Message) => Promise<unknown>;
}

const nothingDone = (text: string): Message => ({
  title: 'Nothing was done',
  tone: 'bad',
  parts: [{ kind: 'text', text }],
  actions: [],
});

const NOT_RECORDED = nothingDone(
  'Botswain could not write down what you asked for, so it did not start anything. Try again in a minute, and tell whoever operates Botswain: its log says why.',
);
const NOT_IDENTIFIED = nothingDone(
  'Slack did not tell Botswain in time who you are, so it did not start anything. Try again in a minute.',
);

type Ack = () => Promise<void>;

/** Records what was heard; when that fails, tells the person instead of keeping silent. */
const hear = async (parts: ListenParts, heard: Heard | undefined, ack: Ack): Promise<void> => {
  if (!heard) return;
  const { people, ports } = parts;
  const { actor, responseUrl, ...rest } = heard;
  const [account, direct] = await Promise.all([
    people.identify(actor, parts.identity()?.team ?? ''),
    people.isDirect(heard.conversation.channel, actor.id),
  ]);
  const handle = responseUrl === undefined ? {} : { replyHandle: replyHandle(responseUrl) };
  const incoming = { ...rest, ...handle, direct };
  if (!account) {
    ports.log('warn', 'Slack did not say who somebody is, so the line was refused', {
      id: heard.id,
      user: actor.id,
    });
    await ack();
    const nobody = { platform: 'slack', id: actor.id, standing: 'stranger' } as const;
    await parts.whisper({ ...incoming, account: nobody }, NOT_IDENTIFIED);
    return;
  }
  try {
    await ports.receive({ ...incoming, account });
  } catch (error) {
    ports.log('error', `An incoming line was not recorded: ${String(error)}`, { id: heard.id });
    await ack();
    await parts.whisper({ ...incoming, account }, NOT_RECORDED);
  }
};

/** Events are acknowledged by the intake when their listeners are done. */
const eventAck: Ack = async () => {};

/** Registers one listener of each kind, because Bolt runs every one that matches at once. */
export const listen = (parts: ListenParts): void => {
  const app = new App({
    receiver: parts.intake,
    // auth.test is called by us, so that a bad token is a value and not a rejection nobody waits for.
    authorize: async () => ({
      botToken: parts.settings.botToken,
      botId: parts.identity()?.bot ?? '',
      botUserId: parts.identity()?.user ?? '',
    }),
    clientOptions: clientOptions(parts.settings),
    logger: slackLogger(parts.ports.log),
    convoStore: false,
    extendedErrorHandler: true,
  });
  app.command(/^\//, async ({ body, context, ack }) => {
    await hear(parts, parseCommand(body, context), () => ack());
  });
  app.action(new RegExp(`^${ACTION_PREFIX}`), async ({ body, context, ack }) => {
    await hear(parts, parsePress(body, context), () => ack());
  });
  app.event('app_mention', async ({ body }) => {
    await hear(parts, parseMention(body, parts.identity()?.user ?? ''), eventAck);
  });
};
