import type { Context } from '../../src/dispatch/command.ts';
import type { AuditEventName, AuditRecord } from '../../src/domain/audit-event.ts';
import {
  type ChangeStory,
  type LooksStory,
  type Story,
  stateAfter,
  told,
} from '../../src/domain/audit-story.ts';
import type { Change, ChangeState } from '../../src/domain/change.ts';
import { CHANGE_TONES } from '../../src/domain/change-tone.ts';
import { formatDuration } from '../../src/domain/duration.ts';
import type { Cell, ListItem, Tone } from '../../src/domain/message.ts';
import { showPast } from '../../src/domain/past-moment.ts';
import { nameOf } from '../../src/workflow/people.ts';

type Teller = Pick<Context, 'configuration' | 'now'>;

const when = ({ configuration, now }: Teller, at: number): string =>
  showPast(at, configuration.timezone, now());

const who = ({ configuration }: Teller, { actor }: AuditRecord): string =>
  actor === 'botswain' ? 'Botswain' : nameOf(configuration.people, actor);

const quoted = (text: string, most = 120): string =>
  `"${text.length > most ? `${text.slice(0, most)}…` : text}"`;

/** What a decision or another step of a change is told as; the rest of its records is in its state. */
const NOTES: Readonly<Partial<Record<AuditEventName, string>>> = {
  'change approved': 'approved by',
  'change denied': 'denied by',
  'change cancelled': 'cancelled by',
  'change reviewed': 'reviewed by',
  'glass broken': 'glass broken by',
  'approval escalated': 'escalated by',
  'question asked': 'asked about by',
  'step settled by a person': 'looked at by',
};

function noteOf(teller: Teller, record: AuditRecord): string | undefined {
  const why = told(record, 'why') ?? told(record, 'reason');
  if (record.event === 'decision refused') return `refused to ${who(teller, record)}: ${why ?? record.code}`;
  const words = NOTES[record.event];
  // What Botswain ends by itself is told by the state.
  if (words === undefined || record.actor === 'botswain') return undefined;
  return `${words} ${who(teller, record)}${why === undefined ? '' : ` (${quoted(why)})`}`;
}

const ENDED = /^change (?:succeeded|not verified|failed|denied|expired|voided|cancelled|became unknown)$/;

/** How long it ran; what is recorded after its end, such as a review, is not counted. */
function tookOf(records: readonly AuditRecord[], ended: AuditRecord | undefined): string {
  const started = records.find(({ event }) => event === 'change started')?.at;
  if (started === undefined || ended === undefined || ended.at - started < 1000) return '';
  return ` after ${formatDuration(ended.at - started)}`;
}

const OPEN_STATES: readonly ChangeState[] = ['running', 'verifying', 'requested', 'awaiting approval'];

/** `failed after 12s (TARGET_COMMAND_FAILED)` */
function endOf(records: readonly AuditRecord[], state: ChangeState): string {
  if (OPEN_STATES.includes(state)) return state;
  const ended = records.findLast(({ event }) => ENDED.test(event));
  return `${state}${tookOf(records, ended)}${ended?.code === undefined ? '' : ` (${ended.code})`}`;
}

/** Records tell that it was asked for; only the journal knows whether it waits for people. */
function stateOf(records: readonly AuditRecord[], change: Change | undefined): ChangeState {
  const state = stateAfter(records) ?? change?.state ?? 'requested';
  return state === 'requested' && change?.state === 'awaiting approval' ? change.state : state;
}

function changeItem(teller: Teller, { records, id }: ChangeStory, change: Change | undefined): ListItem {
  const asked = records.find(({ event }) => event === 'change requested');
  const by = asked?.actor ?? change?.requester;
  const name = by === undefined ? '' : `${nameOf(teller.configuration.people, by)}: `;
  const summary = change?.plan.summary ?? records.map((record) => told(record, 'summary')).find(Boolean);
  const at = asked?.at ?? change?.requestedAt ?? records[0]?.at ?? 0;
  const state = stateOf(records, change);
  const reason = change?.reason === undefined ? [] : [quoted(change.reason)];
  const notes = new Set(records.flatMap((record) => noteOf(teller, record) ?? []));
  return {
    text: `${when(teller, at)} ${name}${summary ?? id}`,
    tone: CHANGE_TONES[state],
    detail: [...reason, ...notes, endOf(records, state), id].join(' · '),
  };
}

/** Lines of a look that are told word for word. */
const MOST_LINES = 3;

function looksItem(teller: Teller, { records }: LooksStory): ListItem {
  const [first] = records;
  const lines = [...new Set(records.map((record) => told(record, 'line') ?? '').filter(Boolean))];
  const more = lines.length > MOST_LINES ? ` and ${lines.length - MOST_LINES} more` : '';
  return {
    text: `${when(teller, first?.at ?? 0)} ${first === undefined ? '' : who(teller, first)} looked:`,
    tone: 'neutral',
    detail: `${lines.slice(0, MOST_LINES).join(', ')}${more}`,
  };
}

const toneOf = (event: AuditEventName): Tone =>
  /refused|given up|used up|broken|late|set (?:back|ahead)/.test(event) ? 'warning' : 'neutral';

function singleItem(teller: Teller, record: AuditRecord): ListItem {
  const { event, at, subject, code } = record;
  const line = told(record, 'line');
  const why = told(record, 'why') ?? told(record, 'reason') ?? told(record, 'message');
  const account = told(record, 'via') ?? told(record, 'account');
  const times = typeof record.detail.times === 'number' && record.detail.times > 1 ? record.detail.times : 1;
  const about = line === undefined ? [subject ?? ''] : [quoted(line)];
  return {
    text: [`${when(teller, at)} ${who(teller, record)}: ${event}`, ...about].join(' ').trim(),
    tone: toneOf(event),
    detail: [why, code, account, times > 1 ? `${times} times` : undefined].filter(Boolean).join(' · '),
  };
}

/** One line for people of what belongs together; `change` is the journal's, where it still has it. */
export function storyItem(teller: Teller, story: Story, change: Change | undefined): ListItem {
  if (story.kind === 'change') return changeItem(teller, story, change);
  return story.kind === 'looks' ? looksItem(teller, story) : singleItem(teller, story.records[0]);
}

/** A record as a row of its own: when, who with which account, what, and about what by which rule. */
export function recordRow(teller: Teller, record: AuditRecord): readonly Cell[] {
  const via = told(record, 'via');
  const line = told(record, 'line')?.slice(0, 80) ?? told(record, 'title');
  const digest = told(record, 'digest');
  const about = [
    record.subject,
    line,
    record.code,
    told(record, 'rule'),
    digest === undefined ? undefined : `plan ${digest.slice(0, 8)}`,
  ];
  return [
    { text: when(teller, record.at) },
    { text: via === undefined ? who(teller, record) : `${who(teller, record)} (${via})` },
    { text: record.event },
    { text: about.filter((text) => text !== undefined).join(' ') },
  ];
}
