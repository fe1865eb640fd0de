/** A text cut to a size, and whether anything was cut. */
export interface Clipped {
  readonly text: string;
  readonly truncated: boolean;
}

/** Keeps head and tail of bytes within a cap, says in between how much is missing, and breaks no character. */
export function clipBytes(bytes: Uint8Array, capBytes: number): Clipped {
  if (bytes.length <= capBytes) return { text: text(bytes), truncated: false };
  const half = Math.floor(capBytes / 2);
  return joinEnds(bytes.subarray(0, half), bytes.subarray(bytes.length - half), bytes.length - 2 * half);
}

/** Reads a stream to its end in bounded memory, keeping its head and tail as {@link clipBytes} does. */
export async function clipStream(stream: AsyncIterable<Uint8Array>, capBytes: number): Promise<Clipped> {
  const half = Math.floor(capBytes / 2);
  let head = Buffer.alloc(0);
  let tail: Uint8Array[] = [];
  let tailBytes = 0;
  let dropped = 0;
  for await (const chunk of stream) {
    const room = Math.max(0, half - head.length);
    if (room > 0) head = Buffer.concat([head, chunk.subarray(0, room)]);
    if (chunk.length <= room) continue;
    tail.push(chunk.subarray(room));
    tailBytes += chunk.length - room;
    // Joined only when it has doubled, so that many small chunks cost no more than their bytes.
    if (tailBytes <= capBytes * 2) continue;
    const joined = Buffer.concat(tail);
    dropped += joined.length - capBytes;
    tail = [joined.subarray(joined.length - capBytes)];
    tailBytes = capBytes;
  }
  if (dropped === 0) return clipBytes(Buffer.concat([head, ...tail]), capBytes);
  const end = Buffer.concat(tail);
  return joinEnds(head, end.subarray(end.length - half), dropped + end.length - half);
}

const text = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

/** Joins the kept ends of an output whose `missing` bytes in between were dropped; breaks no character. */
export function joinEnds(head: Uint8Array, tail: Uint8Array, missing: number): Clipped {
  const found = tail.findIndex((byte) => !isContinuation(byte));
  const from = found === -1 ? tail.length : found;
  const end = lastWhole(head);
  const cut = missing + from + (head.length - end);
  const parts = [text(head.subarray(0, end)), `\n… ${cut} bytes left out …\n`, text(tail.subarray(from))];
  return { text: parts.join(''), truncated: true };
}

const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80;

/** How many bytes a UTF-8 character has that begins with this one. */
function characterBytes(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

/** How many bytes of a head are whole UTF-8 characters. */
function lastWhole(head: Uint8Array): number {
  const start = head.findLastIndex((byte) => !isContinuation(byte));
  if (start === -1) return head.length;
  return start + characterBytes(head[start] ?? 0) > head.length ? start : head.length;
}
