import { anyOf, PRINTED, type Shape } from './call-words.ts';

/** A piece of an expression, as it is written and what it may hold. */
interface Piece {
  readonly ere: string;
  readonly of: ReadonlySet<string>;
  readonly canBeEmpty: boolean;
  /** Whether a dash may be its first character. */
  readonly mayDash: boolean;
}

class Unwritable extends Error {}

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

const oneCharacter = (of: ReadonlySet<string>): Piece => {
  if (of.size === 0) throw new Unwritable('it holds a character that is not printed ASCII');
  return { ere: anyOf(of), of, canBeEmpty: false, mayDash: of.has('-') };
};

const both = (one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...one, ...other]);

const NOTHING: Piece = { ere: '', of: new Set(), canBeEmpty: true, mayDash: false };

const then = (first: Piece, second: Piece): Piece => ({
  ere: `${first.ere}${second.ere}`,
  of: both(first.of, second.of),
  canBeEmpty: first.canBeEmpty && second.canBeEmpty,
  mayDash: first.mayDash || (first.canBeEmpty && second.mayDash),
});

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
    const written = all.filter(({ ere }) => ere !== '');
    const hasEmpty = written.length < all.length;
    return {
      ere: `(${written.map(({ ere }) => ere).join('|')})${hasEmpty ? '?' : ''}`,
      of: new Set(all.flatMap(({ of }) => [...of])),
      canBeEmpty: all.some(({ canBeEmpty }) => canBeEmpty),
      mayDash: all.some(({ mayDash }) => mayDash),
    };
  }

  #sequence(): Piece {
    let all = NOTHING;
    while (this.#at < this.#text.length && !'|)$'.includes(this.#text[this.#at] ?? ''))
      all = then(all, this.#repeated(this.#atom()));
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
    const isOne = /^(?:[^\\([]|\\.|\[[^\]]*\]|\([^()]*\))$/.test(piece.ere);
    return {
      ...piece,
      ere: `${isOne ? piece.ere : `(${piece.ere})`}${times}`,
      canBeEmpty: piece.canBeEmpty || /^(?:[*?]|\{0)/.test(times),
    };
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
    return inner.ere === '' ? NOTHING : { ...inner, ere: `(${inner.ere})` };
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

/** Whatever is printed; `why` says what could not be written more narrowly. */
const anything = (why: string): Shape => ({
  ere: `${anyOf(new Set(PRINTED))}{1,${LONGEST}}`,
  of: new Set(PRINTED),
  mayDash: true,
  widened: why,
});

/** An RE2 pattern of the settings as POSIX has it, for printed ASCII; what cannot be written becomes anything printed. */
export function patternShape(pattern: string): Shape {
  try {
    const { ere, of, mayDash } = new Reader(pattern).whole();
    return { ere: `(${ere})`, of, mayDash };
  } catch (error) {
    if (!(error instanceof Unwritable)) throw error;
    return anything(`${error.message} of the pattern ${pattern} cannot be written here`);
  }
}
