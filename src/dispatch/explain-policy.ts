import { formatDuration } from '../domain/duration.ts';
import { frozenUntil } from '../domain/freeze.ts';
import type { Field, Message, Part, Tone } from '../domain/message.ts';
import { showDay } from '../domain/moment.ts';
import type { Person } from '../domain/person.ts';
import type { PolicyAnswer, PolicyQuestion, PolicyRule } from '../domain/policy.ts';
import type { Explained, Milder } from '../domain/policy-explain.ts';
import { whereText } from '../domain/policy-text.ts';
import { ruleText } from '../domain/policy-yaml.ts';

/** All that is told of how policy sees a line. */
export interface Explanation {
  /** The line without what only `policy explain` reads. */
  readonly line: string;
  readonly explained: Explained;
  readonly milder: readonly Milder[];
  /** Who asks, or is thought to ask. */
  readonly asker: Person;
  readonly people: readonly Person[];
  readonly timezone: string;
  readonly now: number;
  /** False for what looks, or alters our own records only. */
  readonly touchesTargets: boolean;
  /** Whether the line gives a reason. */
  readonly hasReason: boolean;
  /** Locks and budgets in the way, in words. */
  readonly inTheWay: readonly string[];
  readonly breakGlass: GlassRoles | undefined;
}

/** Who may go ahead without approval, and who signs the review. */
export interface GlassRoles {
  readonly roles: readonly string[];
  readonly reviewFrom: readonly string[];
}

const or = (words: readonly string[]): string => words.join(' or ');

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

const lacksReason = ({ explained: { answer }, hasReason }: Explanation): boolean =>
  answer.kind === 'allowed' && answer.rule.reason === 'required' && !hasReason;

function verdict(explanation: Explanation): { readonly state: string; readonly tone: Tone } {
  const { answer } = explanation.explained;
  if (answer.kind === 'denied')
    return { state: answer.byFreeze === true ? 'frozen' : 'denied', tone: 'warning' };
  if (lacksReason(explanation)) return { state: 'wants a reason', tone: 'warning' };
  const { approvals } = answer.rule;
  return approvals === 0
    ? { state: 'allowed', tone: 'good' }
    : { state: `${count(approvals, 'approval')} needed`, tone: 'waiting' };
}

function summary({ explained: { answer }, asker }: Explanation): string {
  if (answer.kind === 'denied') return `${asker.name} may not: ${answer.why}.`;
  const { approvals, from, number } = answer.rule;
  return approvals === 0
    ? `${asker.name} may, by policy rule ${number}; nobody has to approve.`
    : `${asker.name} may, by policy rule ${number}, after ${count(approvals, 'approval')} by ${approvals === 1 ? 'somebody' : 'people'} with the role ${or(from)}.`;
}

function rulePart({ explained: { decisive } }: Explanation): readonly Part[] {
  const { rule } = decisive.answer;
  return rule === undefined
    ? []
    : [{ kind: 'code', title: `Rule ${rule.number} decides`, text: ruleText(rule) }];
}

const holding = ({ people, asker }: Explanation, roles: readonly string[]): readonly string[] =>
  people
    .filter(({ key, roles: held }) => key !== asker.key && held.some((role) => roles.includes(role)))
    .map(({ name }) => name);

const names = (explanation: Explanation, roles: readonly string[]): string =>
  holding(explanation, roles).join(', ') || `nobody else has the role ${or(roles)}`;

function approvalFields(explanation: Explanation, rule: PolicyRule): readonly Field[] {
  const { approvals, from, escalate, expiresMs, startWithinMs, remindEveryMs, onExpiry } = rule;
  const start = { label: 'To start', value: `within ${formatDuration(startWithinMs)}` };
  if (approvals === 0) return [start];
  const later =
    escalate === undefined
      ? ''
      : `\nafter ${formatDuration(escalate.afterMs)} also ${names(explanation, escalate.from)}`;
  const reminder = remindEveryMs === undefined ? '' : `, asked again every ${formatDuration(remindEveryMs)}`;
  const end = `then it is ${onExpiry ?? 'expired'}`;
  return [
    { label: 'May approve now', value: `${names(explanation, from)}${later}` },
    { label: 'To approve', value: `within ${formatDuration(expiresMs)}${reminder}; ${end}` },
    { ...start, value: `${start.value} of the last approval` },
  ];
}

function obstacles({ explained, inTheWay, timezone, now }: Explanation): readonly Field[] {
  const { freeze, subject } = explained.decisive.question;
  const frozen =
    freeze === undefined || subject === undefined
      ? []
      : [`${whereText(subject)} is frozen ${frozenUntil(freeze, { timezone, now })}`];
  const held = [...frozen, ...inTheWay];
  return held.length === 0 ? [] : [{ label: 'In the way', value: held.join('\n') }];
}

