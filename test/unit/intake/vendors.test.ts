import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AlertReport } from '../../../src/domain/alert.ts';
import { readAs, readFile, requestOf, sourceNamed } from '../../contract/sources.ts';

const short = (fingerprint: string): string => fingerprint.replace(/^([0-9a-f]{8})[0-9a-f]{56}$/, '$1…');

/** Kind, status, level, service, environment, fingerprint, title. */
const rowOf = ({ kind, status, level, service, environment, fingerprint, title }: AlertReport): string =>
  [kind, status, level, service ?? '-', environment ?? '-', short(fingerprint), title].join(' · ');

const BODIES: Readonly<Record<string, string>> = {
  'betterstack-incident-acknowledged.DERIVED':
    'alert · acknowledged · critical · Karmabot · - · incident:812345 · Karmabot: Status 502',
  'cloudwatch-sns-alarm':
    'alert · firing · unknown · bucketbytesAlarm · - · 1234567890/EU (Ireland)/bucketbytesAlarm · bucketbytesAlarm',
  'healthchecks-json-down.DERIVED':
    'alert · firing · error · db-backup · - · check:5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278 · DB backup is down',
  'keep-datadog-custom-template': 'alert · firing · warning · - · production · d82ab63d… · High CPU Usage',
  'opsgenie-close': 'alert · resolved · unknown · - · - · aliastest · test alert',
  'opsgenie-create': 'alert · firing · warning · Server · - · alert-alias · another alert',
  'pagerduty-incident-triggered.DERIVED':
    'alert · firing · critical · karmabot · - · incident:PKARMA1 · Karmabot does not answer',
  'sentry-event_alert-triggered.DERIVED':
    'alert · firing · critical · karmabot · production · issue:1117540176 · MongoServerError: not primary',
  'sentry-issue-created': 'alert · firing · error · ipe · - · issue:123 · Error #1: This is a test error!',
  'sentry-metric_alert-resolved.DERIVED':
    'alert · resolved · unknown · karmabot · production · 083508b0… · Too many errors of karmabot',
  'uptimerobot-down': 'alert · firing · critical · Web Server · - · 0c04c7f9… · Web Server is down',
  'uptimerobot-up': 'alert · resolved · critical · Mail Server · - · c790baa1… · Mail Server is down',
  'zabbix-ok':
    'alert · resolved · error · www.example.com · - · trigger:14032 · Zabbix agent on www.example.com is reachable',
  'zabbix-problem':
    'alert · firing · error · www.example.com · - · trigger:14032 · Zabbix agent on www.example.com is unreachable for 5 minutes',
};

describe('bodies of senders that are a service, and of Zabbix', () => {
  for (const [name, row] of Object.entries(BODIES))
    it(name, () => {
      expect(readFile(`${name}.json`).reports.map(rowOf)).toEqual([row]);
    });

  it('what a body says besides', () => {
    expect(readFile('pagerduty-incident-triggered.DERIVED.json')).toMatchObject({
      eventId: '01EVENTTRIGGERED0000000001',
      reports: [
        {
          levelSaid: 'P1',
          labels: { number: '4711', team: 'Bots', pagerduty_key: 'karmabot/web' },
          startsAt: Date.parse('2026-11-20T03:12:00Z'),
          links: [{ kind: 'source', url: 'https://acme.pagerduty.com/incidents/PKARMA1' }],
        },
      ],
    });
    const [sentry] = readFile('sentry-event_alert-triggered.DERIVED.json').reports;
    expect(sentry).toMatchObject({ expectsResolve: false, labels: { alertname: 'New fatal errors' } });
    // Who the user was is nothing for a channel.
    expect(JSON.stringify(sentry)).not.toMatch(/192\.0\.2\.7|ana@acme/);
    expect(readFile('opsgenie-close.json').reports[0]?.endsAt).toBe(1_420_452_374_669);
    // Whoever has the address to ping brings the check up.
    expect(JSON.stringify(readFile('healthchecks-json-down.DERIVED.json'))).not.toContain('hc-ping');
    // A variable that was not filled in is none.
    expect(readFile('uptimerobot-down.json').reports[0]?.labels).not.toHaveProperty('duration');
  });
});

