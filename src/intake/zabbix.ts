import type { AlertReading, AlertStatus, Level } from '../domain/alert.ts';
import { readUntrustedJson } from '../domain/untrusted-json.ts';
import { at, isFields, wordsAt } from './reading/fields.ts';
import { fingerprintOf, ownFingerprint } from './reading/fingerprint.ts';
import type { Labels } from './reading/labels.ts';
import { levelOf } from './reading/levels.ts';
import { linkOf } from './reading/links.ts';
import { firstFilled, isTemplate } from './reading/placeholders.ts';
import { reportOf } from './reading/report.ts';
import { labelsOfTags } from './reading/tags.ts';
import type { Source } from './source.ts';

/**
 * A media type of the type `Webhook`: its parameters (name and value), and its script, which Zabbix calls with them as JSON:
 * https://www.zabbix.com/documentation/current/en/manual/config/notifications/media/webhook. Wanted for problems, recoveries and updates.
 */
const template = `Parameters:
url: https://BOTSWAIN/alerts/zabbix
token: TOKEN
event_id: {EVENT.ID}
trigger_id: {TRIGGER.ID}
value: {EVENT.VALUE}
update: {EVENT.UPDATE.STATUS}
acknowledged: {EVENT.ACK.STATUS}
nseverity: {EVENT.NSEVERITY}
severity: {EVENT.SEVERITY}
host: {HOST.NAME}
name: {EVENT.NAME}
opdata: {EVENT.OPDATA}
tags: {EVENT.TAGSJSON}
recovery_id: {EVENT.RECOVERY.ID}
link: {$ZABBIX.URL}/tr_events.php?triggerid={TRIGGER.ID}&eventid={EVENT.ID}

Script:
var sent = JSON.parse(value), url = sent.url, request = new HttpRequest();
request.addHeader('Content-Type: application/json');
request.addHeader('Authorization: Bearer ' + sent.token);
delete sent.url;
delete sent.token;
var answer = request.post(url, JSON.stringify(sent));
if (request.getStatus() < 200 || request.getStatus() > 299) {
  throw 'Botswain answered ' + request.getStatus() + ': ' + answer;
}
return 'OK';`;

/** https://www.zabbix.com/documentation/current/en/manual/config/triggers/severity, by number. */
const SEVERITIES = ['Not classified', 'Information', 'Warning', 'Average', 'High', 'Disaster'];

/** Disaster is the roof gone; who runs bots has High for a service that is down. */
const LEVELS: Readonly<Record<string, Level>> = { average: 'error', high: 'critical', disaster: 'critical' };

const severityOf = (json: unknown): string | undefined => {
  const number = firstFilled(json, ['nseverity', 'event_nseverity']);
  const name = firstFilled(json, ['severity', 'event_severity', 'trigger_severity']) ?? number;
  return /^[0-5]$/.test(name ?? '') ? SEVERITIES[Number(name)] : name;
};

const STATES: Readonly<Record<string, AlertStatus>> = {
  '1': 'firing',
  problem: 'firing',
  '0': 'resolved',
  ok: 'resolved',
  resolved: 'resolved',
};

/** In an update the value is still that of the problem, and the acknowledgement stands apart. */
const statusOf = (json: unknown): AlertStatus | undefined => {
  const word = firstFilled(json, ['value', 'event_value', 'status', 'trigger_status'])?.toLowerCase() ?? '';
  const state = Object.hasOwn(STATES, word) ? STATES[word] : undefined;
  const isSeen = /^(?:yes|1|true)$/i.test(firstFilled(json, ['acknowledged', 'ack', 'event_ack']) ?? '');
  return state === 'firing' && isSeen ? 'acknowledged' : state;
};

/** The number of the trigger in the address of the event: `tr_events.php?triggerid=14032&eventid=10528`. */
const triggerInAddress = (json: unknown): string | undefined => {
  const url = URL.parse(wordsAt(json, 'link')?.slice(0, 2_048) ?? '', 'http://zabbix.invalid');
  const id = url?.searchParams.get('triggerid') ?? '';
  return /^\d{1,20}$/.test(id) ? id : undefined;
};

/**
 * By the trigger, which belongs to one host; else by the problem's event, whose id the recovery repeats. Never by the text of a
 * trigger while there is anything better: it changes when the problem is over.
 */
const fingerprintIn = (json: unknown): string => {
  const trigger = firstFilled(json, ['trigger_id', 'triggerid']) ?? triggerInAddress(json);
  if (trigger !== undefined) return ownFingerprint(`trigger:${trigger}`);
  const event = firstFilled(json, ['event_id', 'eventid']);
  if (event !== undefined) return ownFingerprint(`event:${event}`);
  const host = firstFilled(json, ['host', 'hostname']) ?? '';
  return fingerprintOf('zabbix', { host, name: firstFilled(json, ['name', 'trigger', 'item']) ?? '' });
};

/** `{EVENT.TAGSJSON}` is a list as text, `{EVENT.TAGS}` is `scope:disk, team:web`. */
const tagsIn = (json: unknown): Labels => {
  const tags = at(json, 'tags') ?? at(json, 'event_tags');
  const list = typeof tags === 'string' && tags.startsWith('[') ? readUntrustedJson(tags) : undefined;
  return labelsOfTags(list?.kind === 'read' ? list.value : (firstFilled({ tags }, ['tags']) ?? tags));
};

const IDENTITY = ['event_id', 'eventid', 'trigger_id', 'triggerid', 'name', 'host'];

function read(json: unknown): AlertReading | undefined {
  if (!isFields(json)) return undefined;
  const isTest = isTemplate(json, IDENTITY);
  const name = firstFilled(json, ['name', 'trigger', 'trigger_name', 'event_name', 'subject']);
  const status = statusOf(json) ?? (isTest ? 'firing' : undefined);
  if (status === undefined || (name === undefined && !isTest)) return undefined;
  const said = severityOf(json);
  const host = firstFilled(json, ['host', 'hostname', 'host_name']);
  const tags = tagsIn(json);
  const report = reportOf({
    fingerprint: fingerprintIn(json),
    ...(isTest ? { kind: 'test' as const } : {}),
    status,
    level: levelOf(said, LEVELS),
    levelSaid: said,
    titles: [name, isTest ? 'Test from Zabbix' : undefined],
    description: firstFilled(json, ['opdata', 'message', 'item']),
    service: tags.service ?? tags.application ?? host,
    labels: { ...tags, host, alertname: name },
    links: [linkOf('source', at(json, 'link') ?? at(json, 'event_url'))],
  });
  return { reports: [report] };
}

/** Zabbix, by a webhook media type with {@link template}, or bodies much like it. Signs nothing. */
export const zabbix: Source = {
  source: 'zabbix',
  summary: 'Zabbix, a media type `Webhook` with these parameters and this script',
  template,
  read: ({ json }) => read(json),
};
