import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AlertReading } from '../../src/domain/alert.ts';
import { sources } from '../../src/intake/registry.ts';
import type { AlertRequest, Source } from '../../src/intake/source.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/alerts');

/** Which source reads a body, by how the name of its file begins; what nobody has a source for is read as generic. */
const READ_BY: Readonly<Record<string, string>> = {
  alertmanager: 'alertmanager',
  betterstack: 'better-stack',
  cloudwatch: 'cloudwatch',
  github: 'github',
  grafana: 'grafana',
  grafana12: 'grafana',
  healthchecks: 'healthchecks',
  keep: 'datadog',
  newrelic: 'generic',
  opsgenie: 'opsgenie',
  pagerduty: 'pagerduty',
  pingdom: 'generic',
  render: 'render',
  sentry: 'sentry',
  statuspage: 'statuspage',
  uptimekuma: 'uptime-kuma',
  uptimerobot: 'uptimerobot',
  zabbix: 'zabbix',
};

/** Names of the bodies in test/fixtures/alerts. */
export const bodyFiles: readonly string[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .toSorted();

/** Bytes of a body as they came. */
export const bodyOf = (file: string): Buffer => readFileSync(join(FOLDER, file));

/** Name of the source that reads a body. */
export const readerOf = (file: string): string | undefined => READ_BY[file.split(/[-.]/, 1)[0] ?? ''];

/** The source of that name. */
export const sourceNamed = (name: string): Source => {
  const found = sources.find(({ source }) => source === name);
  if (found === undefined) throw new Error(`there is no source ${name}`);
  return found;
};

/** A request as the door makes it, of a body or of what is to be one. */
export const requestOf = (content: unknown, headers: Readonly<Record<string, string>> = {}): AlertRequest => {
  const body = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content) ?? '');
  return {
    method: 'POST',
    headers,
    query: {},
    body,
    json: Buffer.isBuffer(content) ? JSON.parse(body.toString()) : content,
  };
};

/** What a source makes of a body; a body that it does not know is a mistake of the test. */
export const readAs = (
  source: string,
  content: unknown,
  headers: Readonly<Record<string, string>> = {},
): AlertReading => {
  const reading = sourceNamed(source).read(requestOf(content, headers), {});
  if (reading === undefined) throw new Error(`${source} does not know this body`);
  return reading;
};

/** What the source of a file makes of it. */
export const readFile = (file: string): AlertReading => readAs(readerOf(file) ?? 'none', bodyOf(file));
