import { createHash, type Hash } from 'node:crypto';
import { type Clipped, joinEnds } from '../domain/clip.ts';

/** Bytes a login shell may print before a script's first line; beyond that only the last are kept. */
const PREAMBLE_BYTES = 65_536;

/** Keeps the head and the tail of what is pushed, in memory bounded by the cap, however much comes. */
class KeptEnds {
  readonly #half: number;
  #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #dropped = 0;
  /** Of everything; from the moment on when something is dropped. */
  #hash: Hash | undefined;

  constructor(capBytes: number) {
    this.#half = Math.ceil(capBytes / 2);
  }

  push(chunk: Buffer): void {
    this.#hash?.update(chunk);
    const room = Math.min(this.#half - this.#headBytes, chunk.length);
    if (room > 0) {
      this.#head.push(chunk.subarray(0, room));
      this.#headBytes += room;
    }
    if (chunk.length === room) return;
    this.#tail.push(chunk.subarray(room));
    this.#tailBytes += chunk.length - room;
    // Joined only when it has doubled, so that many small chunks cost no more than their bytes.
    if (this.#tailBytes > this.#half * 2 + PREAMBLE_BYTES) this.#shorten();
  }

  read(): Clipped {
    if (this.#tailBytes > this.#half) this.#shorten();
    const head = Buffer.concat(this.#head);
    const tail = Buffer.concat(this.#tail);
    if (this.#dropped > 0) return joinEnds(head, tail, this.#dropped);
    return { text: Buffer.concat([head, tail]).toString('utf8'), truncated: false };
  }

  /** sha256 of everything that was pushed. */
  sha256(): string {
    return (this.#hash?.copy() ?? this.#hashKept()).digest('hex');
  }

  #hashKept(): Hash {
    const hash = createHash('sha256');
    for (const chunk of [...this.#head, ...this.#tail]) hash.update(chunk);
    return hash;
  }

  #shorten(): void {
    this.#hash ??= this.#hashKept();
    const joined = Buffer.concat(this.#tail);
    // A copy: a view would hold the whole of what was joined.
    const kept = Buffer.from(joined.subarray(Math.max(0, joined.length - this.#half)));
    this.#dropped += joined.length - kept.length;
    this.#tail = [kept];
    this.#tailBytes = kept.length;
  }
}

/**
 * One output of a script: the lines that begin with its mark are the script's own, what came before is a login shell's
 * chatter, what follows is the program's.
 */
export class MarkedOutput {
  readonly #mark: Buffer;
  readonly #kept: KeptEnds;
  readonly #lines: string[] = [];
  #waiting = Buffer.alloc(0);
  #preamble = '';
  #inProgram = false;

  constructor(mark: string, capBytes: number) {
    this.#mark = Buffer.from(mark);
    this.#kept = new KeptEnds(capBytes);
  }

  push(chunk: Buffer): void {
    if (this.#inProgram) {
      this.#kept.push(chunk);
      return;
    }
    this.#waiting = Buffer.concat([this.#waiting, chunk]);
    while (this.#takeLine());
  }

  /** What stood after the mark in each of the script's own lines, in order. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** What a login shell printed before the script began. */
  get preamble(): string {
    return this.#lines.length > 0 ? this.#preamble : this.#waiting.toString('utf8');
  }

  /** What the program printed. */
  read(): Clipped {
    if (!this.#inProgram && this.#lines.length > 0) this.#beginProgram();
    return this.#kept.read();
  }

  /** sha256 of all that the program printed, also of what was not kept. */
  sha256(): string {
    if (!this.#inProgram && this.#lines.length > 0) this.#beginProgram();
    return this.#kept.sha256();
  }

  /** Takes one of the script's own lines off the front; false when more bytes must come first, or none is left. */
  #takeLine(): boolean {
    const first = this.#lines.length === 0;
    const at = first ? this.#waiting.indexOf(this.#mark) : 0;
    if (first && at === -1) {
      this.#waiting = this.#waiting.subarray(Math.max(0, this.#waiting.length - PREAMBLE_BYTES));
      return false;
    }
    if (!first && !this.#mayBeLine()) {
      this.#beginProgram();
      return false;
    }
    const end = this.#waiting.indexOf('\n', at);
    if (end === -1 || this.#waiting.length < at + this.#mark.length) return false;
    if (first) this.#preamble = this.#waiting.subarray(0, at).toString('utf8');
    this.#lines.push(
      this.#waiting
        .subarray(at + this.#mark.length, end)
        .toString('utf8')
        .trim(),
    );
    this.#waiting = this.#waiting.subarray(end + 1);
    return this.#waiting.length > 0;
  }

  #mayBeLine(): boolean {
    const compared = Math.min(this.#waiting.length, this.#mark.length);
    return this.#waiting.subarray(0, compared).equals(this.#mark.subarray(0, compared));
  }

  #beginProgram(): void {
    this.#inProgram = true;
    this.#kept.push(this.#waiting);
    this.#waiting = Buffer.alloc(0);
  }
}

/** Removes the halves of characters that cutting on the target left on either side of the gap. */
export const mendGap = (text: string): string =>
  text.replace(/\uFFFD{0,3}\n(\[\.\.\. [\w ]+ \.\.\.\]\n)\uFFFD{0,3}/, '\n$1');
