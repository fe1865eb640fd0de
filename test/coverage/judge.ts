import { closeGrounds, createGrounds, type Grounds } from './ground.ts';
import { type Defect, type Row, type RowRisk, readDefects, readRows } from './inventory.ts';
import { calledBy, nounsOf } from './program.ts';
import { calls } from './same-as.ts';
import type { Served, Table } from './served.ts';
import { type Serving, serve } from './serving.ts';
import { settingAt } from './settings.ts';
import { BOTS, type Bot } from './tables.ts';

/** A row, what serves it, and what is wrong with that. */
export interface Judged {
  readonly row: Row;
  readonly served: Served | undefined;
  readonly risk: Serving['risk'];
  /** Served at a lower risk than the inventory has it, which only a correction allows. */
  readonly isLower: boolean;
  readonly complaints: readonly string[];
}

const ORDER: readonly RowRisk[] = ['none', 'read', 'change', 'destructive'];

const isLower = (row: Row, risk: Serving['risk']): boolean =>
  ORDER.indexOf(risk ?? 'none') < ORDER.indexOf(row.risk);

/** The inventory's own words for what is nobody's operation. */
const noOperation = ({ risk, executor, notes, chat }: Row): boolean =>
  risk === 'none' || executor === 'dev' || /\(dev\)|\bdev[ -]only\b/.test(`${chat} ${notes}`);

function aboutProgram(row: Row, served: Served, { calls: made }: Serving): readonly string[] {
  const called = calledBy(row);
  if (called === undefined || served.instead !== undefined || served.by === 'nothing') return [];
  if (made.some((text) => calls(text, called))) return [];
  const name = [called.program, ...(called.verb === undefined ? [] : [called.verb])].join(' … ');
  return [
    `no call of it has "${name}", which the row calls: ${made.join(' | ').slice(0, 300) || 'no calls'}`,
  ];
}

function aboutWords(row: Row, served: Served, { calls: made }: Serving): readonly string[] {
  const whole = made.join('\n');
  const nouns = served.instead === undefined && served.by !== 'nothing' ? nounsOf(row) : [];
  return [...nouns, ...(served.keeps ?? [])]
    .filter((word) => !whole.includes(word))
    .map((word) => `no call of it has "${word}", which it is to keep`);
}

function aboutRisk(row: Row, served: Served, { risk }: Serving): readonly string[] {
  if (served.by === 'nothing')
    return noOperation(row) ? [] : [`the inventory calls it "${row.label}", so something must serve it`];
  if (served.by === 'setting' && row.risk === 'destructive') return ['what destroys is no setting'];
  const lower = isLower(row, risk);
  if (lower && served.correction === undefined)
    return [`its risk is ${risk ?? 'not known'}, and the inventory says ${row.label}`];
  if (!lower && served.correction !== undefined) return ['it corrects a label that it does not lower'];
  return [];
}

/** What a defect of the runbook asks for: a note where people read it before they run it. */
async function aboutDefect(defects: readonly Defect[], row: Row, served: Served): Promise<readonly string[]> {
  const [defect] = defects.filter(({ rows }) => rows.includes(row.id));
  if (defect === undefined || served.note !== undefined) return [];
  if (served.by !== 'procedure' && served.by !== 'manual')
    return [`it needs a note, because as written it fails or misleads: ${defect.problem}`];
  const [, service = '', name = ''] = served.line.split(' ');
  const note = await settingAt(`services/${service}.yaml procedures ${name} note`);
  return note === undefined ? [`procedure ${name} needs a note: ${defect.problem}`] : [];
}

async function judgeRow(grounds: Grounds, row: Row, served: Served): Promise<Omit<Judged, 'row' | 'served'>> {
  const serving = await serve(grounds[served.manager ?? 'systemd'], served);
  const lower = served.by !== 'nothing' && isLower(row, serving.risk);
  if (serving.complaints.length > 0)
    return { risk: serving.risk, isLower: lower, complaints: serving.complaints };
  const complaints = [
    ...aboutRisk(row, served, serving),
    ...aboutProgram(row, served, serving),
    ...aboutWords(row, served, serving),
    ...(await aboutDefect(readDefects(readRows()), row, served)),
  ];
  return { risk: serving.risk, isLower: lower, complaints };
}

/** Ids of a table that the inventory does not have, or has for another bot. */
export const strangers = ({ letter, table }: Bot, rows: readonly Row[]): readonly string[] =>
  Object.keys(table).filter((id) => !id.startsWith(letter) || !rows.some((row) => row.id === id));

const servedBy = (table: Table, id: string): Served | undefined => table[id];

/** Judges every row of a bot; rows that nothing is said of are left without a judgement. */
export async function judgeBot(grounds: Grounds, bot: Bot, rows = readRows()): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  for (const row of rows.filter(({ id }) => id.startsWith(bot.letter))) {
    const served = servedBy(bot.table, row.id);
    if (served === undefined)
      judged.push({ row, served, risk: undefined, isLower: false, complaints: ['nothing serves it'] });
    else judged.push({ row, served, ...(await judgeRow(grounds, row, served)) });
  }
  return judged;
}

/** Judges all bots on the real settings. */
export async function judgeAll(): Promise<ReadonlyMap<Bot, readonly Judged[]>> {
  const grounds = await createGrounds();
  const all = new Map<Bot, readonly Judged[]>();
  try {
    for (const bot of BOTS) all.set(bot, await judgeBot(grounds, bot));
  } finally {
    await closeGrounds(grounds);
  }
  return all;
}
