import { type CallWord, literalEre, type Part, partsEre, type Shape, type Varying } from './call-words.ts';

/** Whom a line lets do something, and what the target has. */
export interface SudoersFor {
  readonly user: string;
  /** Full paths by name, as found on the target. */
  readonly programs: ReadonlyMap<string, string>;
  /** `1.9.13p3`. */
  readonly sudoVersion: string;
}

/** Words that differ from call to call: how they look, and as sudo's regular expressions and its older wildcards write them. */
const VARYING: Readonly<
  Record<Varying, { readonly like: RegExp; readonly regex: string; readonly glob: string }>
> = {
  number: { like: /^\d+$/, regex: '[0-9]+', glob: '[0-9]*' },
  since: { like: /^@[\d.]+$/, regex: '@[0-9.]+', glob: '@[0-9]*' },
  time: { like: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/, regex: '[0-9TZ:.-]+', glob: '[0-9]*' },
  // No word shows by itself that it is one.
  image: { like: /^(?!)/, regex: '[a-zA-Z0-9]([a-zA-Z0-9._/:@-]+)?', glob: '[a-zA-Z0-9]*' },
};

const KINDS: readonly Varying[] = ['number', 'since', 'time'];

const ordinal = (version: string): number => {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.p]/).map(Number);
  return major * 1e6 + minor * 1e3 + patch;
};

/** Since 1.9.10 sudoers may hold regular expressions: https://www.sudo.ws/docs/man/sudoers.man/#Regular_expressions */
export const knowsRegularExpressions = (version: string): boolean => ordinal(version) >= 1_009_010;

/** Since 1.9.3 a line may name the folder the program runs in: https://www.sudo.ws/docs/man/sudoers.man/#CWD */
export const knowsFolders = (version: string): boolean => ordinal(version) >= 1_009_003;

/** Longest expression that sudo takes: https://www.sudo.ws/docs/man/sudoers.man/#Regular_expressions */
const LONGEST = 1_024;

/**
 * A word as sudoers and then fnmatch(3) read it. A line end cannot stand in the file: any other character like it passes,
 * too. https://www.sudo.ws/docs/man/sudoers.man/#Other_special_characters_and_reserved_words
 */
