import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { WRITTEN } from '../../contract/source-samples.ts';
import { readAs, readFile, requestOf, sourceNamed } from '../../contract/sources.ts';

const unified = (
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>> = {},
) =>
  readAs('grafana', {
    ...WRITTEN.GRAFANA_FIRING,
    alerts: [{ status: 'firing', labels, annotations, fingerprint: 'abc' }],
  }).reports[0];

const legacy = (more: Readonly<Record<string, unknown>>) =>
  readAs('grafana', { ruleId: 7, ruleName: 'CPU', title: '[OK] CPU', state: 'ok', ...more });

describe('Grafana', () => {
  it('unified: its own links, and no panel where the address is empty', () => {
    const [report] = readAs('grafana', WRITTEN.GRAFANA_FIRING).reports;
    expect(report).toMatchObject({
      fingerprint: '57c6d9296de2ad39',
      level: 'error',
      levelSaid: 'high',
      service: 'checkout',
      title: 'p99 is above 2 s',
      annotations: { valueString: "[ var='A' value=2.4 ]" },
    });
    expect(report?.links.map(({ kind }) => kind)).toEqual([
      ...['source', 'runbook', 'dashboard', 'silence', 'image'],
    ]);
  });

  it('a test is a test, and its relative address is one of Grafana', () => {
    const [report] = readFile('grafana12-testalert-relative-generatorurl.json').reports;
    expect(report?.kind).toBe('test');
    expect(report?.links[0]).toEqual({ kind: 'source', url: 'https://grafana.example.com/?orgId=1' });
  });

  it('a relative address without Grafana’s own is left out', () => {
    const [report] = readAs('grafana', {
      alerts: [
        { status: 'firing', labels: { alertname: 'A' }, generatorURL: '?orgId=1', fingerprint: 'abc' },
      ],
    }).reports;
    expect(report?.links).toEqual([]);
  });

  it('a data source that does not answer: nobody looks, which is a warning', () => {
    const report = unified(
      { alertname: 'DatasourceError', rulename: 'HighLatency', severity: 'critical' },
      { summary: 'p99 is above 2 s', Error: 'dial tcp: connection refused' },
    );
    expect(report).toMatchObject({
      level: 'warning',
      title: 'Monitoring degraded: HighLatency: Grafana cannot ask its data source',
      description: 'dial tcp: connection refused',
    });
    expect(unified({ alertname: 'DatasourceNoData' })?.title).toBe('Grafana gets no data');
  });

  it('legacy: one rule, firing and over', () => {
    const [firing] = legacy({ state: 'alerting', title: '[Alerting] CPU' }).reports;
    const [over] = legacy({}).reports;
    expect(firing).toMatchObject({ status: 'firing', fingerprint: 'rule:7', title: 'CPU' });
    expect(over).toMatchObject({ status: 'resolved', fingerprint: 'rule:7', title: 'CPU' });
  });

  it('legacy: no data is a warning, paused says nothing, tags have the level', () => {
    expect(legacy({ state: 'no_data' }).reports[0]).toMatchObject({ status: 'firing', level: 'warning' });
    expect(legacy({ state: 'paused' })).toEqual({ reports: [], note: 'a rule that is paused' });
    expect(legacy({ state: 'alerting', tags: { severity: 'P1' } }).reports[0]?.level).toBe('critical');
  });

  it('legacy: a rule without a number is known by its name, and called without its state', () => {
    const [named] = legacy({ ruleId: undefined }).reports;
    expect(named?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(legacy({ ruleName: undefined, title: '[Alerting] CPU' }).reports[0]?.title).toBe('CPU');
  });

  describe('signed', () => {
    const [now, secret] = [Date.parse('2026-11-20T08:00:00Z'), 'a long secret'];
    const body = Buffer.from(JSON.stringify(WRITTEN.GRAFANA_FIRING));
    const isSigned = (headers: Readonly<Record<string, string>>): boolean =>
      sourceNamed('grafana').isSigned?.({ request: requestOf(body, headers), secrets: [secret], now }) ??
      false;
    const withTime = (seconds: number): Readonly<Record<string, string>> => ({
      'x-time-of-grafana': String(seconds),
      'x-grafana-alerting-signature': createHmac('sha256', secret)
        .update(`${seconds}:`)
        .update(body)
        .digest('hex'),
    });

    it('with the time in a header of any name', () => {
      expect(isSigned(withTime(now / 1000 - 200))).toBe(true);
    });

    it('long ago, or in the future: not', () => {
      expect(isSigned(withTime(now / 1000 - 301))).toBe(false);
      expect(isSigned(withTime(now / 1000 + 301))).toBe(false);
    });

    it('with another time than the one that was signed: not', () => {
      expect(isSigned({ ...withTime(now / 1000), 'x-time-of-grafana': String(now / 1000 - 1) })).toBe(false);
    });
  });
});
