/** One entry of the console's feed as a page shows it. */
export interface PageEntry {
  readonly id: string;
  readonly position: number;
  /** The root it hangs beneath; absent on roots. */
  readonly thread: string | undefined;
  /** False for what people typed. */
  readonly isCard: boolean;
  readonly isPrivate: boolean;
  readonly text: string;
  readonly buttons: readonly { readonly label: string; readonly line: string }[];
  readonly file: { readonly name: string; readonly path: string } | undefined;
}

const ARTICLE =
  /<article class="([^"]*)" id="([^"]+)"[^>]* data-position="(\d+)"[^>]*>([\s\S]*?)<\/article>/g;
const BUTTON = /name="line" value="([^"]*)">\s*<button [^>]*>([^<]*)<\/button>/g;
const FILE = /<a class="file" href="([^"]+)"[\s\S]*?<span>([^<]*)<\/span>/;
const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

const decoded = (markup: string): string =>
  markup.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity);

const textOf = (markup: string): string =>
  decoded(markup.replace(/<[^>]*>/g, '\n'))
    .replace(/\s*\n\s*/g, '\n')
    .trim();

/** Reads the feed out of a page, roots and what hangs beneath them, oldest first. */
export function readPage(page: string): readonly PageEntry[] {
  return page
    .split('<li class="root">')
    .slice(1)
    .flatMap((root) => {
      const [first, ...replies] = [...root.matchAll(ARTICLE)];
      if (first === undefined) return [];
      return [entryOf(first, undefined), ...replies.map((reply) => entryOf(reply, first[2]))];
    });
}

function entryOf(
  [, kinds = '', id = '', position, markup = '']: RegExpMatchArray,
  thread: string | undefined,
): PageEntry {
  const file = FILE.exec(markup);
  return {
    id,
    position: Number(position),
    thread,
    isCard: /\bcard\b/.test(kinds),
    isPrivate: /\bprivate\b/.test(kinds),
    text: textOf(markup),
    buttons: [...markup.matchAll(BUTTON)].map(([, line = '', label = '']) => ({
      label: decoded(label),
      line: decoded(line),
    })),
    file: file === null ? undefined : { path: file[1] ?? '', name: decoded(file[2] ?? '') },
  };
}
