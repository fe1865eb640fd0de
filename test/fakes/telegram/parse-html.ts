import type { WireEntity } from './wire-types.ts';

/** Text and entities, or the parser's complaint with its byte offset. */
export type ParsedText =
  | { readonly kind: 'text'; readonly text: string; readonly entities: readonly WireEntity[] }
  | { readonly kind: 'broken'; readonly complaint: string };

interface OpenTag {
  readonly name: string;
  readonly argument: string;
  readonly offset: number;
}

const ENTITY_OF_TAG: Readonly<Record<string, string>> = {
  a: 'text_link',
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  u: 'underline',
  ins: 'underline',
  'tg-spoiler': 'spoiler',
  'tg-emoji': 'custom_emoji',
  'tg-time': 'date_time',
  span: 'spoiler',
  pre: 'pre',
  code: 'code',
  blockquote: 'blockquote',
};

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };

const bytes = (text: string): number => Buffer.byteLength(text);

/** Decodes `&lt; &gt; &amp; &quot;` and numeric references; the rest stays as written, as Telegram does. */
export function decodeReferences(text: string): string {
  return text.replace(
    /&#x([0-9a-f]+);?|&#(\d+);?|&(lt|gt|amp|quot)\b;?/gi,
    (whole) => decodeReference(whole) ?? whole,
  );
}

function decodeReference(reference: string): string | undefined {
  const body = reference.replace(/^&|;$/g, '');
  if (!body.startsWith('#')) return NAMED[body];
  const code = body.startsWith('#x') ? Number.parseInt(body.slice(2), 16) : Number(body.slice(1));
  return code > 0 && code < 0x10ffff ? String.fromCodePoint(code) : undefined;
}

function readAttributes(source: string): ReadonlyMap<string, string> | undefined {
  const attributes = new Map<string, string>();
  let rest = source.trim();
  while (rest !== '') {
    const match = /^([^\s=>/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+)))?\s*/.exec(rest);
    if (!match?.[1]) return undefined;
    attributes.set(match[1], decodeReferences(match[2] ?? match[3] ?? match[4] ?? ''));
    rest = rest.slice(match[0].length);
  }
  return attributes;
}

function argumentOf(name: string, attributes: ReadonlyMap<string, string>): string {
  if (name === 'a') return attributes.get('href') ?? '';
  if (name === 'code') return (attributes.get('class') ?? '').replace(/^language-/, '');
  if (name === 'span') return attributes.get('class') ?? '';
  return name === 'blockquote' && attributes.has('expandable') ? 'expandable' : '';
}

/** State of one pass over an HTML text. */
class HtmlPass {
  text = '';
  readonly entities: WireEntity[] = [];
  readonly open: OpenTag[] = [];

  start(inside: string, at: number): string | undefined {
    const name = (/^[^\s>]*/.exec(inside)?.[0] ?? '').toLowerCase();
    if (ENTITY_OF_TAG[name] === undefined) return `Unsupported start tag "${name}" at byte offset ${at}`;
    const attributes = readAttributes(inside.slice(name.length));
    if (!attributes) return `Empty attribute name in the tag "${name}" at byte offset ${at}`;
    const argument = argumentOf(name, attributes);
    if (name === 'span' && argument !== 'tg-spoiler')
      return `Tag "span" must have class "tg-spoiler" at byte offset ${at}`;
    this.open.push({ name, argument, offset: this.text.length });
    return undefined;
  }

  end(inside: string, at: number): string | undefined {
    const tag = this.open.pop();
    if (!tag) return `Unexpected end tag at byte offset ${at}`;
    const name = inside.slice(1).trim().toLowerCase();
    if (name !== '' && name !== tag.name)
      return `Unmatched end tag at byte offset ${at}, expected "</${tag.name}>", found "</${name}>"`;
    if (this.text.length > tag.offset) this.add(tag);
    return undefined;
  }

  private add(tag: OpenTag): void {
    const place = { offset: tag.offset, length: this.text.length - tag.offset };
    const type = tag.argument === 'expandable' ? 'expandable_blockquote' : (ENTITY_OF_TAG[tag.name] ?? '');
    const last = this.entities.at(-1);
    const wraps = last !== undefined && last.offset === place.offset && last.length === place.length;
    if (tag.name === 'pre' && wraps && last.type === 'code') {
      this.entities[this.entities.length - 1] = { ...last, type: 'pre' };
      return;
    }
    const extra = tag.name === 'a' ? { url: tag.argument || this.text.slice(tag.offset) } : {};
    const language = tag.name === 'code' && tag.argument !== '' ? { language: tag.argument } : {};
    this.entities.push({ type, ...place, ...extra, ...language });
  }
}

/** Telegram's HTML parse mode with the complaints of tdlib's `parse_html` (td/telegram/MessageEntity.cpp). */
export function parseHtml(html: string): ParsedText {
  const pass = new HtmlPass();
  const complaint = passOver(html, pass);
  if (complaint !== undefined) return { kind: 'broken', complaint };
  const left = pass.open.at(-1);
  return left
    ? { kind: 'broken', complaint: `Can't find end tag corresponding to start tag "${left.name}"` }
    : trimmed(pass.text, pass.entities);
}

function passOver(html: string, pass: HtmlPass): string | undefined {
  let at = 0;
  for (let next = html.indexOf('<'); next !== -1; next = html.indexOf('<', at)) {
    pass.text += decodeReferences(html.slice(at, next));
    const offset = bytes(html.slice(0, next));
    const close = html.indexOf('>', next);
    if (close === -1) return `Unclosed start tag at byte offset ${offset}`;
    const inside = html.slice(next + 1, close);
    const complaint = inside.startsWith('/') ? pass.end(inside, offset) : pass.start(inside, offset);
    if (complaint !== undefined) return complaint;
    at = close + 1;
  }
  pass.text += decodeReferences(html.slice(at));
  return undefined;
}

/** Leading and trailing blanks are cut as Telegram does, entities move with the text. */
function trimmed(text: string, entities: readonly WireEntity[]): ParsedText {
  const lead = text.length - text.trimStart().length;
  const kept = text.trim();
  const moved = entities
    .map((entity) => {
      const from = Math.max(0, entity.offset - lead);
      const to = Math.min(kept.length, entity.offset + entity.length - lead);
      return { ...entity, offset: from, length: to - from };
    })
    .filter((entity) => entity.length > 0)
    .sort((one, other) => one.offset - other.offset || other.length - one.length);
  return { kind: 'text', text: kept, entities: moved };
}
