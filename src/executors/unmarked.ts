import { Transform, type TransformCallback } from 'node:stream';

/** Bytes a login shell may print before the script's line; beyond that only the last are kept. */
const PREAMBLE_BYTES = 65_536;

const LINE_FEED = 10;
const NOTHING = Buffer.alloc(0);

/** Lets a program's bytes through and takes out what stands before them: a login shell's chatter and the script's own line. */
export class Unmarked extends Transform {
  readonly #mark: Buffer;
  #waiting: Buffer = NOTHING;
  #line: string | undefined;
  #preamble = '';
  readonly #begun = Promise.withResolvers<void>();

  constructor(mark: string) {
    super();
    this.#mark = Buffer.from(mark);
  }

  /** What stood after the mark; undefined as long as it has not come. */
  get line(): string | undefined {
    return this.#line;
  }

  /** What a login shell printed before the script began. */
  get preamble(): string {
    return this.#line === undefined ? this.#waiting.toString('utf8') : this.#preamble;
  }

  /** Resolves when the script's line has come, or nothing can come any more. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#begun.resolve();
    done(error);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const rest = this.#line === undefined ? this.#behindLine(chunk) : chunk;
    done(null, rest.length === 0 ? undefined : rest);
  }

  /** What follows the script's line, once that has come. */
  #behindLine(chunk: Buffer): Buffer {
    this.#waiting = Buffer.concat([this.#waiting, chunk]);
    const at = this.#waiting.indexOf(this.#mark);
    const end = at === -1 ? -1 : this.#waiting.indexOf(LINE_FEED, at);
    if (at === -1) this.#waiting = this.#waiting.subarray(-PREAMBLE_BYTES);
    if (end === -1) return NOTHING;
    this.#preamble = this.#waiting.subarray(0, at).toString('utf8');
    this.#line = this.#waiting
      .subarray(at + this.#mark.length, end)
      .toString('utf8')
      .trim();
    const rest = this.#waiting.subarray(end + 1);
    this.#waiting = NOTHING;
    this.#begun.resolve();
    return rest;
  }
}
