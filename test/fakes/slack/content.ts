import { ALL_BLOCKS_CHARACTERS, charactersIn, checkBlocks, POST_TEXT_CHARACTERS } from './limits.ts';
import { type FakeMessage, isJson, type Json, type Look, SlackRefusal, str } from './types.ts';

const parsed = (value: unknown, word: string): unknown => {
  if (typeof value !== 'string') return value;
  try {
    const result: unknown = JSON.parse(value);
    return result;
  } catch {
    throw new SlackRefusal(word);
  }
};

const arrayOf = (args: Json, key: string, word: string): readonly Json[] | undefined => {
  if (args[key] === undefined || args[key] === '') return undefined;
  const value = parsed(args[key], word);
  if (!Array.isArray(value)) throw new SlackRefusal(word);
  return value.filter(isJson);
};

const metadataOf = (args: Json): Json | undefined => {
  if (args.metadata === undefined) return undefined;
  const value = parsed(args.metadata, 'invalid_metadata_format');
  if (!isJson(value)) throw new SlackRefusal('invalid_metadata_format');
  const empty = Object.keys(value).length === 0;
  if (!empty && (str(value, 'event_type') === '' || !isJson(value.event_payload))) {
    throw new SlackRefusal('invalid_metadata_schema');
  }
  if (JSON.stringify(value).length > 16_384) throw new SlackRefusal('metadata_too_large');
  return value;
};

/** The content arguments of a call, checked as Slack checks them; absent ones stay absent. */
export type Content = {
  readonly text?: string;
  readonly blocks?: readonly Json[];
  readonly attachments?: readonly Json[];
  readonly metadata?: Json;
};

const refuseBadBlocks = (blocks: readonly Json[]): void => {
  const problems = checkBlocks(blocks);
  if (problems.length > 0) {
    throw new SlackRefusal(
      'invalid_blocks',
      problems.map(({ message, pointer }) => `[ERROR] ${message} [json-pointer:${pointer}]`),
    );
  }
  if (charactersIn(blocks) > ALL_BLOCKS_CHARACTERS) throw new SlackRefusal('msg_blocks_too_long');
};

const refuseBadAttachments = (attachments: readonly Json[]): void => {
  if (attachments.length > 100) throw new SlackRefusal('too_many_attachments');
  for (const attachment of attachments) {
    if (Array.isArray(attachment.blocks)) refuseBadBlocks(attachment.blocks.filter(isJson));
  }
};

/** Reads and checks text, blocks, attachments and metadata of a Web API call. */
export const contentOf = (args: Json): Content => {
  const blocks = arrayOf(args, 'blocks', 'invalid_blocks_format');
  const attachments = arrayOf(args, 'attachments', 'invalid_attachments');
  const metadata = metadataOf(args);
  if (blocks) refuseBadBlocks(blocks);
  if (attachments) refuseBadAttachments(attachments);
  return {
    ...(args.text === undefined ? {} : { text: str(args, 'text') }),
    ...(blocks ? { blocks } : {}),
    ...(attachments ? { attachments } : {}),
    ...(metadata ? { metadata } : {}),
  };
};

/** How a new message looks with this content; refuses an empty one. */
export const newLook = (content: Content): Look => {
  const { text = '', blocks = [], attachments = [], metadata } = content;
  if (text === '' && blocks.length === 0 && attachments.length === 0) throw new SlackRefusal('no_text');
  return {
    text: text.slice(0, POST_TEXT_CHARACTERS),
    blocks,
    attachments,
    ...(metadata ? { metadata } : {}),
  };
};

const mrkdwnTexts = (value: unknown): readonly Json[] => {
  if (Array.isArray(value)) return value.flatMap(mrkdwnTexts);
  if (!isJson(value)) return [];
  const own = value.type === 'mrkdwn' ? [value] : [];
  return [...own, ...Object.values(value).flatMap(mrkdwnTexts)];
};

const MENTION = /<(?:@[UW][A-Z0-9]+|![a-z]+|!subteam\^[A-Z0-9]+)(?:\|[^>]*)?>/g;
/** Without `verbatim`, "certain mentions will be automatically parsed": https://docs.slack.dev/reference/block-kit/composition-objects/text-object. */
const BARE_MENTION = /(?<![\w/])@(?:channel|here|everyone)\b/g;

/** Whom this look would notify: `<@U…>`, `<!channel>`, and bare `@here` where Slack would parse it. */
export const mentionsIn = (look: Look): readonly string[] => {
  const manual = [
    look.text,
    ...mrkdwnTexts([look.blocks, look.attachments]).map((text) => str(text, 'text')),
  ];
  const preprocessed = mrkdwnTexts([look.blocks, look.attachments]).filter((text) => text.verbatim !== true);
  return [
    ...manual.flatMap((text) => text.match(MENTION) ?? []),
    ...preprocessed.flatMap((text) => str(text, 'text').match(BARE_MENTION) ?? []),
  ];
};

const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

const shownText = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(shownText);
  if (!isJson(value)) return [];
  if (value.type === 'mrkdwn') return [unescaped(str(value, 'text'))];
  if (value.type === 'plain_text' || value.type === 'markdown') return [str(value, 'text')];
  return Object.entries(value).flatMap(([key, item]) => (key === 'confirm' ? [] : shownText(item)));
};

/** What a person reads: all texts of the blocks, or the plain text where there are none. */
export const readable = (look: Look): string => {
  const shown = shownText([look.blocks, look.attachments]);
  return shown.length > 0 ? shown.join('\n') : unescaped(look.text);
};

/** A button as a person sees it. */
export type FakeButton = {
  readonly label: string;
  readonly block_id: string;
  readonly element: Json;
};

/** The buttons of a look, in order; Slack fills in missing block ids. */
export const buttonsIn = (look: Look): readonly FakeButton[] =>
  look.blocks.flatMap((block, index) => {
    const elements = Array.isArray(block.elements) ? block.elements : [block.accessory];
    return elements
      .filter(isJson)
      .filter((element) => element.type === 'button')
      .map((element) => ({
        label: isJson(element.text) ? str(element.text, 'text') : '',
        block_id: str(block, 'block_id') || `b${index}`,
        element,
      }));
  });

/** A message as Slack's API and payloads write it. */
export const wireMessage = (message: FakeMessage, bot: { user: string; id: string }): Json => ({
  type: 'message',
  user: message.author,
  ...(message.by_bot ? { bot_id: bot.id } : {}),
  ts: message.ts,
  text: message.look.text,
  blocks: message.look.blocks.map((block, index) => ({ block_id: `b${index}`, ...block })),
  ...(message.look.attachments.length > 0 ? { attachments: message.look.attachments } : {}),
  ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
  ...(message.files.length > 0
    ? { files: message.files.map(({ id, name, length, title }) => ({ id, name, title, size: length })) }
    : {}),
});
