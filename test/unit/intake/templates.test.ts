import { describe, expect, it } from 'vitest';
import type { AlertReport } from '../../../src/domain/alert.ts';
import { readAs, sourceNamed } from '../../contract/sources.ts';
import { filled } from './filling.ts';

const templateOf = (source: string): string => sourceNamed(source).template ?? '';

const reportOf = (source: string, content: unknown): AlertReport | undefined =>
  readAs(source, content).reports[0];

describe('the template of Datadog', () => {
  const values = {
    $ID: '42',
    $ALERT_ID: '1234',
    $ALERT_CYCLE_KEY: '555',
    $AGGREG_KEY: '9bd4ac313a4d1e8fae2482df7b77628',
    $ALERT_TRANSITION: 'Triggered',
    $ALERT_TYPE: 'error',
    $ALERT_PRIORITY: 'P1',
    $ALERT_SCOPE: 'host:web-1,service:karmabot',
    $EVENT_TITLE: '[P1] [Triggered on {host:web-1}] CPU of "karmabot" is high',
    $TEXT_ONLY_MSG: 'over 90 %\nfor 5 minutes',
    $TAGS: 'env:production, team:bots, vip',
    $LINK: 'https://app.datadoghq.eu/event/event?id=42',
    $DATE: '1763608320000',
  };
  const read = (more: Readonly<Record<string, string>> = {}) =>
    reportOf('datadog', JSON.parse(filled(templateOf('datadog'), { ...values, ...more })));

  it('gives everything', () => {
    expect(read()).toMatchObject({
      fingerprint: '9bd4ac313a4d1e8fae2482df7b77628',
      kind: 'alert',
      status: 'firing',
      level: 'critical',
      levelSaid: 'P1',
      title: 'CPU of "karmabot" is high',
      description: 'over 90 %\nfor 5 minutes',
      service: 'karmabot',
      environment: 'production',
      labels: { host: 'web-1', team: 'bots', tags: 'vip', monitor: '1234' },
      startsAt: 1_763_608_320_000,
      links: [{ kind: 'source', url: 'https://app.datadoghq.eu/event/event?id=42' }],
      expectsResolve: true,
    });
  });

  it('a warning is a warning whatever the priority, and what is over is over', () => {
    expect(read({ $ALERT_TRANSITION: 'Re-Warn' })).toMatchObject({ status: 'firing', level: 'warning' });
    const over = read({ $ALERT_TRANSITION: 'Recovered', $ALERT_TYPE: 'success' });
    expect(over).toMatchObject({ status: 'resolved', endsAt: 1_763_608_320_000 });
    expect(over).not.toHaveProperty('startsAt');
  });

  it('variables that Datadog leaves as they are say nothing', () => {
    const left = {
      $ALERT_PRIORITY: '$ALERT_PRIORITY',
      $AGGREG_KEY: 'null',
      $ALERT_TRANSITION: 'No Data',
      $EVENT_TITLE: '[No Data] CPU',
    };
    expect(read(left)).toMatchObject({ level: 'warning', levelSaid: 'No Data', status: 'firing' });
    expect(read(left)?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  it('its own payload says it in the title alone', () => {
    const own = (title: string) => reportOf('datadog', { id: '1', title, date: '1763608320000', body: 'x' });
    const [down, up] = [own('[Triggered on {host:a}] CPU'), own('[Recovered on {host:a}] CPU')];
    expect([down?.status, up?.status]).toEqual(['firing', 'resolved']);
    expect(up?.fingerprint).toBe(down?.fingerprint);
    expect(own('[Triggered on {host:b}] CPU')?.fingerprint).not.toBe(down?.fingerprint);
    expect(own('[TEST] [Triggered] CPU')?.kind).toBe('test');
    // After what happened the brackets belong to the monitor.
    expect(own('[Triggered] [TEST] CPU')).toMatchObject({ kind: 'alert', title: '[TEST] CPU' });
  });
});

describe('the template of Healthchecks', () => {
  const check = {
    name: 'DB "backup"',
    slug: 'db-backup',
    tags: 'env:prod severity:critical',
    uuid: 'a-b',
    status: 'down',
  };
  const read = (more: object, status = 'down') => {
    const json = JSON.stringify({ ...check, ...more });
    const values = { $NOW: '2026-11-20T07:29:28+00:00', $STATUS: status, $JSON: json };
    return reportOf('healthchecks', JSON.parse(filled(templateOf('healthchecks'), values, false)));
  };

  it('gives everything', () => {
    expect(read({ update_url: 'https://hc.example/api/v3/checks/a-b' })).toMatchObject({
      fingerprint: 'check:a-b',
      status: 'firing',
      level: 'critical',
      title: 'DB "backup" is down',
      service: 'db-backup',
      environment: 'prod',
      startsAt: Date.parse('2026-11-20T07:29:28Z'),
      links: [{ kind: 'source', url: 'https://hc.example/checks/a-b/details/' }],
    });
    expect(read({}, 'up')).toMatchObject({ fingerprint: 'check:a-b', status: 'resolved' });
    expect(read({ uuid: undefined, unique_key: 'k' })?.fingerprint).toBe('check:k');
    expect(read({ name: 'TEST' })?.kind).toBe('test');
  });
});

describe('the template of UptimeRobot', () => {
  const values = {
    '*monitorID*': '777749809',
    '*monitorFriendlyName*': 'Karmabot',
    '*monitorURL*': 'https://karmabot.example/',
    '*alertType*': '1',
    '*alertTypeFriendlyName*': 'Down',
    '*alertDetails*': 'HTTP 502 - Bad Gateway',
    '*alertDateTime*': '1763608320',
  };
  const read = (more: Readonly<Record<string, string>> = {}) =>
    reportOf('uptimerobot', JSON.parse(filled(templateOf('uptimerobot'), { ...values, ...more })));

  it('gives everything', () => {
    expect(read()).toMatchObject({
      fingerprint: 'monitor:777749809',
      status: 'firing',
      level: 'critical',
      levelSaid: 'Down',
      title: 'Karmabot is down',
      description: 'HTTP 502 - Bad Gateway',
      service: 'Karmabot',
      labels: { url: 'https://karmabot.example/' },
      startsAt: 1_763_608_320_000,
      links: [{ kind: 'source', url: 'https://dashboard.uptimerobot.com/monitors/777749809' }],
    });
    expect(read({ '*alertType*': '2' })).toMatchObject({
      fingerprint: 'monitor:777749809',
      status: 'resolved',
    });
  });

  it('a certificate that runs out is a problem of its own, which nobody takes back', () => {
    expect(read({ '*alertType*': '3' })).toMatchObject({
      fingerprint: 'monitor:777749809:expiry',
      level: 'warning',
      expectsResolve: false,
    });
  });

  it('the template as it is tries the integration', () => {
    expect(reportOf('uptimerobot', JSON.parse(templateOf('uptimerobot')))?.kind).toBe('test');
  });
});
