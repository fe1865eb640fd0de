import { z } from 'zod';
import { toggle, value, words } from '../src/dispatch/argument.ts';
import { type Context, defineRead } from '../src/dispatch/command.ts';
import { maySeeChange, maySeeService } from '../src/dispatch/may-see.ts';
import type { AuditRecord } from '../src/domain/audit-event.ts';
import { type Story, storiesOf, told } from '../src/domain/audit-story.ts';
import type { Change } from '../src/domain/change.ts';
import type { Message, Part } from '../src/domain/message.ts';
import { didYouMean } from '../src/domain/nearest.ts';
import { succeeded } from '../src/domain/outcome.ts';
import { showPast } from '../src/domain/past-moment.ts';
import { recordRow, storyItem } from './audit/telling.ts';
import { type AuditWanted, isAbout, isOfActor, readWanted } from './audit/wanted.ts';

/** Rows shown inline; the rest is in the file. */
const SHOWN = 20;
/** Records looked through for what is wanted; older ones are reached with --until. */
const LOOKED_THROUGH = 5000;
const PAGE = 1000;

/** What names no service may speak of any of them, so others' lines are for those who may see them all. */
const maySee =
  (context: Context) =>
  ({ service, actor }: AuditRecord): boolean =>
    actor === context.person.key || maySeeService(context, service, 'audit');

interface Gathered {
  /** Oldest first. */
  readonly records: readonly AuditRecord[];
  /** There are older ones that were not looked at. */
  readonly isCut: boolean;
}

/** A change is found by its service, so that its id alone does not want the whole log. */
async function windowOf({ journal }: Context, wanted: AuditWanted): Promise<AuditWanted> {
  const change = wanted.id === undefined ? undefined : await journal.changes.find(wanted.id);
  return change === undefined ? wanted : { ...wanted, since: wanted.since ?? change.requestedAt };
}

