import { parse } from 'yaml';
import { sources, textOf } from '../../house/tree.ts';

/** Text to be replaced → what stands there instead. */
export type Own = Readonly<Record<string, string>>;

const unindented = (block: string): string => {
  const indent = /^ */.exec(block)?.[0].length ?? 0;
  return block.replaceAll(new RegExp(`^ {0,${indent}}`, 'gm'), '');
};

/** A section of README as somebody reads who follows it: what to run, to write down and to type. */
export class Guide {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** The section under this heading. */
  static read(heading: string): Guide {
    const [, text] = textOf('README.md').split(`\n## ${heading}\n`);
    if (text === undefined) throw new Error(`README has no section "${heading}"`);
    return new Guide(text.split(/\n## /)[0] ?? '');
  }

  /** The section with the reader's own values for its examples; throws where one does not occur. */
  with(own: Own): Guide {
    let text = this.#text;
    for (const [example, value] of Object.entries(own)) {
      if (!text.includes(example)) throw new Error(`README does not show ${example}`);
      text = text.replaceAll(example, value);
    }
    return new Guide(text);
  }

  #blocks(language: string): readonly string[] {
    const fenced = this.#text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\`$`, 'gm'));
    return [...fenced].map(([, , block = '']) => unindented(block));
  }

  /** The block of shell commands in which this occurs; throws where none does. */
  commands(containing: string): string {
    const found = this.#blocks('sh').find((block) => block.includes(containing));
    if (found === undefined) throw new Error(`README tells nobody to run ${containing}`);
    return found;
  }

  /** The settings it tells to add. */
  settings(): unknown {
    return parse(this.#blocks('yaml').join('\n'));
  }

  /** Lines to type in a chat that contain one of these words, in their order there, each once. */
  lines(...words: readonly string[]): readonly string[] {
    const typed = [...this.#text.matchAll(/`(\/(?:ops|invite) [^`]+)`/g)].map(([, line = '']) => line);
    return words.map((word) => {
      const found = typed.find((line) => line.includes(word));
      if (found === undefined) throw new Error(`README tells nobody to type ${word}`);
      return found;
    });
  }

  /** What the program is quoted with in its table of troubles. */
  sayings(): readonly string[] {
    const cells = [...this.#text.matchAll(/^\| (`.*?) \|/gm)].map(([, cell = '']) => cell);
    return cells
      .filter((cell) => !cell.includes('Slack itself'))
      .flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, saying = '']) => saying));
  }
}

/** The source files in which a text stands. */
export const sourcesContaining = (text: string): readonly string[] =>
  sources('src', 'commands', 'config').filter((path) => textOf(path).includes(text));
