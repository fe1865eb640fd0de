import { sudoersWord } from '../executors/receipt-sudo.ts';
import type { CallWord, Varying } from './target-calls.ts';

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

const literal = (word: string): string => word.replace(/[.*+?^${}()|[\]\\#]/g, '\\$&');

const ordinal = (version: string): number => {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.p]/).map(Number);
  return major * 1e6 + minor * 1e3 + patch;
};

/** Since 1.9.10 sudoers may hold regular expressions: https://www.sudo.ws/docs/man/sudoers.man/#Regular_expressions */
export const knowsRegularExpressions = (version: string): boolean => ordinal(version) >= 1_009_010;

/** Since 1.9.3 a line may name the folder the program runs in: https://www.sudo.ws/docs/man/sudoers.man/#CWD */
export const knowsFolders = (version: string): boolean => ordinal(version) >= 1_009_003;

function written(args: readonly CallWord[], version: string): string {
  if (args.every((word) => typeof word === 'string')) return args.map(sudoersWord).join(' ');
  const regular = knowsRegularExpressions(version);
  const words = args.map((word) => {
    if (typeof word === 'string') return regular ? literal(word) : sudoersWord(word);
    return regular ? VARYING[word.varies].regex : VARYING[word.varies].glob;
  });
  return regular ? `^${words.join(' ')}$` : words.join(' ');
}

/** The line of sudoers that lets an account run a program with exactly these words; `options` and tags as sudoers has them. */
export function sudoersRule(
  [name = '', ...args]: readonly CallWord[],
  at: SudoersFor,
  options = 'NOPASSWD:',
): string {
  const called = typeof name === 'string' ? name : name.varies;
  const program = sudoersWord(at.programs.get(called) ?? called);
  return `${at.user} ALL=(root) ${options} ${[program, written(args, at.sudoVersion)].join(' ').trim()}`;
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
  return sudoersRule([name, ...words], at);
}