async function gather(context: Context, wanted: AuditWanted): Promise<Gathered> {
  const { service, since, until } = await windowOf(context, wanted);
  const window = {
    ...(service === undefined ? {} : { service }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
  const found: AuditRecord[] = [];
  for (let before: number | undefined; found.length < LOOKED_THROUGH; before = found.at(-1)?.sequence) {
    const page = await context.journal.audit.list({
      ...window,
      ...(before === undefined ? {} : { before }),
      limit: PAGE,
    });
    found.push(...page);
    if (page.length < PAGE) return { records: found.toReversed(), isCut: false };
  }
  return { records: found.toReversed(), isCut: true };
}

/** Lines that decide or lock are told by what they came to. */
function isToldElsewhere({ commands }: Context, record: AuditRecord): boolean {
  const verb = told(record, 'verb');
  return (
    record.event === 'line answered' && commands.some(({ name, kind }) => name === verb && kind === 'record')
  );
}

interface Told {
  readonly story: Story;
  readonly change: Change | undefined;
}

async function withChange(context: Context, story: Story): Promise<Told> {
  if (story.kind !== 'change') return { story, change: undefined };
  const change = await context.journal.changes.find(story.id);
  return {
    story,
    change: change !== undefined && maySeeChange(context, change, 'audit') ? change : undefined,
  };
}

async function wantedStories(
  context: Context,
  wanted: AuditWanted,
  records: readonly AuditRecord[],
): Promise<readonly Told[]> {
  const candidates = storiesOf(records.filter((record) => !isToldElsewhere(context, record))).filter(
    (story) =>
      (wanted.id === undefined || (story.kind === 'change' && story.id === wanted.id)) &&
      story.records.some((record) => isOfActor(wanted, record)),
  );
  const stories: Told[] = [];
  for (const candidate of candidates) {
    const story = await withChange(context, candidate);
    if (isAbout(wanted, candidate.records, story.change)) stories.push(story);
  }
  return stories;
}

const isOf = (wanted: AuditWanted, record: AuditRecord): boolean =>
  (wanted.id === undefined || record.subject === wanted.id) &&
  isOfActor(wanted, record) &&
  isAbout(wanted, [record], undefined);

function titleOf({ id, service, component, environment }: AuditWanted): string {
  if (id !== undefined) return `Audit of ${id}`;
  if (service === undefined) return 'Audit';
  const at = environment === undefined ? '' : `@${environment}`;
  return `Audit of ${service}${component === undefined ? '' : `/${component}`}${at}`;
}

/** Between when, and how much of it is shown. */
function footOf(
  { configuration, now }: Context,
  wanted: AuditWanted,
  shown: { readonly of: number; readonly what: string; readonly isCut: boolean },
): string {
  const show = (at: number): string => showPast(at, configuration.timezone, now());
  const { since, until } = wanted;
  const from = since === undefined ? '' : `from ${show(since)} `;
  const to =
    since === undefined && until === undefined ? '' : `to ${until === undefined ? 'now' : show(until)} · `;
  const count =
    shown.of > SHOWN ? `${SHOWN} of ${shown.of} ${shown.what}, the newest` : `${shown.of} ${shown.what}`;
  const cut = shown.isCut
    ? ` · only the newest ${LOOKED_THROUGH} records were looked through: --until shows older ones`
    : '';
  return `${from}${to}${count}${cut} · times in ${configuration.timezone}`;
}

const nothing = ({ configuration }: Context, { service }: AuditWanted): Part => {
  const names = configuration.services.map(({ name }) => name);
  const hint = service === undefined || names.includes(service) ? '' : didYouMean(service, names);
  return { kind: 'text', text: `Nothing of that is recorded.${hint}` };
};

interface Asked {
  readonly wanted: AuditWanted;
  /** Oldest first, what this person may see. */
  readonly records: readonly AuditRecord[];
  readonly isCut: boolean;
  readonly all: boolean;
}

interface Body {
  readonly part: Part;
  readonly of: number;
  readonly what: string;
  /** What stands in the file when not all is shown. */
  readonly records: readonly AuditRecord[];
}

function recordsBody(context: Context, { wanted, records }: Asked): Body {
  const own = records.filter((record) => isOf(wanted, record)).toReversed();
  const rows = own.slice(0, SHOWN).map((record) => recordRow(context, record));
  const part: Part = { kind: 'table', columns: ['When', 'Who', 'What', 'About'], rows };
  return { part, of: own.length, what: own.length === 1 ? 'record' : 'records', records: own };
}

async function storiesBody(context: Context, { wanted, records }: Asked): Promise<Body> {
  const stories = await wantedStories(context, wanted, records);
  const items = stories.slice(0, SHOWN).map(({ story, change }) => storyItem(context, story, change));
  const own = stories.flatMap(({ story }) => story.records);
  return {
    part: { kind: 'list', items },
    of: stories.length,
    what: stories.length === 1 ? 'entry' : 'entries',
    records: own,
  };
}

async function messageOf(context: Context, asked: Asked): Promise<Message> {
  const body = await (asked.all ? recordsBody(context, asked) : storiesBody(context, asked));
  const foot = footOf(context, asked.wanted, { ...body, isCut: asked.isCut });
  const text = body.records.map((record) => JSON.stringify(record)).join('\n');
  return {
    title: titleOf(asked.wanted),
    tone: 'neutral',
    parts: [body.of === 0 ? nothing(context, asked.wanted) : body.part, { kind: 'context', text: foot }],
    actions: [],
    ...(body.of > SHOWN ? { file: { name: 'audit.jsonl', text } } : {}),
  };
}

/** Who did what, newest first, a line for each change, with all records as a file. */
export const audit = defineRead({
  name: 'audit',
  summary: 'who did what, and when',
  examples: [
    'audit',
    'audit karmabot last night',
    'audit --by ana --since "yesterday 22:00" --until 07:00',
    'audit C-142 --all',
  ],
  subjects: 'none',
  arguments: {
    about: words('SUBJECT|ID', 'only what concerns this service, component or change; a time may follow', 0),
    service: value('SERVICE', 'the same as the subject', z.string()),
    by: value('WHO', 'only what this person did', z.string()),
    event: value('EVENT', 'only this: "change approved", refused, lock …', z.string()),
    since: value('TIME', 'from then on: 12h, 22:00, "yesterday 22:00", 2026-11-19', z.string()),
    until: value('TIME', 'up to then', z.string()),
    all: toggle('each record by itself, with account, rule and digest'),
  },
  answer: async (context, { all, ...asked }) => {
    const read = readWanted(asked, context);
    if (read.kind !== 'succeeded') return read;
    const wanted = read.value;
    const { records: gathered, isCut } = await gather(context, wanted);
    const records = gathered.filter(maySee(context));
    return succeeded({
      audience: 'asker',
      message: await messageOf(context, { wanted, records, isCut, all }),
    });
  },
});
