const HEADER_BYTES = 8;

/** Whether a log comes in frames: each is headed by its stream (0 to 2), three zeros and a length. */
const isFramed = (bytes: Buffer): boolean =>
  bytes.length >= 4 && (bytes[0] ?? 9) <= 2 && bytes[1] === 0 && bytes[2] === 0 && bytes[3] === 0;

/**
 * Takes the frame headers out of a container's log; stdout and stderr stay in the order the engine wrote them.
 * A log without frames (the container has a terminal) comes through as it is.
 * https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
 */
export async function* withoutFrames(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Buffer = Buffer.alloc(0);
  let framed: boolean | undefined;
  /** Bytes of the present frame's content still to come. */
  let open = 0;
  for await (const chunk of stream) {
    waiting = Buffer.concat([waiting, chunk]);
    if (framed === undefined && waiting.length < HEADER_BYTES) continue;
    framed ??= isFramed(waiting);
    if (!framed) {
      yield waiting;
      waiting = Buffer.alloc(0);
      continue;
    }
    const read = readFrames(waiting, open);
    yield* read.contents;
    ({ rest: waiting, open } = read);
  }
  if (framed !== true && waiting.length > 0) yield waiting;
}

function readFrames(
  bytes: Buffer,
  openBefore: number,
): { readonly contents: readonly Buffer[]; readonly rest: Buffer; readonly open: number } {
  const contents: Buffer[] = [];
  let open = openBefore;
  let at = 0;
  for (;;) {
    const take = Math.min(open, bytes.length - at);
    if (take > 0) contents.push(bytes.subarray(at, at + take));
    at += take;
    open -= take;
    if (open > 0 || bytes.length - at < HEADER_BYTES)
      return { contents, rest: Buffer.from(bytes.subarray(at)), open };
    open = bytes.readUInt32BE(at + 4);
    at += HEADER_BYTES;
  }
}
