import { found, type LintFacts, type LintFinding } from './status-finding.ts';
import { addressFindings } from './status-lint-addresses.ts';
import { wordFindings } from './status-lint-words.ts';
import { isBackwards, isClosing, isMaintenance, type StatusUpdate, stateWords } from './status-update.ts';

const PLACEHOLDER = /\{\{[^{}]{0,80}\}\}|\{[a-z_]{2,40}\}|\$\{[^{}]{0,80}\}/gi;
/** `[issue description]`, as runbooks leave room; a Markdown link is no such thing. */
const BRACKETS = /\[[A-Za-z][^\][\n]{0,80}\](?!\()/g;
const UNWRITTEN = /\b(?:T[O]DO|TBD|FIX[M]E|XX[X]|[Ll]orem ipsum)\b/g;

function placeholders(text: string): readonly LintFinding[] {
  const all = [PLACEHOLDER, BRACKETS, UNWRITTEN].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([piece]) => piece),
  );
  return [...new Set(all)].map((piece) =>
    found('error', 'placeholder', `${piece} is not filled in. Say what belongs there.`),
  );
}

/** Past this many sentences nobody reads on (facts/status-page.md §6 has three). */
const MOST_SENTENCES = 6;

function lengths({ title, body }: StatusUpdate, { limits }: LintFacts): readonly LintFinding[] {
  const findings: LintFinding[] = [];
  const error = (message: string): void => void findings.push(found('error', 'length', message));
  if (title.trim() === '') error('It has no title. Add --title "…".');
  if (body.trim() === '') error('It says nothing. Add words.');
  if (title.length > limits.title)
    error(`The title has ${title.length} characters, and ${limits.title} are taken. Shorten it.`);
  if (body.length > limits.body)
    error(`The text has ${body.length} characters, and ${limits.body} are taken. Shorten it.`);
  const sentences = body.split(/[.!?](?:\s|$)/).filter((each) => each.trim() !== '').length;
  if (sentences > MOST_SENTENCES)
    findings.push(found('warning', 'length', `It has ${sentences} sentences. Three are read to the end.`));
  return findings;
}

function closing({ status }: StatusUpdate, facts: LintFacts): readonly LintFinding[] {
  if (!isClosing(status)) return [];
  const checks = facts.failingChecks.map((check) =>
    found('error', 'failing check', `${check} fails. Wait until it passes, or publish "monitoring".`),
  );
  const open =
    facts.stillOpen === undefined
      ? []
      : [found('warning', 'still open', `${capital(facts.stillOpen)}. Is it over for everybody?`)];
  return [...checks, ...open, ...facts.after.flatMap(notOperational)];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function notOperational({ title, status, others }: LintFacts['after'][number]): readonly LintFinding[] {
  if (status !== 'operational')
    return [
      found(
        'error',
        'not operational',
        `${title} would stay "${stateWords(status)}". Set it to operational, or do not close.`,
      ),
    ];
  if (others === 'operational') return [];
  const message = `${title} stays "${stateWords(others)}" by another incident.`;
  return [found('warning', 'not operational', message)];
}

function backwards({ status }: StatusUpdate, { before, hasNote }: LintFacts): readonly LintFinding[] {
  if (before === undefined || hasNote || !isBackwards(before, status)) return [];
  return [
    found(
      'error',
      'backwards',
      `It goes back from ${stateWords(before)} to ${stateWords(status)}. Say why in it and add --note "why".`,
    ),
  ];
}

/** Nobody waits longer than this for a word that was promised. */
const LONGEST_WAIT_MS = 24 * 3_600_000;

function nextUpdate({ status, nextUpdateAt }: StatusUpdate, { now }: LintFacts): readonly LintFinding[] {
  const said = (severity: LintFinding['severity'], message: string): readonly LintFinding[] => [
    found(severity, 'next update', message),
  ];
  if (nextUpdateAt === undefined)
    return isClosing(status) || isMaintenance(status)
      ? []
      : said('warning', 'It does not say when the next update comes. Add --next 30m.');
  if (nextUpdateAt <= now) return said('error', 'The next update lies in the past. Give --next 30m.');
  if (isClosing(status)) return said('warning', 'It promises another update though it is over.');
  return nextUpdateAt - now > LONGEST_WAIT_MS
    ? said('warning', 'The next update is more than a day away.')
    : [];
}

function schedule({ status, scheduled }: StatusUpdate, { now }: LintFacts): readonly LintFinding[] {
  if (scheduled === undefined || status !== 'scheduled') return [];
  if (scheduled.until <= scheduled.from)
    return [found('error', 'schedule', 'The work would end before it begins. Correct --until.')];
  return scheduled.from <= now
    ? [found('error', 'schedule', 'The work would have begun already. Correct --from, or start it.')]
    : [];
}

function secrets({ title, body }: StatusUpdate, { redact }: LintFacts): readonly LintFinding[] {
  const isClean = redact(title) === title && redact(body) === body;
  return isClean ? [] : [found('error', 'secret', 'A token or password stands in it. Take it out.')];
}

/** Everything that is wrong with an update, errors first. */
export function lint(update: StatusUpdate, facts: LintFacts): readonly LintFinding[] {
  const text = `${update.title}\n${update.body}`;
  const findings = [
    ...secrets(update, facts),
    ...placeholders(text),
    ...addressFindings(text, facts),
    ...lengths(update, facts),
    ...closing(update, facts),
    ...backwards(update, facts),
    ...nextUpdate(update, facts),
    ...schedule(update, facts),
    ...wordFindings(text, { isMaintenance: isMaintenance(update.status) }),
  ];
  return findings.toSorted((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
}
