import { anyOf, PRINTED, type Shape } from './call-words.ts';
import {
  alternatives,
  followed,
  grouped,
  NOTHING,
  oneCharacter,
  type Piece,
  repeat,
  Unwritable,
} from './pattern-piece.ts';

const CLASSES: Readonly<Record<string, RegExp>> = {
  d: /[0-9]/,
  D: /[^0-9]/,
  w: /[A-Za-z0-9_]/,
  W: /[^A-Za-z0-9_]/,
  s: / /,
  S: /[^ ]/,
};

const NAMED: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  xdigit: /[0-9A-Fa-f]/,
  punct: /[!-/:-@[-`{-~]/,
  word: /[A-Za-z0-9_]/,
};

/** sudo takes no count beyond this in braces: https://www.sudo.ws/docs/man/sudoers.man/#Regular_expressions */
const MOST_TIMES = 255;

const like = (pattern: RegExp): ReadonlySet<string> => new Set(PRINTED.filter((one) => pattern.test(one)));

/** Reads what people write of RE2, as far as POSIX can say the same of printed ASCII. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  #takes(what: string): boolean {
    if (!this.#text.startsWith(what, this.#at)) return false;
    this.#at += what.length;
    return true;
  }

  #next(): string {
    const one = this.#text[this.#at];
    if (one === undefined) throw new Unwritable('it ends too early');
    this.#at += 1;
    return one;
  }

  whole(): Piece {
    this.#takes('^');
    const all = this.#choices();
    this.#takes('$');
    if (this.#at < this.#text.length) throw new Unwritable(`"${this.#text.slice(this.#at, this.#at + 10)}"`);
    return all;
  }

  #choices(): Piece {
    const all = [this.#sequence()];
    while (this.#takes('|')) all.push(this.#sequence());
    const [only, second] = all;
    if (only !== undefined && second === undefined) return only;
    const undashed = all.map((one) => one.undashed);
    return {
      ere: alternatives(all.map(({ ere }) => ere)),
      of: new Set(all.flatMap(({ of }) => [...of])),
      canBeEmpty: all.some(({ canBeEmpty }) => canBeEmpty),
      undashed: undashed.every((one) => one !== undefined) ? alternatives(undashed) : undefined,
      globs: all.every(({ globs }) => globs.length > 0) ? all.flatMap(({ globs }) => globs) : [],
    };
  }

  #sequence(): Piece {
    let all = NOTHING;
    while (this.#at < this.#text.length && !'|)$'.includes(this.#text[this.#at] ?? ''))
      all = followed(all, this.#repeated(this.#atom()));
    return all;
  }

  #repeated(piece: Piece): Piece {
    const [times] = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(this.#text.slice(this.#at)) ?? [];
    if (times === undefined) return piece;
    this.#at += times.length;
    this.#takes('?');
    if ((times.match(/\d+/g) ?? []).some((count) => Number(count) > MOST_TIMES))
      throw new Unwritable(`more than ${MOST_TIMES} times`);
    if (piece.ere === '') throw new Unwritable('nothing is repeated');
    return repeat(piece, times);
  }

  #atom(): Piece {
    const one = this.#next();
    if (one === '(') return this.#group();
    if (one === '[') return oneCharacter(this.#set());
    if (one === '.') return oneCharacter(new Set(PRINTED));
    if (one === '\\') return oneCharacter(this.#escaped());
    if ('^$*+?'.includes(one)) throw new Unwritable(`"${one}" in its middle`);
    return oneCharacter(new Set(PRINTED.filter((each) => each === one)));
  }

  #group(): Piece {
    if (this.#takes('?') && !this.#takes(':')) throw new Unwritable('"(?"');
    const inner = this.#choices();
    if (!this.#takes(')')) throw new Unwritable('"$" in its middle');
    if (inner.ere === '') return NOTHING;
    const { undashed } = inner;
    return {
      ...inner,
      ere: `(${inner.ere})`,
      undashed: undashed === undefined ? undefined : `(${undashed})`,
    };
  }

  #escaped(): ReadonlySet<string> {
    const one = this.#next();
    const known = CLASSES[one];
    if (known !== undefined) return like(known);
    if (/[A-Za-z0-9]/.test(one)) throw new Unwritable(`"\\${one}"`);
    return new Set([one]);
  }

  #set(): ReadonlySet<string> {
    const isNot = this.#takes('^');
    const found = new Set<string>();
    let isFirst = true;
    while (isFirst || !this.#takes(']')) {
      for (const one of this.#member()) found.add(one);
      isFirst = false;
    }
    return isNot ? new Set(PRINTED.filter((one) => !found.has(one))) : found;
  }

  #member(): ReadonlySet<string> {
    const [whole, name = ''] = /^\[:(\w+):\]/.exec(this.#text.slice(this.#at)) ?? [];
    if (whole !== undefined) {
      this.#at += whole.length;
      const known = NAMED[name];
      if (known === undefined) throw new Unwritable(`"${whole}"`);
      return like(known);
    }
    const from = this.#takes('\\') ? this.#escaped() : new Set([this.#next()]);
    const goesOn = this.#text[this.#at] === '-' && this.#text[this.#at + 1] !== ']';
    if (from.size !== 1 || !goesOn) return from;
    this.#next();
    const to = this.#takes('\\') ? this.#escaped() : new Set([this.#next()]);
    const [low = '', high = ''] = [[...from][0], [...to][0]];
    if (to.size !== 1) throw new Unwritable('a range to a class');
    return new Set(PRINTED.filter((one) => one >= low && one <= high));
  }
}

/** Values are no longer than this. */
const LONGEST = 200;

const PRINTED_SET = new Set(PRINTED);

/** Whatever is printed; `why` says what could not be written more narrowly. */
const anything = (why: string): Shape => ({
  ere: `${anyOf(new Set(PRINTED.slice(1).filter((one) => one !== '-')))}${anyOf(PRINTED_SET)}{0,${LONGEST - 1}}`,
  of: PRINTED_SET,
  widened: why,
});

/**
 * An RE2 pattern of the settings as POSIX has it, for printed ASCII and without a dash at its beginning, which no value may
 * have; what cannot be written becomes anything printed.
 */
export function patternShape(pattern: string): Shape {
  try {
    const { undashed, of, globs } = new Reader(pattern).whole();
    if (undashed === undefined) throw new Unwritable('the beginning');
    return { ere: grouped(undashed), of, globs: globs.filter((one) => one !== '') };
  } catch (error) {
    if (!(error instanceof Unwritable)) throw error;
    return anything(`${error.message} of the pattern ${pattern} cannot be written here`);
  }
}
