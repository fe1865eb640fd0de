import { isFields, wordsOf } from './fields.ts';
import { linesWithin, lineWithin } from './plain-text.ts';

/** Names with their values, all text. */
export type Labels = Readonly<Record<string, string>>;

const MOST_LABELS = 64;
const MOST_VALUE = 512;
const MOST_NAME = 128;

/** Where senders name the service; the first that says something counts. */
export const SERVICE_LABELS = [
  'service',
  'service_name',
  'serviceName',
  'app',
  'application',
  'app_kubernetes_io_name',
  'app.kubernetes.io/name',
  'job',
  'component',
  'project',
] as const;

/** Where senders name the environment. */
export const ENVIRONMENT_LABELS = ['env', 'environment', 'stage', 'namespace', 'cluster'] as const;

/** What silences and rules ask for; kept first where a sender brings more labels than are kept. */
const FIRST = new Set<string>([
  ...['alertname', 'severity', 'level', 'priority', 'instance', 'host', 'incident_key', 'team'],
  ...SERVICE_LABELS,
  ...ENVIRONMENT_LABELS,
]);

/** The labels in an object: those with text, numbers or truth as values; at most 64, each at most 512 characters. */
export const labelsOf = (value: unknown): Labels => {
  if (!isFields(value)) return {};
  const keys = Object.keys(value);
  const chosen =
    keys.length <= MOST_LABELS
      ? keys
      : [...keys.filter((key) => FIRST.has(key)), ...keys.filter((key) => !FIRST.has(key))];
  const kept: [string, string][] = [];
  for (const key of chosen) {
    if (kept.length === MOST_LABELS) break;
    const name = lineWithin(key, MOST_NAME);
    const text = linesWithin(wordsOf(value[key]), MOST_VALUE);
    if (name !== undefined && name !== '__proto__' && text !== undefined) kept.push([name, text]);
  }
  return Object.fromEntries(kept);
};
