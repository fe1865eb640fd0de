import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../domain/json.ts';
import { type AlertDoor, isAmong, type RawAlert } from './alert-door.ts';
import { type AlertPorts, keepAlert } from './alert-keep.ts';

/** The source whose senders speak PagerDuty's Events API v2. */
const EVENTS = 'events-v2';

interface Said {
  readonly raw: RawAlert;
  readonly json: Json | undefined;
}

const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

const textIn = (json: Json | undefined, key: string): string => {
  const value = isObject(json) ? json[key] : undefined;
  return typeof value === 'string' ? value : '';
};

/** A trigger without a key is a problem of its own; the key is put in here, so that its sender can be told. */
export function withDedupKey(door: AlertDoor, said: Said): Said {
  const { raw, json } = said;
  if (door.source !== EVENTS || !isObject(json)) return said;
  if (textIn(json, 'event_action') !== 'trigger' || textIn(json, 'dedup_key') !== '') return said;
  const keyed = { ...json, dedup_key: randomUUID() };
  return {
    raw: { ...raw, body: Buffer.from(JSON.stringify(keyed)) },
    json: keyed,
  };
}

/** An answer as PagerDuty gives it. */
interface EventAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

const invalid = (status: number, ...errors: readonly string[]): EventAnswer => ({
  status,
  body: { status: 'invalid event', message: 'Event object is invalid', errors },
});

/** Takes what is sent to `/v2/enqueue`; whose it is, its routing key says, which is a token of an integration. */
export async function answerToEvent(ports: AlertPorts, raw: RawAlert): Promise<EventAnswer> {
  if ((raw.headers['content-encoding'] ?? 'identity') !== 'identity')
    return invalid(415, 'a compressed body is not read');
  const doors = ports.doors.filter(({ source, asks }) => source === EVENTS && asks);
  if (doors.length === 0) return invalid(404, 'no integration has the source events-v2 and a token');
  const read = await ports.readBody(raw);
  if (read.kind === 'unreadable') return invalid(400, read.why);
  const key = textIn(read.json, 'routing_key') || (raw.headers['x-routing-key'] ?? '');
  // All are compared, so that the time it takes says nothing.
  const [door] = doors.filter((each) => isAmong([key], each.tokens()));
  if (door === undefined) {
    const why = 'the routing_key is missing or wrong';
    ports.onRefused({ path: '/v2/enqueue', status: 401, why, body: raw.body });
    return invalid(401, why);
  }
  const said = withDedupKey(door, { raw, json: read.json });
  const dedupKey = textIn(said.json, 'dedup_key');
  if (dedupKey === '') return invalid(400, 'event_action is no trigger, and dedup_key is missing');
  const { status, text = '' } = await keepAlert(ports, door, said);
  return status === 202
    ? { status, body: { status: 'success', message: 'Event processed', dedup_key: dedupKey } }
    : { status, body: { status: 'error', message: text } };
}
