import type { Chat, Conversation } from '../chat/chat.ts';
import type { ChatSettings } from '../domain/configuration.ts';
import type { Message } from '../domain/message.ts';
import type { Platform } from '../domain/person.ts';
import type { Deliveries, Delivery } from './deliveries.ts';
import { placeOf } from './pace.ts';

const NAMES: Readonly<Record<Platform, string>> = {
  slack: 'Slack',
  telegram: 'Telegram',
  console: 'The console',
};

/** What one chat takes over from another that does not answer. */
export interface Takeover {
  /** Milliseconds an urgent message waits for its own chat. */
  readonly afterMs: number;
  /** The other chat's channel of the same name, if there is one. */
  readonly elsewhere: (conversation: Conversation) => Conversation | undefined;
}

/** Takeover between Slack and Telegram, by the names their channels have in the configuration. */
export function takeoverIn({ slack, telegram, takeoverMs }: ChatSettings): Takeover | undefined {
  if (slack === undefined || telegram === undefined || takeoverMs === undefined) return undefined;
  const channels = { slack: slack.channels, telegram: telegram.chats };
  return {
    afterMs: takeoverMs,
    elsewhere({ platform, channel }) {
      if (platform === 'console') return undefined;
      const other = platform === 'slack' ? 'telegram' : 'slack';
      const name = Object.entries(channels[platform]).find(([, id]) => id === channel)?.[0];
      const there = name === undefined ? undefined : channels[other][name];
      return there === undefined ? undefined : { platform: other, channel: there };
    },
  };
}

/** What taking over needs. */
export interface TakeoverPorts extends Takeover {
  readonly deliveries: Deliveries;
  readonly chats: readonly Chat[];
  readonly now: () => number;
}

/** Wishes what is urgent and overdue in the other chat, and says where it goes on once the first is back. */
export async function takeOver(ports: TakeoverPorts, platform: Platform): Promise<void> {
  const { deliveries, now, afterMs } = ports;
  for (const overdue of await deliveries.overdue(platform, now() - afterMs))
    await wishElsewhere(ports, overdue);
  const returned = Map.groupBy(await deliveries.returned(platform), (one) => placeOf(one.conversation));
  for (const those of returned.values()) await sayWhereItGoesOn(ports, those);
}

const copyKey = (key: string, to: Conversation): string => `${key} for ${to.platform}`;

function whereTo({ elsewhere, chats }: TakeoverPorts, { conversation }: Delivery): Conversation | undefined {
  const there = elsewhere(conversation);
  return chats.some((chat) => chat.platform === there?.platform) ? there : undefined;
}

async function wishElsewhere(ports: TakeoverPorts, overdue: Delivery): Promise<void> {
  const { deliveries, now } = ports;
  const { key, conversation, message, lane, revision } = overdue;
  const to = whereTo(ports, overdue);
  if (to === undefined || (await standsThere(ports, overdue, to))) return;
  const parent = overdue.parent === undefined ? undefined : copyKey(overdue.parent, to);
  const hangs = parent !== undefined && (await deliveries.find(parent)) !== undefined;
  const why = `${NAMES[conversation.platform]} does not answer; this was to stand there.`;
  const copy = { key: copyKey(key, to), conversation: to, message: withContext(message, why), lane };
  await deliveries.want(hangs ? { ...copy, parent } : copy, now());
  await deliveries.takenOver(key, revision);
}

/** What is shown in both chats anyway is not shown twice in one: `C-142 card slack:C0OPS` has its `C-142 card telegram:-100`. */
async function standsThere({ deliveries }: TakeoverPorts, { key, conversation }: Delivery, to: Conversation) {
  const own = placeOf(conversation);
  if (!key.includes(own)) return false;
  return (await deliveries.find(`${key.slice(0, key.indexOf(own))}${placeOf(to)}`)) !== undefined;
}

/** One note for all that was taken over from a channel; the copies lose their buttons. */
async function sayWhereItGoesOn(ports: TakeoverPorts, those: readonly Delivery[]): Promise<void> {
  const { deliveries, now } = ports;
  const [first] = those;
  const to = first && whereTo(ports, first);
  if (first === undefined || to === undefined) return;
  const { conversation, key, revision } = first;
  await deliveries.want(
    {
      key: `back ${placeOf(conversation)} ${key} ${revision}`,
      conversation: { platform: conversation.platform, channel: conversation.channel },
      message: noteOf(conversation.platform, to.platform, those.length),
      lane: 'decision',
    },
    now(),
  );
  for (const { key: original } of those) {
    const copy = await deliveries.find(copyKey(original, to));
    if (copy !== undefined) await deliveries.want(endedCopy(copy, conversation.platform), now());
    await deliveries.takenOver(original, 0);
  }
}

const noteOf = (from: Platform, to: Platform, count: number): Message => ({
  title: `${NAMES[from]} answers again`,
  tone: 'neutral',
  parts: [
    {
      kind: 'text',
      text: `It did not for a while. ${count === 1 ? 'One message' : `${count} messages`} went to ${NAMES[to]} meanwhile; from now on it goes on here.`,
    },
  ],
  actions: [],
});

const endedCopy = ({ key, conversation, message, ...copy }: Delivery, from: Platform) => ({
  key,
  conversation,
  message: { ...withContext(message, `${NAMES[from]} answers again; it goes on there.`), actions: [] },
  ...(copy.parent === undefined ? {} : { parent: copy.parent }),
});

const withContext = (message: Message, text: string): Message => ({
  ...message,
  parts: [...message.parts, { kind: 'context', text }],
});
