import type { WebClient } from '@slack/web-api';
import type { AttachedFile, Message } from '../../domain/message.ts';
import { type Failed, failed, succeeded } from '../../domain/outcome.ts';
import type { ChatOutcome, Conversation, Incoming, Posted } from '../chat.ts';
import { attempt } from './slack-errors.ts';
import { slackProblems } from './slack-limits.ts';
import { renderSlack, type SlackContent } from './slack-render.ts';

/** The metadata event under which a delivery is found again; readable by every app of the workspace, so no secrets. */
const DELIVERY = 'botswain_delivery';
/** Pages of 200 messages that are searched for a delivery. */
const PAGES = 5;

/** Nothing outside of our own mentions is linked or expanded. */
const PLAIN = { parse: 'none', link_names: false } as const;
const NO_PREVIEWS = { unfurl_links: false, unfurl_media: false } as const;

/** Renders, and refuses what Slack would refuse. */
export const rendered = (message: Message): SlackContent | Failed => {
  const content = renderSlack(message);
  const problems = slackProblems(content);
  if (problems.length === 0) return content;
  return failed(
    'CHAT_REJECTED',
    `«${message.title.slice(0, 80)}» does not fit into Slack: ${problems.slice(0, 3).join('; ')}.`,
    'Shorten the message; this is a mistake in Botswain.',
  );
};

const withContent = async <T>(
  message: Message,
  send: (content: SlackContent) => Promise<T>,
): Promise<ChatOutcome<T>> => {
  const content = rendered(message);
  return 'kind' in content ? content : attempt(() => send(content));
};

const threadOf = ({ thread }: Conversation) => (thread === undefined ? {} : { thread_ts: thread });

/** Posts with the delivery key in the metadata. */
export const post = async (
  web: WebClient,
  to: Conversation,
  what: { readonly message: Message; readonly deliveryKey: string },
): Promise<ChatOutcome<Posted>> =>
  withContent(what.message, async (content) => {
    const answer = await web.chat.postMessage({
      channel: to.channel,
      ...threadOf(to),
      ...content,
      ...PLAIN,
      ...NO_PREVIEWS,
      metadata: { event_type: DELIVERY, event_payload: { key: what.deliveryKey } },
    });
    return { platform: 'slack', channel: answer.channel ?? to.channel, message: answer.ts ?? '' };
  });

/** Edits in place; text and blocks together, because blocks vanish when only text is sent. */
export const update = async (web: WebClient, posted: Posted, message: Message): Promise<ChatOutcome<void>> =>
  withContent(message, async (content) => {
    await web.chat.update({
      channel: posted.channel,
      ts: posted.message,
      ...content,
      ...PLAIN,
      attachments: [],
    });
  });

/** Shows a message to one person in a conversation; where that cannot be, or nobody else reads along, in a direct message. */
export const postEphemeral = async (
  web: WebClient,
  { account, conversation, direct }: Incoming,
  message: Message,
): Promise<ChatOutcome<void>> => {
  if (direct)
    return withContent(message, async (content) => {
      const to = { channel: conversation.channel, ...threadOf(conversation) };
      await web.chat.postMessage({ ...to, ...content, ...PLAIN, ...NO_PREVIEWS });
    });
  const shown = await withContent(message, async (content) => {
    await web.chat.postEphemeral({
      channel: conversation.channel,
      user: account.id,
      ...threadOf(conversation),
      ...content,
      ...PLAIN,
    });
  });
  const notThere = shown.kind === 'failed' && (shown.code === 'CHAT_GONE' || shown.code === 'CHAT_REJECTED');
  if (!notThere) return shown;
  return withContent(message, async (content) => {
    await web.chat.postMessage({ channel: account.id, ...content, ...PLAIN, ...NO_PREVIEWS });
  });
};

/** Slack refuses a file without bytes. */
const bytesOf = (text: string): string => (text === '' ? '\n' : text);

/** Puts a text file into a conversation. */
export const upload = async (
  web: WebClient,
  to: Conversation,
  file: AttachedFile,
): Promise<ChatOutcome<void>> =>
  attempt(async () => {
    const { name, text } = file;
    const what = { filename: name, title: name, content: bytesOf(text) };
    if (to.thread === undefined) await web.filesUploadV2({ ...what, channel_id: to.channel });
    else await web.filesUploadV2({ ...what, channel_id: to.channel, thread_ts: to.thread });
  });

type Page = Awaited<ReturnType<WebClient['conversations']['replies']>>;

const page = (web: WebClient, to: Conversation, cursor: string | undefined): Promise<Page> => {
  const asked = {
    channel: to.channel,
    limit: 200,
    include_all_metadata: true,
    ...(cursor ? { cursor } : {}),
  };
  return to.thread === undefined
    ? web.conversations.history(asked)
    : web.conversations.replies({ ...asked, ts: to.thread });
};

const keyOf = (message: NonNullable<Page['messages']>[number]): unknown => {
  const { metadata } = message;
  if (metadata?.event_type !== DELIVERY) return undefined;
  const payload: unknown = metadata.event_payload;
  return typeof payload === 'object' && payload !== null && 'key' in payload ? payload.key : undefined;
};

/** Walks the latest thousand messages of a conversation until `look` gives something. */
const search = async <T>(
  web: WebClient,
  to: Conversation,
  look: (messages: NonNullable<Page['messages']>) => T | undefined,
): Promise<ChatOutcome<T | undefined>> => {
  let cursor: string | undefined;
  for (let pages = 0; pages < PAGES; pages += 1) {
    const answer = await attempt(() => page(web, to, cursor));
    if (answer.kind !== 'succeeded') return answer;
    const found = look(answer.value.messages ?? []);
    if (found !== undefined) return succeeded(found);
    cursor = answer.value.response_metadata?.next_cursor;
    if (!cursor) break;
  }
  return succeeded(undefined);
};

/** Looks for the message posted under a delivery key. */
export const find = (
  web: WebClient,
  to: Conversation,
  deliveryKey: string,
): Promise<ChatOutcome<Posted | undefined>> =>
  search(web, to, (messages) => {
    const ts = messages.find((message) => keyOf(message) === deliveryKey)?.ts;
    return ts === undefined ? undefined : { platform: 'slack', channel: to.channel, message: ts };
  });

/** Looks for a file of this name and size in a conversation. */
export const findFile = async (
  web: WebClient,
  to: Conversation,
  { name, text }: AttachedFile,
): Promise<ChatOutcome<boolean>> => {
  const size = Buffer.byteLength(bytesOf(text));
  const found = await search(web, to, (messages) =>
    messages.some(({ files = [] }) => files.some((file) => file.name === name && file.size === size))
      ? true
      : undefined,
  );
  return found.kind === 'succeeded' ? succeeded(found.value ?? false) : found;
};