function fieldsPart(explanation: Explanation): readonly Part[] {
  const { answer } = explanation.explained;
  const approval =
    answer.kind === 'allowed' && explanation.touchesTargets ? approvalFields(explanation, answer.rule) : [];
  const reason =
    answer.kind === 'allowed' && answer.rule.reason === 'required'
      ? [{ label: 'Reason', value: explanation.hasReason ? 'demanded, and given' : 'demanded, and missing' }]
      : [];
  const fields = [...approval, ...reason, ...obstacles(explanation)];
  return fields.length === 0 ? [] : [{ kind: 'fields', fields }];
}

/** Most rules above that are told one by one. */
const MOST_RULES = 15;

function abovePart({ explained: { passedOver } }: Explanation): readonly Part[] {
  if (passedOver.length === 0) return [];
  const shown = passedOver.slice(0, MOST_RULES);
  const rest = passedOver.length - shown.length;
  return [
    { kind: 'text', text: 'The rules above do not match:' },
    {
      kind: 'list',
      items: shown.map(({ rule, because }) => ({
        text: `rule ${rule.number}`,
        tone: 'neutral' as const,
        detail: because,
      })),
    },
    ...(rest === 0 ? [] : [{ kind: 'context' as const, text: `and ${count(rest, 'more rule')}` }]),
  ];
}

function outcome(answer: PolicyAnswer): string {
  if (answer.kind === 'denied') return 'no';
  const { approvals, from, number } = answer.rule;
  const by = approvals === 0 ? 'no approval' : `${count(approvals, 'approval')} by ${or(from)}`;
  return `${by} (rule ${number})`;
}

function condition(explanation: Explanation, { change }: Milder): string {
  const { timezone, now } = explanation;
  switch (change.kind) {
    case 'roles':
      return `by somebody with the role ${or(change.roles)} (${names(explanation, change.roles)})`;
    case 'channel':
      return `asked in ${or(change.channels)}`;
    case 'components':
      return `with at most ${count(change.most, 'component')}`;
    case 'hosts':
      return `on at most ${count(change.most, 'host')}`;
    case 'no freeze':
      return 'when no freeze holds';
    case 'no failures':
      return 'when nothing of it has failed lately';
    case 'severity':
      return change.severity === 'none'
        ? 'when no incident is open'
        : `while a ${change.severity} incident is open`;
    case 'time':
      return `from ${showDay(change.from, timezone, now)} on (${timezone})`;
  }
}

function glassLine(explanation: Explanation): readonly string[] {
  const { breakGlass, asker, explained } = explanation;
  if (breakGlass === undefined) return [];
  const { answer } = explained;
  const forbidden = answer.kind === 'denied' && answer.byFreeze !== true;
  if (forbidden || (answer.kind === 'allowed' && answer.rule.approvals === 0)) return [];
  const may = asker.roles.some((role) => breakGlass.roles.includes(role));
  const who = may ? '' : ` by ${names(explanation, breakGlass.roles)}`;
  return [
    `with --break-glass --reason "why"${who}: at once; everybody is told, and ${or(breakGlass.reviewFrom)} signs a review`,
  ];
}

function helpPart(explanation: Explanation): readonly Part[] {
  const lines = [
    ...(lacksReason(explanation) ? [`with --reason "why": ${outcome(explanation.explained.answer)}`] : []),
    ...explanation.milder.map((each) => `${condition(explanation, each)}: ${outcome(each.answer)}`),
    ...glassLine(explanation),
  ];
  if (lines.length === 0) return [];
  return [
    { kind: 'text', text: 'What would change the answer:' },
    { kind: 'list', items: lines.map((text) => ({ text: capital(text), tone: 'neutral' as const })) },
  ];
}

function factsText({ asker, timezone, now }: Explanation, question: PolicyQuestion): string {
  const { at, channel, blast, recentFailures = [] } = question;
  const touched =
    blast === undefined || blast.components === 0
      ? []
      : [`touches ${count(blast.components, 'component')} on ${count(blast.hosts, 'host')}`];
  const failures =
    recentFailures.length === 0 ? [] : [`went wrong ${count(recentFailures.length, 'time')} before`];
  return [
    `${asker.name} (${asker.roles.join(', ') || 'no role'})`,
    ...(channel === undefined ? [] : [`asked in ${channel}`]),
    `as of ${showDay(at, timezone, now)} ${timezone}`,
    ...touched,
    ...failures,
  ].join(' · ');
}

/** Most of a line that stands in the title. */
const LONGEST_TITLE = 120;

/** Draws how policy sees a line: which rule decides, why not the ones above, who may approve, what would help. */
export function drawExplanation(explanation: Explanation): Message {
  const { explained, line } = explanation;
  const { question } = explained.decisive;
  const { subject } = question;
  const part: readonly Part[] =
    explained.differ && subject !== undefined
      ? [{ kind: 'context', text: `the part that decides: ${whereText(subject)}` }]
      : [];
  return {
    title: `Policy: ${line.slice(0, LONGEST_TITLE)}`,
    ...verdict(explanation),
    parts: [
      { kind: 'text', text: summary(explanation) },
      ...rulePart(explanation),
      ...part,
      ...fieldsPart(explanation),
      ...abovePart(explanation),
      ...helpPart(explanation),
      { kind: 'context', text: factsText(explanation, question) },
    ],
    actions: [],
  };
}