describe('what is no alert is noted', () => {
  it.each([
    ['pagerduty', { event: { id: '1', event_type: 'pagey.ping', data: { type: 'ping' } } }, 'a ping'],
    [
      'pagerduty',
      { event: { event_type: 'incident.annotated', data: { type: 'incident_note', id: 'N', incident: {} } } },
      'incident.annotated',
    ],
    ['opsgenie', { action: 'AddNote', alert: { alertId: '1', message: 'x' } }, 'AddNote'],
    ['sentry', { resource: 'installation', action: 'created', data: {} }, 'installation created'],
    ['sentry', { resource: 'issue', action: 'assigned', data: { issue: { id: '1' } } }, 'issue assigned'],
    [
      'better-stack',
      { event: 'paused', data: { id: '4', type: 'monitor', attributes: {} } },
      'monitor paused',
    ],
  ])('%s: %j', (source, content, note) => {
    expect(readAs(source, content)).toMatchObject({ reports: [], note });
  });

  it.each([
    'sentry',
    'datadog',
    'pagerduty',
    'opsgenie',
    'cloudwatch',
    'zabbix',
    'healthchecks',
    'better-stack',
    'uptimerobot',
  ])('%s leaves what it does not know to the generic source', (source) => {
    for (const content of [{}, [], 'text', 7, null, { hello: 'world' }, { data: {}, event: [], alert: 1 }])
      expect(sourceNamed(source).read(requestOf(content), {})).toBeUndefined();
  });
});

const hmac = (secret: string, body: Buffer): string =>
  createHmac('sha256', secret).update(body).digest('hex');

describe('signatures', () => {
  const body = Buffer.from('{"event": {"id": "ä"}}');
  const isSigned = (source: string, headers: Readonly<Record<string, string>>, secrets = ['old', 'new']) =>
    sourceNamed(source).isSigned?.({
      request: { method: 'POST', headers, query: {}, body },
      secrets,
      now: 0,
    });

  it.each([
    ['sentry', 'sentry-hook-signature', ''],
    ['pagerduty', 'x-pagerduty-signature', 'v1='],
  ])('%s: good, of the old and the new secret; bad, of others and of none', (source, header, prefix) => {
    expect(isSigned(source, { [header]: `${prefix}${hmac('new', body)}` })).toBe(true);
    expect(isSigned(source, { [header]: `${prefix}${hmac('old', body)}` })).toBe(true);
    expect(isSigned(source, { [header]: `${prefix}${hmac('else', body)}` })).toBe(false);
    expect(isSigned(source, { [header]: `${prefix}${hmac('new', Buffer.from('{}'))}` })).toBe(false);
    expect(isSigned(source, { [header]: `${prefix}${hmac('', body)}` }, [''])).toBe(false);
    expect(isSigned(source, { [header]: prefix })).toBe(false);
    expect(isSigned(source, {})).toBe(false);
  });

  it('pagerduty: two signatures while its secret is replaced, the bad one first', () => {
    const both = `v1=${hmac('else', body)},v1=${hmac('new', body)}`;
    expect(isSigned('pagerduty', { 'x-pagerduty-signature': both })).toBe(true);
    expect(isSigned('pagerduty', { 'x-pagerduty-signature': `v0=${hmac('new', body)}` })).toBe(false);
  });

  it('the others sign nothing that a secret could show', () => {
    for (const source of [
      'datadog',
      'opsgenie',
      'cloudwatch',
      'zabbix',
      'healthchecks',
      'better-stack',
      'uptimerobot',
    ])
      expect(sourceNamed(source)).not.toHaveProperty('isSigned');
  });
});
