import { isUtf8 } from 'node:buffer';
import type { Json } from '../domain/json.ts';
import { type Redact, redactJson } from '../domain/redaction.ts';
import type { RawAlert } from './alert-door.ts';

/** Names of headers and parameters that authenticate. */
const SECRET_NAME = /authorization|cookie|token|secret|password|signature|api-?key|routing[-_]key/i;
const MOST_HEADERS = 64;
const LONGEST_VALUE = 2000;

type Named = Readonly<Record<string, string | undefined>>;

/** Without the names that authenticate; every value bounded. */
const kept = (named: Named): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(named)
      .filter(([name, value]) => value !== undefined && !SECRET_NAME.test(name) && name !== '__proto__')
      .slice(0, MOST_HEADERS)
      .map(([name, value = '']) => [name, value.toWellFormed().slice(0, LONGEST_VALUE)]),
  );

const redacted = (
  named: Readonly<Record<string, string>>,
  redact: Redact,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(named).map(([name, value]) => [name, redact(value)]));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The text without its secrets, or each value without them where the text would be no JSON any more. */
function bodyWithoutSecrets(text: string, json: Json | undefined, redact: Redact): string {
  const shown = redact(text);
  if (shown === text || json === undefined || !isJson(text) || isJson(shown)) return shown;
  return JSON.stringify(redactJson(json, redact));
}

/** What is kept of a request. */
export interface AlertRecord {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** All but what authenticates the sender, as it came, unless there is a secret in it that Botswain knows or recognises. */
export function recordOf(raw: RawAlert, json: Json | undefined, redact: Redact): AlertRecord {
  const { method, body } = raw;
  const [headers, query] = [kept(raw.headers), kept(raw.query)];
  const coding = isUtf8(body) ? 'utf8' : 'latin1';
  const text = body.toString(coding);
  // In one go, because there hardly ever is one, and looking for it is what costs most.
  const everything = [...Object.values(headers), ...Object.values(query), text].join('\n');
  if (redact(everything) === everything) return { method, headers, query, body };
  return {
    method,
    headers: redacted(headers, redact),
    query: redacted(query, redact),
    body: Buffer.from(bodyWithoutSecrets(text, json, redact), coding),
  };
}
