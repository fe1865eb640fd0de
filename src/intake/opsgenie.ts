import type { AlertReading, AlertStatus } from '../domain/alert.ts';
import { at, fieldsOf, firstWords, isFields, listAt, wordsAt } from './reading/fields.ts';
import { ownFingerprint } from './reading/fingerprint.ts';
import { SERVICE_LABELS } from './reading/labels.ts';
import { reportOf } from './reading/report.ts';
import { labelsOfTags } from './reading/tags.ts';
import type { Source } from './source.ts';

/** What the others (AddNote, AddTags, Escalate, TakeOwnership …) do leaves the state as it is, and does not say which one that is. */
const ACTIONS: Readonly<Record<string, AlertStatus>> = {
  create: 'firing',
  unacknowledge: 'firing',
  acknowledge: 'acknowledged',
  close: 'resolved',
  delete: 'resolved',
};

/** `"P3"`, or 3. */
const priorityOf = (alert: unknown): string | undefined =>
  wordsAt(alert, 'priority')?.replace(/^[1-5]$/, 'P$&');

/** Milliseconds, or nanoseconds beyond what JSON numbers hold exactly; a millisecond is not lost by that. */
const timesOf = (alert: unknown, action: string) => ({
  startsAt: action === 'create' ? at(alert, 'createdAt') : undefined,
  endsAt: at(alert, 'updatedAt'),
});

const read = (json: unknown): AlertReading | undefined => {
  const alert = at(json, 'alert');
  const action = wordsAt(json, 'action');
  // The alias is chosen by who reports the problem, and is the same when it comes back.
  const id = wordsAt(alert, 'alias') ?? wordsAt(alert, 'alertId');
  if (!isFields(alert) || action === undefined || id === undefined) return undefined;
  const word = action.toLowerCase();
  const status = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined;
  if (status === undefined) return { reports: [], note: action.slice(0, 100) };
  const labels = {
    tinyId: at(alert, 'tinyId'),
    entity: at(alert, 'entity'),
    integration: at(json, 'integrationName'),
    ...labelsOfTags(listAt(alert, 'tags')),
    ...fieldsOf(at(alert, 'details')),
  };
  const report = reportOf({
    fingerprint: ownFingerprint(id),
    status,
    levelSaid: priorityOf(alert),
    titles: [wordsAt(alert, 'message'), wordsAt(alert, 'alias')],
    description: wordsAt(alert, 'description'),
    service: firstWords(labels, [...SERVICE_LABELS, 'entity']),
    labels,
    ...timesOf(alert, word),
  });
  return { reports: [report] };
};

/** Opsgenie's outgoing webhook, and that of Jira Service Management, which took over its shape. Neither signs. */
export const opsgenie: Source = {
  source: 'opsgenie',
  summary: 'Opsgenie and Jira Service Management, integration `Webhook`',
  read: ({ json }) => read(json),
};
