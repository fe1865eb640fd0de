import type { Json, JsonObject } from './json.ts';
import { redactPatterns } from './redaction-patterns.ts';
import { secretForms } from './secret-forms.ts';
import { scanSecrets } from './secret-scanner.ts';

/** Takes the secrets out of a whole text. */
export type Redact = (text: string) => string;

/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

/** Shorter values are in every text by chance; taking them out would leave nothing to read. */
const SHORTEST_SECRET = 6;
/** How many first characters choose the candidates at a place. */
const PREFIX = 3;
const BUCKETS = 0x10000;

/**
 * Makes a redactor of known secret values: each is found raw and in base64, hexadecimal, URL and JSON spelling, also when
 * lines were wrapped inside of it or the text was cut off; then come the patterns of {@link redactPatterns} and what {@link scanSecrets} finds. Time
 * grows with the text, and with nothing else unless a secret of hundreds of characters repeats itself.
 */
export function createRedactor(values: readonly string[]): Redact {
  const secrets = values.filter((value) => value.trim().length >= SHORTEST_SECRET);
  const forms = secrets.flatMap(secretForms).filter((form) => form.length >= SHORTEST_SECRET);
  const candidates = candidatesOf(forms);
  return (text) => cutSpans(redactPatterns(cutOut(text, candidates)));
}

function cutSpans(text: string): string {
  const spans = scanSecrets(text);
  if (spans.length === 0) return text;
  const kept = spans.map(({ from }, index) => text.slice(spans[index - 1]?.to ?? 0, from));
  return [...kept, text.slice(spans.at(-1)?.to)].join(REDACTED);
}

/** A redactor that gets to know more secrets while it is in use, and forgets none: an old one may still turn up. */
export interface LearningRedactor {
  readonly redact: Redact;
  learn(values: readonly string[]): void;
}

/** Makes a {@link LearningRedactor} that knows these values already. */
export function createLearningRedactor(values: readonly string[] = []): LearningRedactor {
  const known = new Set(values);
  let redact = createRedactor(values);
  return {
    redact: (text) => redact(text),
    learn(more) {
      const before = known.size;
      for (const value of more) known.add(value);
      if (known.size > before) redact = createRedactor([...known]);
    },
  };
}

/** Redacts every string and every key, however deep. */
export function redactJson(value: Json, redact: Redact): Json {
  if (typeof value === 'string') return redact(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((item) => redactJson(item, redact));
  return redactObject(value, redact);
}

/** {@link redactJson} of an object, which stays one. */
export const redactObject = (value: JsonObject, redact: Redact): JsonObject =>
  Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), redactJson(item, redact)]));

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** Forms by a hash of their first characters, the longest first; `begins` answers "none" without a look into the map. */
interface Candidates {
  readonly begins: Uint8Array;
  readonly byHash: ReadonlyMap<number, readonly string[]>;
}

function candidatesOf(forms: readonly string[]): Candidates {
  const begins = new Uint8Array(BUCKETS);
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length);
  const byHash = Map.groupBy(longestFirst, (form) => hashAt(form, 0));
  for (const hash of byHash.keys()) begins[hash] = 1;
  return { begins, byHash };
}

const hashAt = (text: string, at: number): number =>
  (text.charCodeAt(at) * 961 + text.charCodeAt(at + 1) * 31 + text.charCodeAt(at + 2)) % BUCKETS;

/** Overlapping finds become one, so that no tail of the second is left standing. */
function cutOut(text: string, { begins, byHash }: Candidates): string {
  if (byHash.size === 0) return text;
  const kept: string[] = [];
  let shown = 0;
  let hiddenUntil = 0;
  for (let at = 0; at <= text.length - PREFIX; at += 1) {
    const hash = hashAt(text, at);
    if (begins[hash] === 0) continue;
    const end = longestEnd(text, at, byHash.get(hash));
    if (end <= hiddenUntil) continue;
    if (at >= hiddenUntil) kept.push(text.slice(shown, at), REDACTED);
    hiddenUntil = end;
    shown = end;
  }
  kept.push(text.slice(shown));
  return kept.join('');
}

function longestEnd(text: string, at: number, forms: readonly string[] | undefined): number {
  for (const form of forms ?? []) {
    const end = endOfForm(text, at, form);
    if (end > 0) return end;
  }
  return 0;
}

/** From this many characters on the beginning of a secret is hidden where the text was cut off in the middle of it. */
const SHORTEST_PIECE = 8;

/** Where a form that begins here ends, or 0; a line break may stand inside of it, and the end of the text. */
function endOfForm(text: string, start: number, form: string): number {
  let at = start;
  for (let index = 0; index < form.length; index += 1) {
    const wanted = form.charCodeAt(index);
    if (index > 0 && text.charCodeAt(at) !== wanted) at = afterLineBreak(text, at);
    if (text.charCodeAt(at) !== wanted) return index >= SHORTEST_PIECE && isCutOff(text, at) ? at : 0;
    at += 1;
  }
  return at;
}

const isCutOff = (text: string, at: number): boolean => at >= text.length || text[at] === '…';

function afterLineBreak(text: string, at: number): number {
  const next = text[at] === '\r' ? at + 1 : at;
  return text[next] === '\n' ? next + 1 : next;
}
