import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type {
  SecretLintRuleContext,
  SecretLintRuleReportDescriptor,
  SecretLintSourceCode,
} from '@secretlint/types';

/** Part of a text: the first character and the one behind the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const PREFIX = '@secretlint/secretlint-rule-';
/** Rules that are of no use for the text of an output. */
const LEFT_OUT: readonly string[] = [
  // Words in an output, "secretlint-disable", would switch the others off.
  `${PREFIX}filter-comments`,
  // Looks at files by their names.
  `${PREFIX}gcp`,
  // Hide a whole address where `redactPatterns` hides its password, and pass over passwords that look like examples.
  `${PREFIX}basicauth`,
  `${PREFIX}database-connection-string`,
];
/** AWS key ids as well: whoever has one has half of what signs in. */
const OPTIONS = { enableIDScanRule: true };
/** A number that is no secret. */
const NO_SECRET: readonly unknown[] = ['AWSAccountID'];

type Found = readonly SecretLintRuleReportDescriptor[];

/** Gathers what the rules report; one scan at a time, as each rule works without waiting. */
const gathered: SecretLintRuleReportDescriptor[] = [];

const context: SecretLintRuleContext = {
  sharedOptions: {},
  createTranslator: () => (messageId, props) => ({ message: '', messageId: String(messageId), data: props }),
  report: (descriptor) => void gathered.push(descriptor),
  ignore: () => {},
};

const scanners = rules
  .filter(({ meta }) => !LEFT_OUT.includes(meta.id))
  .map((rule) => rule.create(context, OPTIONS));

const nowhere = (): never => {
  throw new Error('secretlint asked for a place in a file, and an output is none');
};

const sourceOf = (content: string): SecretLintSourceCode => ({
  content,
  contentType: 'text',
  ext: '',
  filePath: undefined,
  physicalFilePath: undefined,
  hasBOM: false,
  getFilePath: () => undefined,
  getPhysicalFilePath: () => undefined,
  locationToRange: nowhere,
  rangeToLocation: nowhere,
  positionToIndex: nowhere,
  indexToPosition: nowhere,
});

function scan(text: string): Found {
  const source = sourceOf(text);
  gathered.length = 0;
  for (const scanner of scanners) void scanner.file?.(source);
  return gathered.filter(({ message }) => !NO_SECRET.includes(message.messageId));
}

/** A range may end before the value it is about (the one of an AWS secret key does), so the value itself counts too. */
function spansOf(text: string, { message, range }: SecretLintRuleReportDescriptor): readonly Span[] {
  const [from, to] = range;
  const named: readonly unknown[] = Object.values(message.data ?? {});
  const values = named.flatMap((value) => {
    const at = typeof value === 'string' && value !== '' ? text.indexOf(value, from) : -1;
    return typeof value === 'string' && at >= 0 && at <= to ? [{ from: at, to: at + value.length }] : [];
  });
  return values.length === 0 ? [{ from, to }] : values;
}

/**
 * Where the rules of secretlint see a secret in a text, in order and apart from each other. 200 kB take about 1 ms, and
 * at worst 0.2 s: every repetition in those rules is bounded (https://github.com/secretlint/secretlint).
 */
export function scanSecrets(text: string): readonly Span[] {
  const spans = scan(text).flatMap((found) => spansOf(text, found));
  const apart: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    const last = apart.at(-1);
    if (last === undefined || span.from >= last.to) apart.push(span);
    else if (span.to > last.to) apart[apart.length - 1] = { from: last.from, to: span.to };
  }
  return apart;
}
