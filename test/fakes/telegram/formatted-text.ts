import { parseHtml } from './parse-html.ts';
import { objectOf, textOf } from './request-body.ts';
import { type CallArguments, type Refusal, refuse, type WireEntity } from './wire-types.ts';

/** Text after entity parsing, with what the server finds by itself (mentions, commands, links). */
export interface FormattedText {
  readonly text: string;
  readonly entities: readonly WireEntity[];
  /** As sent, when the parse mode was HTML. */
  readonly html?: string;
}

/** The raw text may have 32 KiB before parsing (Client.cpp, get_formatted_text). */
const MAX_RAW_BYTES = 1 << 15;
const MAX_ENTITIES = 100;

/** Reads `text` or `caption` with its parse mode. */
export function readFormatted(args: CallArguments, field: 'text' | 'caption'): FormattedText | Refusal {
  const raw = textOf(args.values[field]);
  if (Buffer.byteLength(raw) > MAX_RAW_BYTES) return refuse(400, 'Bad Request: text is too long');
  if (!raw.isWellFormed()) return refuse(400, 'Bad Request: strings must be encoded in UTF-8');
  const mode = textOf(args.values.parse_mode).toLowerCase();
  if (mode === 'html') {
    const parsed = parseHtml(raw);
    if (parsed.kind === 'broken')
      return refuse(400, `Bad Request: can't parse entities: ${parsed.complaint}`);
    return { text: parsed.text, entities: completed(parsed.text, parsed.entities), html: raw };
  }
  if (mode !== '' && mode !== 'none') return refuse(400, 'Bad Request: unsupported parse_mode');
  const given = objectOf(args.values[field === 'text' ? 'entities' : 'caption_entities']);
  const text = raw.trim();
  return { text, entities: completed(text, Array.isArray(given) ? given : []) };
}

const FOUND_BY_SERVER: readonly (readonly [string, RegExp])[] = [
  ['mention', /(?<![\p{L}\p{N}_])@[A-Za-z0-9_]{2,32}(?![\p{L}\p{N}_])/gu],
  ['bot_command', /(?<![\p{L}\p{N}_/<>])\/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\p{L}\p{N}_/])/gu],
  ['url', /(?:https?:\/\/|tg:\/\/)[^\s<>]+/g],
  ['email', /[\w.+-]+@[\w-]+\.[\w.]+/g],
];

/** Adds what the server detects outside of code and links; more than 100 entities are dropped in silence. */
export function completed(text: string, given: readonly WireEntity[]): readonly WireEntity[] {
  const taken = given.filter((one) => ['code', 'pre', 'text_link'].includes(one.type));
  const found = FOUND_BY_SERVER.flatMap(([type, pattern]) =>
    [...text.matchAll(pattern)].map((match) => ({ type, offset: match.index, length: match[0].length })),
  ).filter((one) => !taken.some((other) => overlaps(one, other)));
  return [...given, ...found].sort((one, other) => one.offset - other.offset).slice(0, MAX_ENTITIES);
}

function overlaps(one: WireEntity, other: WireEntity): boolean {
  return one.offset < other.offset + other.length && other.offset < one.offset + one.length;
}

/** Length as tdlib counts it for bots: code points (MessageContent.cpp, utf8_length). */
export function lengthOf(text: string): number {
  return [...text].length;
}
