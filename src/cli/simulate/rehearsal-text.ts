import { DateTime } from 'luxon';
import type { Alert } from '../../domain/alert.ts';
import type { Configuration } from '../../domain/configuration.ts';
import type { TimelineEntry } from '../../domain/incident.ts';
import type { Person } from '../../domain/person.ts';
import { terminalText } from '../terminal/terminal-render.ts';
import type { Happening } from './run-through.ts';

const moment = (at: number, zone: string): string =>
  `${DateTime.fromMillis(at, { zone }).toFormat('yyyy-MM-dd HH:mm:ss ZZZZ')}`;

function alertLine({ report, severity, service, environment, rule, incident, unannounced }: Alert): string {
  const whose =
    service === undefined
      ? 'nobody knows whose'
      : `${service}${environment === undefined ? '' : ` in ${environment}`}`;
  const by = rule === undefined ? '' : ` by rule ${rule}`;
  const where = incident === undefined ? `no incident: ${unannounced ?? 'nothing fires'}` : incident;
  return `  ${report.title}: ${report.status}, ${report.level} → ${severity}${by}, ${whose} → ${where}`;
}

function reachedBy({ slack, telegram }: Person): string {
  const ways = [slack === undefined ? [] : ['Slack'], telegram === undefined ? [] : ['Telegram']].flat();
  return ways.length === 0 ? 'no chat reaches them' : ways.join(' and ');
}

function callLines({ calls = [] }: TimelineEntry, people: readonly Person[]): readonly string[] {
  return people
    .filter(({ key }) => calls.includes(key))
    .map(
      (person) => `    → ${person.name} is called by name in the thread, and directly (${reachedBy(person)})`,
    );
}

const MOST_ALERTS = 15;

function readLines(alerts: readonly Alert[]): readonly string[] {
  if (alerts.length === 0) return ['  there is no alert in it'];
  const more = alerts.length - MOST_ALERTS;
  const lines = alerts.slice(0, MOST_ALERTS).map(alertLine);
  return more > 0 ? [...lines, `  and ${more} more`] : lines;
}

function textOf(happening: Happening, { people, chats }: Configuration): readonly string[] {
  switch (happening.kind) {
    case 'read':
      return readLines(happening.alerts);
    case 'shown': {
      const slack = chats.slack === undefined ? [] : ['Slack'];
      const telegram = chats.telegram === undefined ? [] : ['Telegram'];
      const where = ['the console', ...slack, ...telegram].join(', ');
      const { key } = happening.incident;
      const group = key === undefined ? '' : ` (group ${key})`;
      return [
        `  ${happening.incident.id}${group} is shown in ${where}:`,
        '',
        terminalText(happening.card).trimEnd(),
        '',
      ];
    }
    case 'said':
      return [
        `  ${happening.entry.incident}: ${happening.entry.text}`,
        ...callLines(happening.entry, people),
      ];
  }
}

/** What would happen, in its order, with the time in the zone of the configuration. */
export function rehearsalText(happenings: readonly Happening[], configuration: Configuration): string {
  const lines: string[] = [];
  let last = '';
  for (const happening of happenings) {
    const at = moment(happening.at, configuration.timezone);
    if (at !== last) lines.push(at);
    last = at;
    lines.push(...textOf(happening, configuration));
  }
  return `${lines.join('\n')}\n\nNothing was done: nobody was told, and nothing was kept. Silences and overrides that people typed are not known here.\n`;
}
