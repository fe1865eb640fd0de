import { z } from 'zod';
import { value } from '../src/dispatch/argument.ts';
import { type Context, defineRead } from '../src/dispatch/command.ts';
import { maySeeService } from '../src/dispatch/may-see.ts';
import type { AuditRecord } from '../src/domain/audit-event.ts';
import { durationMs } from '../src/domain/duration.ts';
import type { Cell } from '../src/domain/message.ts';
import { showMoment } from '../src/domain/moment.ts';
import { succeeded } from '../src/domain/outcome.ts';
import { nameOf } from '../src/workflow/people.ts';

/** Rows shown inline; the rest is in the file. */
const SHOWN = 20;

/** What a record is about: the line as typed where one was, else its subject. */
function aboutOf({ subject, code, detail }: AuditRecord): string {
  const line = typeof detail.line === 'string' ? detail.line.slice(0, 80) : subject;
  return [line, code].filter((text) => text !== undefined).join(' ');
}

function row({ configuration, now }: Context, record: AuditRecord): readonly Cell[] {
  return [
    { text: showMoment(record.at, configuration.timezone, now()) },
    { text: nameOf(configuration.people, record.actor) },
    { text: record.event },
    { text: aboutOf(record) },
  ];
}

/** What names no service may speak of any of them, so others' lines are for those who may see them all. */
const maySee =
  (context: Context) =>
  ({ service, actor }: AuditRecord): boolean =>
    actor === context.person.key || maySeeService(context, service, 'audit');

/** Who did what, newest first, with the whole as a file. */
export const audit = defineRead({
  name: 'audit',
  summary: 'who did what, and when',
  examples: ['audit', 'audit --service karmabot --since 12h'],
  subjects: 'none',
  arguments: {
    service: value('SERVICE', 'only what concerns this service', z.string()),
    since: value('DURATION', 'only the last 12h, 7d …', durationMs),
  },
  answer: async (context, { service, since }) => {
    const all = await context.journal.audit.list({
      limit: 1000,
      ...(service === undefined ? {} : { service }),
      ...(since === undefined ? {} : { since: context.now() - since }),
    });
    const records = all.filter(maySee(context));
    const text = records.map((record) => JSON.stringify(record)).join('\n');
    return succeeded({
      audience: 'asker',
      message: {
        title: service === undefined ? 'Audit' : `Audit of ${service}`,
        tone: 'neutral',
        parts: [
          {
            kind: 'table',
            columns: ['When', 'Who', 'What', 'About'],
            rows: records.slice(0, SHOWN).map((record) => row(context, record)),
          },
          {
            kind: 'context',
            text: `${records.length} records${records.length > SHOWN ? `, ${SHOWN} shown` : ''}`,
          },
        ],
        actions: [],
        ...(records.length > SHOWN ? { file: { name: 'audit.jsonl', text } } : {}),
      },
    });
  },
});
