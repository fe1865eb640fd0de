import type { Message } from '../../domain/message.ts';
import type { ChatPorts, Incoming } from '../chat.ts';
import type { Heard } from './slack-incoming.ts';
import type { SlackPeople } from './slack-people.ts';

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

/** What hearing somebody needs. */
export interface HearParts {
  readonly ports: ChatPorts;
  readonly people: SlackPeople;
  /** Known before anything comes in. */
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

/** Said when users.info does not answer. */
export const UNIDENTIFIED =
  'Slack did not tell Botswain in time who you are, so it did not start anything. Try again in a minute.';

/** Tells whoever was heard that nothing was done, before it is certain who that is. */
export const sayNothingDone = async (
  { whisper }: Pick<HearParts, 'whisper'>,
  { heard, direct }: { readonly heard: Heard; readonly direct: boolean },
  why: string,
): Promise<void> => {
  const { actor, ...rest } = heard;
  const account = { platform: 'slack', id: actor.id, standing: 'stranger' } as const;
  await whisper({ ...rest, direct, account }, nothingDone(why));
};

/** Records what was heard; when that fails, tells the person instead of keeping silent. */
export const hear = async (
  parts: HearParts,
  heard: Heard | undefined,
  ack: () => Promise<void>,
): Promise<void> => {
  if (!heard) return;
  const { people, ports } = parts;
  const { actor, ...rest } = heard;
  const [account, direct] = await Promise.all([
    people.identify(actor, parts.identity()?.team ?? ''),
    people.isDirect(heard.conversation.channel, actor.id),
  ]);
  const incoming = { ...rest, direct };
  if (!account) {
    ports.log('warn', 'Slack did not say who somebody is, so the line was refused', {
      id: heard.id,
      user: actor.id,
    });
    await ack();
    await sayNothingDone(parts, { heard, direct }, UNIDENTIFIED);
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
