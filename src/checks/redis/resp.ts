import type { Socket } from 'node:net';

/** An answer of a Redis: https://redis.io/docs/latest/develop/reference/protocol-spec/ (RESP2). */
export type Reply =
  | { readonly kind: 'text'; readonly text: string }
  /** `WRONGPASS invalid username-password pair …` */
  | { readonly kind: 'error'; readonly text: string };

/** Bytes of an answer that are taken; INFO has a few thousand. */
const CAP_BYTES = 256 * 1_024;

/** Writes one command as an array of bulk strings. */
export const encode = (words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

/** The first whole answer in these bytes and how long it is; undefined where it is not all there. */
export function decode(bytes: Buffer): { readonly reply: Reply; readonly length: number } | undefined {
  const end = bytes.indexOf('\r\n');
  if (end < 0) return undefined;
  const line = bytes.toString('utf8', 1, end);
  const mark = String.fromCharCode(bytes[0] ?? 0);
  if (mark === '+' || mark === ':') return { reply: { kind: 'text', text: line }, length: end + 2 };
  if (mark === '-') return { reply: { kind: 'error', text: line }, length: end + 2 };
  const size = Number(line);
  if (mark !== '$' || !Number.isInteger(size) || size > CAP_BYTES) throw new Error('no Redis answers there');
  if (size < 0) return { reply: { kind: 'text', text: '' }, length: end + 2 };
  if (bytes.length < end + 2 + size + 2) return undefined;
  return {
    reply: { kind: 'text', text: bytes.toString('utf8', end + 2, end + 2 + size) },
    length: end + size + 4,
  };
}

/** Sends commands all at once and gives their answers in order; rejects when the connection ends before. */
export async function converse(
  socket: Socket,
  commands: readonly (readonly string[])[],
): Promise<readonly Reply[]> {
  socket.write(commands.map(encode).join(''));
  const replies: Reply[] = [];
  let rest = Buffer.alloc(0);
  for await (const chunk of socket) {
    rest = Buffer.concat([rest, Buffer.from(chunk)]);
    for (let found = decode(rest); found !== undefined; found = decode(rest)) {
      replies.push(found.reply);
      rest = rest.subarray(found.length);
    }
    if (replies.length >= commands.length) return replies;
    if (rest.length > CAP_BYTES) throw new Error('no Redis answers there');
  }
  throw new Error('the connection was closed before it answered');
}
