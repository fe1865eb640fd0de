import { describe, expect, it } from 'vitest';
import { readAs, requestOf, sourceNamed } from '../../contract/sources.ts';

const alert = (more: Readonly<Record<string, unknown>> = {}) => ({
  status: 'firing',
  labels: { alertname: 'HighErrorRate', instance: 'web-1', severity: 'critical' },
  annotations: {},
  startsAt: '2026-11-20T07:29:02.684Z',
  endsAt: '0001-01-01T00:00:00Z',
  ...more,
});

const group = (alerts: readonly unknown[], more: Readonly<Record<string, unknown>> = {}) => ({
  version: '4',
  status: 'firing',
  groupKey: '{}:{}',
  externalURL: 'http://alertmanager.test:9093',
  alerts,
  ...more,
});

const one = (
  more: Readonly<Record<string, unknown>> = {},
  around: Readonly<Record<string, unknown>> = {},
) => {
  const [report] = readAs('alertmanager', group([alert(more)], around)).reports;
  if (report === undefined) throw new Error('there is no report');
  return report;
};

describe('Alertmanager', () => {
  it('version 3 has a number as its group key, and no fingerprints', () => {
    const report = one({}, { version: '3', groupKey: 8_734_210_987 });
    expect(report.groupHint).toBe('8734210987');
    expect(report.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  it('without a fingerprint the labels are the identity, in any order, whatever the annotations say', () => {
    const labels = { severity: 'critical', instance: 'web-1', alertname: 'HighErrorRate' };
    expect(one({ labels, annotations: { summary: '97 %' } }).fingerprint).toBe(one().fingerprint);
    expect(one({ labels: { ...labels, instance: 'web-2' } }).fingerprint).not.toBe(one().fingerprint);
  });

  it('without a fingerprint what changes by itself is no identity', () => {
    const labels = { alertname: 'Crash', pod_template_hash: '7d4b9c6f5d', value: '97', timestamp: '1' };
    const later = { alertname: 'Crash', pod_template_hash: '5b8f', value: '98', timestamp: '2' };
    expect(one({ labels }).fingerprint).toBe(one({ labels: later }).fingerprint);
  });

  it('an alert without labels is told from another by its annotations', () => {
    const [a, b] = ['queue', 'disk'].map((summary) => one({ labels: {}, annotations: { summary } }));
    expect(a?.fingerprint).not.toBe(b?.fingerprint);
  });

  for (const [name, labels] of Object.entries({
    Watchdog: { alertname: 'Watchdog', severity: 'none' },
    DeadMansSwitch: { alertname: 'DeadMansSwitch', severity: 'critical' },
    'severity none': { alertname: 'Alive', severity: 'none' },
  }))
    it(`${name} is a heartbeat`, () => {
      expect(one({ labels }).kind).toBe('heartbeat');
    });

  it('the switch of the inhibition is no heartbeat', () => {
    expect(one({ labels: { alertname: 'InfoInhibitor', severity: 'none' } })).toMatchObject({
      kind: 'alert',
      level: 'info',
    });
  });

  it('the group is over, and the alert is not: the alert is right', () => {
    expect(one({ status: 'firing' }, { status: 'resolved' }).status).toBe('firing');
    expect(one({ status: 'resolved' }, { status: 'firing' }).status).toBe('resolved');
  });

  it('an alert without a status is over when it has an end', () => {
    expect(one({ status: undefined }).status).toBe('firing');
    expect(one({ status: undefined, endsAt: '2026-11-20T08:00:00Z' }).status).toBe('resolved');
    expect(one({ status: undefined }, { status: 'resolved' }).status).toBe('resolved');
  });

  it('is called by its summary, its title, its name and instance, or in the end by nothing', () => {
    expect(one({ annotations: { summary: ' \u200b ', title: 'The rate' } }).title).toBe('The rate');
    expect(one().title).toBe('HighErrorRate on web-1');
    expect(one({ labels: { alertname: 'Crash' } }).title).toBe('Crash');
    expect(one({ labels: null }).title).toBe('An alert without a name');
  });

  it('a silence is offered for the labels, quoted', () => {
    const labels = { alertname: 'a "b" \\ c' };
    const url = one({ labels }).links.find(({ kind }) => kind === 'silence')?.url ?? '';
    expect(decodeURIComponent(url)).toContain('{alertname="a \\"b\\" \\\\ c"}');
  });

  it('a link that is no address is left out', () => {
    const links = one(
      {
        generatorURL: 'javascript:alert(1)',
        annotations: { runbook_url: 'ask Ana', dashboard: 'ftp://a/b' },
      },
      { externalURL: 'file:///etc/passwd' },
    ).links;
    expect(links).toEqual([]);
  });

  it('a group that lists nothing says so', () => {
    expect(readAs('alertmanager', group([]))).toEqual({ reports: [], note: 'a group that lists no alerts' });
  });

  for (const [name, json] of Object.entries({
    'no list of alerts': { version: '4', alerts: {} },
    'an alert that is none': group([alert(), 'surprise']),
    'a list': [alert()],
  }))
    it(`${name}: another shape, of which somebody else makes an alert`, () => {
      expect(sourceNamed('alertmanager').read(requestOf(json), {})).toBeUndefined();
    });
});