const written = (word: string): string =>
  word
    .replace(/\\/g, '\\\\\\\\')
    .replace(/[,:=*?[\]!# \t^]/g, '\\$&')
    .replace(/[\n\r]/g, '[[\\:cntrl\\:]]');

/** Words as sudo joins them: an empty one leaves two spaces, of which the reader of the file would make one. */
function joined(words: readonly string[]): string {
  let line = '';
  for (const [index, word] of words.entries()) {
    const isAfterEmpty = index > 0 && words[index - 1] === '';
    const gap = index === 0 ? '' : isAfterEmpty || (word === '' && index === words.length - 1) ? '\\ ' : ' ';
    line += `${gap}${written(word)}`;
  }
  return line;
}

const escaped = (text: string): string => literalEre(text).replace(/[\n\r]/g, '[[:cntrl:]]');

const regular = (word: CallWord): string => {
  if (typeof word === 'string') return escaped(word);
  if ('varies' in word) return VARYING[word.varies].regex;
  return word.parts.map((part) => (typeof part === 'string' ? escaped(part) : partsEre([part]))).join('');
};

/** Characters that end no word and mean nothing to any shell. */
const HARMLESS = /^[A-Za-z0-9_.,:@%+=/-]$/;

const shapesIn = (words: readonly CallWord[]): readonly Shape[] =>
  words.flatMap((word) =>
    typeof word === 'object' && 'parts' in word
      ? word.parts.filter((part: Part): part is Shape => typeof part === 'object')
      : [],
  );

const MOST_LINES = 64;

const hasShape = (word: CallWord): word is { readonly parts: readonly Part[] } =>
  typeof word === 'object' && 'parts' in word;

/** Whether an expression may say this: the host's sudo knows them, and it is not too long for it. */
const takesExpression = (args: readonly CallWord[], version: string): boolean =>
  knowsRegularExpressions(version) && args.map(regular).join(' ').length + 2 <= LONGEST;

/** Every way to write each shape; a parameter that stands in several places is the same in all of them. */
function spellings(shapes: readonly Shape[]): readonly ReadonlyMap<Shape, string>[] {
  const count = shapes.reduce((all, { globs = [] }) => all * globs.length, 1);
  if (count > MOST_LINES) return [];
  return shapes.reduce<readonly ReadonlyMap<Shape, string>[]>(
    (all, shape) => all.flatMap((one) => (shape.globs ?? []).map((glob) => new Map([...one, [shape, glob]]))),
    [new Map()],
  );
}

/** The same words in every way that is needed without an expression; none where there is none, or too many. */
function globLines(args: readonly CallWord[]): readonly string[] {
  if (args.includes('')) return [];
  return spellings([...new Set(shapesIn(args))]).map((spelling) =>
    args
      .map((word) => {
        if (typeof word === 'string') return written(word);
        if ('varies' in word) return VARYING[word.varies].glob;
        return word.parts
          .map((part) => (typeof part === 'string' ? written(part) : (spelling.get(part) ?? '')))
          .join('');
      })
      .join(' '),
  );
}

/**
 * Why no line of sudoers says this narrowly; undefined where one does. To sudo the words are one text with spaces: what
 * may hold a space, or a character of the shell beside a script, would let another command pass.
 */
export function whyUnwritable(
  [name = '', ...args]: readonly CallWord[],
  version: string,
): string | undefined {
  if (typeof name !== 'string') return 'its program itself varies';
  const odd = shapesIn(args).flatMap(({ of }) => [...of].filter((one) => !HARMLESS.test(one)));
  if (odd.length > 0)
    return `a word of it may hold ${odd.includes(' ') ? 'spaces' : odd.slice(0, 5).join(' ')}`;
  if (!args.some(hasShape) || takesExpression(args, version) || globLines(args).length > 0) return undefined;
  return knowsRegularExpressions(version)
    ? `sudo takes expressions of at most ${LONGEST} characters`
    : `a word of it varies, and sudo ${version} knows no regular expressions (1.9.10 does)`;
}

/** What the lines for a call leave out, where they are not one expression. */
export function lacking([, ...args]: readonly CallWord[], version: string): readonly string[] {
  if (!args.some(hasShape) || takesExpression(args, version)) return [];
  return [...new Set(shapesIn(args).flatMap(({ lacks }) => lacks ?? []))];
}

function argumentsOf(args: readonly CallWord[], version: string): readonly string[] {
  const fixed = args.filter((word) => typeof word === 'string');
  if (fixed.length === args.length) return [fixed.length === 0 ? '' : joined(fixed)];
  return takesExpression(args, version) ? [`^${args.map(regular).join(' ')}$`] : globLines(args);
}

/** Whom a line makes somebody, and its options and tags as sudoers has them. */
export interface SudoersAs {
  /** Account; absent = root. */
  readonly runAs?: string | undefined;
  readonly options?: string;
}

/** The lines of sudoers that let an account run a program with exactly these words: mostly one. */
export function sudoersRules(
  [name = '', ...args]: readonly CallWord[],
  at: SudoersFor,
  { runAs = 'root', options = 'NOPASSWD:' }: SudoersAs = {},
): readonly string[] {
  if (typeof name !== 'string') throw new Error('a program varies, which no line of sudoers can say');
  const program = written(at.programs.get(name) ?? name);
  return argumentsOf(args, at.sudoVersion).map((words) =>
    `${at.user} ALL=(${runAs}) ${options} ${program} ${words}`.trim(),
  );
}

const guessed = (word: string): CallWord => {
  const varies = KINDS.find((kind) => VARYING[kind].like.test(word));
  return varies === undefined ? word : { varies };
};

/** The same for a call as it was refused: any number, time and image asked for may be another one. */
export function sudoersLine([name = '', ...args]: readonly string[], at: SudoersFor): string {
  const isImage = args[0] === 'image' && args[1] === 'inspect';
  const words = args.map((word, index) =>
    isImage && index === args.length - 1 ? ({ varies: 'image' } as const) : guessed(word),
  );
  return sudoersRules([name, ...words], at)[0] ?? '';
}
