import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { type Finding, type KeyPath, type Problem, pathText } from './problem.ts';

/** A parsed file that knows where each key and value stands. */
export interface YamlFile {
  readonly name: string;
  /** What the file holds; undefined where it could not be read at all. */
  readonly content: unknown;
  /** Puts a finding at its line and column. */
  problem(finding: Finding): Problem;
}

type Step = string | number;

const REMEDIES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'remove one of the two',
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'indent it like its neighbours',
  MULTIPLE_DOCS: 'put each document into a file of its own',
  TAG_RESOLVE_FAILED: 'remove the tag; secrets are written as { env: NAME } or { file: PATH }',
  MISSING_CHAR: 'close the quote or bracket',
};

const sayError = (error: YAMLError): string => {
  const [first = ''] = error.message.split('\n');
  return error.code === 'DUPLICATE_KEY'
    ? 'this key stands twice in its map'
    : `not valid YAML: ${first.replace('"quote', 'quote')}`;
};

// The key of a merge, `<<`, is a symbol.
function keyText(pair: Pair): string | undefined {
  if (!isScalar(pair.key)) return undefined;
  const { value } = pair.key;
  return typeof value === 'symbol' ? value.description : String(value);
}

const follow = (document: Document, node: unknown): unknown =>
  isAlias(node) ? node.resolve(document) : node;

/** The maps merged in by `<<`, in the order in which they win. */
function mergedMaps(document: Document, map: YAMLMap): readonly YAMLMap[] {
  const sources = map.items
    .filter((pair) => keyText(pair) === '<<')
    .map((pair) => follow(document, pair.value));
  const flat = sources.flatMap((source) => (isSeq(source) ? source.items : [source]));
  return flat.map((source) => follow(document, source)).filter((source) => isMap(source));
}

interface Found {
  readonly key: Node | undefined;
  readonly value: unknown;
}

function stepIntoMap(document: Document, map: YAMLMap, step: Step): Found | undefined {
  const pair = map.items.findLast((item) => keyText(item) === String(step));
  if (pair !== undefined) return { key: isNode(pair.key) ? pair.key : undefined, value: pair.value };
  for (const merged of mergedMaps(document, map)) {
    const found = stepIntoMap(document, merged, step);
    if (found !== undefined) return found;
  }
  return undefined;
}

function stepInto(document: Document, node: unknown, step: Step): Found | undefined {
  const container = follow(document, node);
  if (isMap(container)) return stepIntoMap(document, container, step);
  const item = isSeq(container) && typeof step === 'number' ? container.items[step] : undefined;
  return isNode(item) ? { key: item, value: item } : undefined;
}

/** The node a path leads to, or the key of the deepest one that exists. */
function nodeAt(document: Document, path: KeyPath, at: 'key' | 'value'): Node | undefined {
  let found: Found = { key: undefined, value: document.contents };
  for (const step of path) {
    const next = stepInto(document, found.value, step);
    if (next === undefined) return found.key;
    found = next;
  }
  const empty = isScalar(found.value) && found.value.value === null;
  return at === 'value' && isNode(found.value) && !empty ? found.value : found.key;
}

function unresolvedAliases(
  document: Document,
): readonly { readonly name: string; readonly offset: number }[] {
  const lost: { name: string; offset: number }[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) === undefined)
        lost.push({ name: alias.source, offset: alias.range?.[0] ?? 0 });
    },
  });
  return lost;
}

/** Why content cannot be had that parses all the same, and what to do. */
type Unmade = Pick<Problem, 'message' | 'remedy'>;

const ENDLESS: Unmade = { message: 'the aliases of this file never end', remedy: 'write the parts out' };

/** The content as plain values, or why there is none; yaml's limit for an alias is 100 times its content. */
function contentOf(document: Document): { readonly content?: unknown; readonly unmade?: Unmade } {
  try {
    return { content: document.toJS() };
  } catch (error) {
    if (error instanceof ReferenceError) return { unmade: ENDLESS };
    // A merge key (`<<`) whose value is no map.
    if (error instanceof Error && /^Merge sources/.test(error.message))
      return {
        unmade: { message: 'what "<<" merges is not a map', remedy: 'name an anchor of a map behind "<<:"' },
      };
    throw error;
  }
}

type Place = (offset: number) => Pick<Problem, 'file' | 'line' | 'column'>;

function syntaxProblems(document: Document, place: Place): readonly Problem[] {
  const faults = [...document.errors, ...document.warnings];
  // One mistake in the syntax often trips the parser twice at the same place.
  const told = faults.filter(
    (error, index) => faults.findIndex(({ pos }) => pos[0] === error.pos[0]) === index,
  );
  return told.map((error) => ({
    ...place(error.pos[0]),
    path: '',
    message: sayError(error),
    remedy: REMEDIES[error.code] ?? 'mend the YAML here',
  }));
}

const aliasProblems = (document: Document, place: Place): readonly Problem[] =>
  unresolvedAliases(document).map((alias) => ({
    ...place(alias.offset),
    path: '',
    message: `nothing is called "&${alias.name}" before this "*${alias.name}"`,
    remedy: 'name the part to repeat with an anchor above, or write it out',
  }));

/** Parses YAML 1.2 (with `<<` merges); a file whose syntax is broken has no content, only problems. */
export function parseYamlFile(
  name: string,
  text: string,
): { readonly file: YamlFile; readonly problems: readonly Problem[] } {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, merge: true, version: '1.2' });
  const place: Place = (offset) => {
    const { line, col } = lineCounter.linePos(offset);
    return { file: name, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const aliases = aliasProblems(document, place);
  const duplicatesOnly = [...document.errors, ...document.warnings].every(
    ({ code }) => code === 'DUPLICATE_KEY',
  );
  const { content, unmade = ENDLESS } = duplicatesOnly && aliases.length === 0 ? contentOf(document) : {};
  const cannotBeMade = { ...place(0), path: '', ...unmade };
  const file: YamlFile = {
    name,
    content,
    problem: ({ path, at, message, remedy }) => {
      const offset = nodeAt(document, path, at)?.range?.[0] ?? 0;
      return { ...place(offset), path: pathText(path), message, remedy };
    },
  };
  const problems = [...syntaxProblems(document, place), ...aliases];
  return { file, problems: content === undefined && problems.length === 0 ? [cannotBeMade] : problems };
}
