import { isUtf8 } from 'node:buffer';
import type { Answer } from '../../src/chat/chat.ts';
import type { Context } from '../../src/dispatch/command.ts';
import { maySeePlace } from '../../src/dispatch/find-incident.ts';
import { maySeeService } from '../../src/dispatch/may-see.ts';
import { type Alert, alertKey } from '../../src/domain/alert.ts';
import type { ListItem, Message, Part } from '../../src/domain/message.ts';
import { failed, type Outcome, succeeded } from '../../src/domain/outcome.ts';
import type { AlertDelivery } from '../../src/incidents/incident-book.ts';

/** Characters of a body that are shown; the file has all. */
const SHOWN = 1500;
/** Alerts of one delivery that are listed. */
const LISTED = 10;

const utc = (at: number): string => `${new Date(at).toISOString().replace('T', ' ').slice(0, 19)} UTC`;

const named = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');

const isText = (body: Buffer): boolean => isUtf8(body) && !body.includes(0);

/** The alerts that it came to, as they are now; another delivery may have spoken of them since. */
async function alertsOf(
  { journal }: Context,
  { integration, taken }: AlertDelivery,
): Promise<readonly Alert[]> {
  const found: Alert[] = [];
  for (const fingerprint of taken?.fingerprints ?? []) {
    const alert = await journal.incidents.alert(alertKey({ integration, report: { fingerprint } }));
    if (alert !== undefined) found.push(alert);
  }
  return found;
}

/** Everything it may be about has to be known; otherwise it is for those who may look at everything. */
function maySee(context: Context, { taken }: AlertDelivery, alerts: readonly Alert[]): boolean {
  const isWhole = taken !== undefined && taken.reports > 0 && alerts.length === taken.reports;
  return isWhole
    ? alerts.every((alert) => maySeePlace(context, alert, 'show'))
    : maySeeService(context, undefined, 'show');
}

function stateOf({ taken }: AlertDelivery): string {
  if (taken === undefined) return 'waits to be taken up';
  if (taken.repeats !== undefined) return `the same as A-${taken.repeats}`;
  if (taken.note !== undefined) return taken.note;
  return taken.isKnown ? 'taken up' : 'of unknown shape';
}

const itemOf = ({ status, report, incident, unannounced }: Alert): ListItem => ({
  text: report.title,
  tone: status === 'resolved' ? 'good' : 'bad',
  detail: `${status}; ${unannounced ?? incident ?? 'it opened no incident'}`,
});

function alertParts({ taken }: AlertDelivery, alerts: readonly Alert[]): readonly Part[] {
  if (alerts.length === 0) return [];
  const more = Math.max(taken?.reports ?? 0, alerts.length) - LISTED;
  return [
    { kind: 'list', items: alerts.slice(0, LISTED).map(itemOf) },
    ...(more > 0 ? [{ kind: 'context' as const, text: `and ${more} more` }] : []),
  ];
}

function bodyParts(body: string): readonly Part[] {
  const isLong = body.length > SHOWN;
  const text = isLong ? `${body.slice(0, SHOWN).toWellFormed()}…` : body;
  return [
    ...(text.trim() === '' ? [] : [{ kind: 'code' as const, title: 'Body', text }]),
    ...(isLong ? [{ kind: 'context' as const, text: 'the whole body stands in the file' }] : []),
  ];
}

function draw(context: Context, delivery: AlertDelivery, alerts: readonly Alert[]): Message {
  const { number, integration, at, method, headers, query, body, taken } = delivery;
  const text = context.redact(isText(body) ? body.toString('utf8') : body.toString('base64'));
  const source = context.configuration.integrations?.find(({ name }) => name === integration)?.source;
  const said = [named(headers), Object.keys(query).length === 0 ? '' : `\nQuery\n${named(query)}`].join('');
  return {
    title: `A-${number}: what ${integration} sent`,
    tone: taken === undefined ? 'waiting' : 'neutral',
    state: stateOf(delivery),
    parts: [
      {
        kind: 'fields',
        fields: [
          { label: 'Came', value: utc(at) },
          { label: 'Source', value: source ?? 'not configured any more' },
          { label: 'Request', value: `${method}, ${body.length} bytes${isText(body) ? '' : ', in base64'}` },
        ],
      },
      ...alertParts(delivery, alerts),
      { kind: 'code', title: 'Headers', text: context.redact(said) },
      ...bodyParts(text),
    ],
    actions: [],
    ...(text.length > SHOWN ? { file: { name: `A-${number}.txt`, text } } : {}),
  };
}

/** What a sender delivered, as it came but without secrets, and what became of it. */
export async function showDelivery(context: Context, id: string): Promise<Outcome<Answer>> {
  const number = Number(/\d{1,15}$/.exec(id)?.[0]);
  const delivery = await context.journal.incidents.delivery(number);
  if (delivery === undefined)
    return failed(
      'INPUT_NO_SUCH_ID',
      `there is no delivery A-${number}, or it was forgotten`,
      'alerts shows which there are.',
    );
  const alerts = await alertsOf(context, delivery);
  return maySee(context, delivery, alerts)
    ? succeeded({ audience: 'asker', message: draw(context, delivery, alerts) })
    : failed('DENIED_POLICY', `A-${number} is, or may be, about services that you may not look at`);
}
