import { z } from 'zod';
import { toggle, value } from '../src/dispatch/argument.ts';
import { type Context, defineRead } from '../src/dispatch/command.ts';
import { maySeePlace } from '../src/dispatch/find-incident.ts';
import { type Alert, alertKey } from '../src/domain/alert.ts';
import type { Cell, Message, Tone } from '../src/domain/message.ts';
import { succeeded } from '../src/domain/outcome.ts';
import { readPast, showPast } from '../src/domain/past-moment.ts';

/** How many are shown; the file has as many as were looked at. */
const SHOWN = 20;
const LOOKED_THROUGH = 1_000;

const toneOf = ({ status, report }: Alert): Tone => {
  if (status === 'resolved') return 'good';
  return report.level === 'warning' || report.level === 'info' ? 'warning' : 'bad';
};

/** What became of it: the incident that it went into, or why nobody was told. */
const toldOf = ({ incident, unannounced }: Alert): string =>
  unannounced ?? incident ?? 'nobody was told: it opened no incident';

const placeText = ({ service, environment }: Alert): string =>
  service === undefined ? '' : `${service}${environment === undefined ? '' : `@${environment}`}`;

/** Checks of our own come in no delivery, and there is nothing to show of one. */
const rawOf = ({ delivery }: Alert): string => (delivery === 0 ? '' : `A-${delivery}`);

const statusOf = ({ status, isFlapping }: Alert): string => (isFlapping ? `${status}, flapping` : status);

function row({ configuration, now }: Context, alert: Alert): readonly Cell[] {
  return [
    { text: showPast(alert.lastSeen, configuration.timezone, now()), tone: toneOf(alert) },
    { text: statusOf(alert) },
    { text: alert.report.title },
    { text: placeText(alert) },
    { text: toldOf(alert) },
    { text: rawOf(alert) },
  ];
}

const lineOf = (alert: Alert): string =>
  [
    new Date(alert.lastSeen).toISOString(),
    statusOf(alert),
    alert.severity,
    placeText(alert),
    alert.report.title,
    toldOf(alert),
    `seen ${alert.count} times`,
    rawOf(alert),
    alertKey(alert),
  ]
    .map((field) => field.replaceAll(/\s+/g, ' '))
    .join('\t');

function draw(context: Context, title: string, alerts: readonly Alert[]): Message {
  const rows = alerts.slice(0, SHOWN).map((alert) => row(context, alert));
  const firing = alerts.filter(({ status }) => status !== 'resolved').length;
  const more = alerts.length - rows.length;
  return {
    title,
    tone: firing === 0 ? 'neutral' : 'warning',
    state: alerts.length === 0 ? 'none' : `${firing} of ${alerts.length} firing`,
    parts: [
      ...(rows.length === 0
        ? [{ kind: 'text' as const, text: 'There are none.' }]
        : [
            {
              kind: 'table' as const,
              columns: ['Last said', 'State', 'Alert', 'Service', 'Told', 'Raw'],
              rows,
            },
          ]),
      {
        kind: 'context',
        text: `${more > 0 ? `and ${more} more, in the file · ` : ''}times in ${context.configuration.timezone} · show A-12 shows what its sender said, as it came`,
      },
    ],
    actions: [],
    ...(more > 0 ? { file: { name: 'alerts.tsv', text: `${alerts.map(lineOf).join('\n')}\n` } } : {}),
  };
}

/** What senders reported, and why nobody was told where nobody was. */
export const alerts = defineRead({
  name: 'alerts',
  summary: 'what was reported, and why nobody was told of some',
  examples: ['alerts', 'alerts --unannounced --since 12h', 'alerts --firing'],
  subjects: 'none',
  arguments: {
    unannounced: toggle('only those that nobody was told of'),
    firing: toggle('only those that are not over'),
    since: value('TIME', 'only what was said since then: 12h, yesterday, 2026-11-19', z.string().min(1)),
  },
  answer: async (context, { unannounced, firing, since }) => {
    const { configuration, now, journal } = context;
    const from = since === undefined ? undefined : readPast(since, configuration.timezone, now());
    if (from !== undefined && from.kind !== 'succeeded') return from;
    const found = await journal.incidents.alerts({
      ...(firing ? { firing } : {}),
      ...(unannounced ? { unannounced } : {}),
      ...(from === undefined ? {} : { since: from.value }),
      limit: LOOKED_THROUGH,
    });
    const visible = found.filter((alert) => maySeePlace(context, alert, 'alerts'));
    const title = unannounced ? 'Alerts that nobody was told of' : 'Alerts';
    return succeeded({ audience: 'asker', message: draw(context, title, visible) });
  },
});
