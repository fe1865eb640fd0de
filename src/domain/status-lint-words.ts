import { found, type LintFinding } from './status-finding.ts';

const FIXED =
  '(?:fixed|resolved|restored|solved|repaired|recovered|working(?: again)?|back(?: up| online| to normal)?|available(?: again)?|up(?: again)?|done|completed?|over|online)';
const WHEN =
  '(?:by|in|within|at|before|until|after|during|today|tonight|tomorrow|shortly|soon|momentarily|any (?:minute|moment)|(?:a )?few|\\d)';

/** A word about the future, then the end of the trouble, then a time. */
const PROMISES: readonly RegExp[] = [
  new RegExp(
    `\\b(?:will|shall|should|would|is going to|are going to|is expected to|are expected to|expect(?:ed)? (?:it|this|everything) to)\\s+(?:again\\s+|all\\s+)?(?:be\\s+)?(?:fully\\s+)?${FIXED}\\b[^.!?]{0,40}?\\b${WHEN}\\b`,
    'gi',
  ),
  /\b(?:expect|anticipate|promise|guarantee|plan)\b[^.!?]{0,40}\b(?:fix|resolution|recovery|solution|restoration|normal operation|service back)\b[^.!?]{0,40}\b(?:by|in|within|at|before|until|today|tonight|tomorrow|shortly|soon)\b/gi,
  /\b(?:fix|resolution|recovery|solution|restoration)\b[^.!?]{0,20}\b(?:is )?(?:expected|anticipated|due|planned|promised)\b[^.!?]{0,30}\b(?:by|in|within|at|before|today|tonight|tomorrow|shortly|soon)\b/gi,
  /\b(?:back|up|fixed|resolved|restored) (?:again )?(?:with)?in (?:about |less than |under |the next |a few |an |\d)[^.!?]{0,20}/gi,
  /\bwe (?:will|shall|'ll) (?:fix|resolve|restore|solve|repair) (?:it|this|that|the \w+)\b[^.!?]{0,20}\b(?:by|in|within|at|before|today|tonight|tomorrow|shortly|soon)\b/gi,
  /\bETA\b|\bestimated time (?:of|to)\b/gi,
];

/** Words that look for somebody instead of saying what is. */
const BLAME: readonly RegExp[] = [
  /\b(?:fault|blame[sd]?|guilty|culprit|incompeten\w+|sloppy|careless\w*|negligen\w+|stupid\w*|idiot\w*|screwed up|messed up|botched|rookie)\b/gi,
  /\bhuman (?:error|mistake)\b/gi,
  /\b(?:engineer|developer|intern|admin(?:istrator)?|operator|employee|colleague|contractor|team member|someone|somebody) (?:has |had |who )?(?:accidentally |mistakenly )?(?:broke|caused|forgot|deleted|misconfigured|failed to|made a mistake|pushed|should have)\b/gi,
  /\b(?:should have (?:known|noticed|tested|caught)|failed to (?:test|notice|check))\b/gi,
];

const pieces = (text: string, patterns: readonly RegExp[]): readonly string[] => [
  ...new Set(patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([piece]) => piece.trim()))),
];

/** Promised times and blame. Announced work has an end that is planned, and may say it. */
export function wordFindings(
  text: string,
  { isMaintenance }: { readonly isMaintenance: boolean },
): readonly LintFinding[] {
  const promised = isMaintenance ? [] : pieces(text, PROMISES);
  return [
    ...promised.map((piece) =>
      found('error', 'promise', `"${piece}" promises a time. Say when the next update comes instead.`),
    ),
    ...pieces(text, BLAME).map((piece) =>
      found('warning', 'blame', `"${piece}" looks for somebody to blame. Say what happened.`),
    ),
  ];
}
