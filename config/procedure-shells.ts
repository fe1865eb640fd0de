import { placeholdersIn } from '../src/domain/procedure-words.ts';
import type { Finding, KeyPath } from './problem.ts';
import type { Entry } from './read.ts';

/** Programs that read a word as a program of their own, by the flags after which it stands. */
const INTERPRETERS: readonly { readonly program: RegExp; readonly flag: RegExp }[] = [
  { program: /^(?:sh|bash|dash|ash|zsh|ksh|su|runuser)$/, flag: /^-[a-z]*c$/ },
  { program: /^(?:python[\d.]*|php)$/, flag: /^-[a-zA-Z]*[cr]$/ },
  { program: /^(?:perl|ruby|node|nodejs)$/, flag: /^(?:-[a-zA-Z]*[eEp]|--eval|--print)$/ },
];

const baseName = (word: string): string => word.slice(word.lastIndexOf('/') + 1);

/** Indexes of the words that some interpreter would read as a program. */
function scriptsIn(words: readonly unknown[]): readonly number[] {
  const named = words.map((word) => (typeof word === 'string' ? word : ''));
  return named.flatMap((word, index) => {
    const kind = INTERPRETERS.find(({ program }) => program.test(baseName(word)));
    if (kind === undefined) return [];
    return named.flatMap((flag, place) => (place > index && kind.flag.test(flag) ? [place + 1] : []));
  });
}

function inWords(words: unknown, path: KeyPath): readonly Finding[] {
  if (!Array.isArray(words)) return [];
  const all: readonly unknown[] = words;
  return [...new Set(scriptsIn(all))].flatMap((index): readonly Finding[] => {
    const script = all[index];
    const [name] = typeof script === 'string' ? placeholdersIn(script) : [];
    if (name === undefined) return [];
    const message = `{${name}} would become a part of a script`;
    const remedy = `keep the script constant, use "$1" in it, and add two words behind it: sh, "{${name}}"`;
    return [{ path: [...path, index], at: 'value', message, remedy }];
  });
}

/** Parameters that would be read as a part of a program instead of as a word. */
export const shellFindings = (path: KeyPath, step: Entry): readonly Finding[] =>
  (['run', 'undo'] as const).flatMap((key) => inWords(step[key], [...path, key]));
