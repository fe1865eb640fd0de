import type { Action, ListItem, Message, Part } from '../domain/message.ts';
import { showMoment } from '../domain/moment.ts';
import { errorsOf, type StatusDraft } from '../domain/status-draft.ts';
import type { LintFinding } from '../domain/status-finding.ts';
import { isMaintenance, stateWords } from '../domain/status-update.ts';
import type { StatusPorts } from './status-ports.ts';

/** The line that publishes a draft. */
export const publishLine = ({ of, update, digest }: Pick<StatusDraft, 'of' | 'update' | 'digest'>): string =>
  isMaintenance(update.status)
    ? `maintenance publish ${digest}`
    : `publish ${of} ${update.status} --draft ${digest}`;

const finding = ({ severity, message }: LintFinding): ListItem => ({
  text: message,
  tone: severity === 'error' ? 'bad' : 'warning',
});

/** What nobody demands anybody for, whoever asked for it presses; else somebody else. */
function demandWords({ demand, byName }: StatusDraft): string {
  const { count, from, rule } = demand;
  if (count === 0) return 'Nothing is public yet.';
  const who = from.join(' or ');
  const others = count === 1 ? `somebody else (${who}) presses` : `${count} others (${who}) press`;
  return `Nothing is public until ${others}; ${byName} asked for it, and ${rule ?? 'policy'} wants it so.`;
}

function actions(draft: StatusDraft): readonly Action[] {
  const line = publishLine(draft);
  const isRight = errorsOf(draft).length === 0 || draft.anyway !== undefined;
  if (isRight) return [{ label: 'Publish', line, style: 'primary' }];
  return [
    {
      label: 'Publish anyway',
      line: `${line} --anyway`,
      style: 'danger',
      asks: 'Why is it right all the same?',
    },
  ];
}

function fields(draft: StatusDraft, { settings, backends, configuration, now }: StatusPorts): Part {
  const { update, turns, anyway } = draft;
  const { timezone } = configuration;
  const titleOf = (name: string): string =>
    settings.components.find((each) => each.name === name)?.title ?? name;
  const moves = turns.map(
    ({ component, from, to }) => `${titleOf(component)}: ${stateWords(from)} → ${stateWords(to)}`,
  );
  const at = (moment: number): string => `${showMoment(moment, timezone, now())} ${timezone}`;
  const { nextUpdateAt: next, scheduled } = update;
  return {
    kind: 'fields',
    fields: [
      { label: 'Title', value: update.title },
      { label: 'Goes to', value: backends.map(({ title }) => title).join(', ') },
      { label: 'Components', value: moves.join('\n') || 'nothing changes' },
      ...(scheduled === undefined
        ? []
        : [{ label: 'Planned', value: `${at(scheduled.from)} to ${at(scheduled.until)}` }]),
      ...(next === undefined ? [] : [{ label: 'Next update promised by', value: at(next) }]),
      ...(update.isLoud ? [] : [{ label: 'Subscribers', value: 'are not told' }]),
      ...(anyway === undefined ? [] : [{ label: 'In spite of the errors', value: anyway }]),
    ],
  };
}

/** Chats cut longer text; the whole of it then stands beside. */
const MOST_SHOWN = 2_000;

/** Shows an update as the public would read it, with everything that is wrong with it. */
export function previewCard(draft: StatusDraft, ports: StatusPorts): Message {
  const { of, update, findings, digest } = draft;
  const errors = errorsOf(draft).length;
  const isStopped = errors > 0 && draft.anyway === undefined;
  const about = of === '' ? 'new work' : of;
  return {
    title: `Preview of "${stateWords(update.status)}" for ${about}`,
    tone: isStopped ? 'bad' : 'waiting',
    state: isStopped ? 'cannot go out like this' : 'not public yet',
    parts: [
      { kind: 'code', text: update.body },
      fields(draft, ports),
      ...(findings.length === 0 ? [] : [{ kind: 'list' as const, items: findings.map(finding) }]),
      { kind: 'text', text: demandWords(draft) },
      { kind: 'context', text: `${digest} · exactly this is published, within 30 minutes` },
    ],
    actions: actions(draft),
    ...(update.body.length > MOST_SHOWN ? { file: { name: 'update.txt', text: update.body } } : {}),
  };
}
