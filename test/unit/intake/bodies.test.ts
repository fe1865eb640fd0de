import { describe, expect, it } from 'vitest';
import type { AlertReport } from '../../../src/domain/alert.ts';
import { bodyFiles, bodyOf, readerOf, readFile } from '../../contract/sources.ts';

/** What each body comes to: kind, status, level, service, environment, fingerprint, title. */
const ROWS: Readonly<Record<string, readonly string[]>> = {
  'alertmanager-firing-grouped': [
    'alert · firing · critical · checkout · eu-1 · a221817265c1a57c · HighErrorRate on web-1:9090',
    'alert · firing · critical · checkout · eu-1 · 4da07010ce17f82f · HighErrorRate on web-2:9090',
    'alert · firing · critical · checkout · eu-1 · a47bcf935e523e2a · HighErrorRate on web-3:9090',
  ],
  'alertmanager-firing-single': [
    'alert · firing · critical · checkout · eu-1 · a221817265c1a57c · HighErrorRate on web-1:9090',
  ],
  'alertmanager-groupby-all': [
    'alert · firing · warning · api · eu-1 · 01b4543ad2ce374a · LatencyHigh on a-2',
  ],
  'alertmanager-inhibited-group': [
    'alert · firing · critical · db · eu-1 · c2359ada72f3af5a · DiskFull on db-1:9100',
  ],
  'alertmanager-no-instance-firing': [
    'alert · firing · info · cron · - · 0249260144827c5b · posted without endsAt',
  ],
  'alertmanager-no-instance-resolved': [
    'alert · resolved · info · cron · - · 0249260144827c5b · posted without endsAt',
  ],
  'alertmanager-partial-resolve': [
    'alert · firing · critical · checkout · eu-1 · a221817265c1a57c · HighErrorRate on web-1:9090',
    'alert · resolved · critical · checkout · eu-1 · 4da07010ce17f82f · HighErrorRate on web-2:9090',
    'alert · firing · critical · checkout · eu-1 · a47bcf935e523e2a · HighErrorRate on web-3:9090',
  ],
  'alertmanager-refire': [
    'alert · firing · critical · checkout · eu-1 · a221817265c1a57c · HighErrorRate on web-1:9090',
  ],
  'alertmanager-repeat': [
    'alert · firing · warning · worker · eu-1 · 2796fd1861248169 · QueueBacklog on w-1',
  ],
  'alertmanager-resolved': [
    'alert · resolved · critical · checkout · eu-1 · a221817265c1a57c · HighErrorRate on web-1:9090',
    'alert · resolved · critical · checkout · eu-1 · a47bcf935e523e2a · HighErrorRate on web-3:9090',
  ],
  'alertmanager-truncated': [
    'alert · firing · warning · api · eu-1 · a92d87a418d72948 · PodCrashLooping on pod-1',
    'alert · firing · warning · api · eu-1 · 1776788d03011f19 · PodCrashLooping on pod-2',
  ],
  'alertmanager-v4-no-fingerprint': [
    'alert · firing · critical · - · - · 459a00fa03010a0a2292d259b8dd56a927e43d5e6564a77d4e7891f54f60b929 · No things for over 10 minutes',
  ],
  'github-deployment_status-success': [
    'deploy · resolved · error · Hello-World · production · deployment:Codertocat/Hello-World:production · Hello-World master was deployed to production',
  ],
  'github-workflow_run-failure.DERIVED': [
    'alert · firing · warning · octo-repo · - · workflow_run:octo-org/octo-repo:2823525:master · test failed on master of octo-org/octo-repo',
  ],
  'github-workflow_run-success': [
    'alert · resolved · warning · octo-repo · - · workflow_run:octo-org/octo-repo:2823525:master · test failed on master of octo-org/octo-repo',
  ],
  'grafana-goalert-1': ['alert · firing · unknown · - · - · rule:1 · bob'],
  'grafana-legacy-alerting': ['alert · firing · unknown · monitoring · - · rule:7 · Zeta CPU alert'],
  'grafana12-testalert-relative-generatorurl': ['test · firing · unknown · - · - · c4edaaf9f9f839b0 · TEST'],
  'newrelic-issue-activated': [
    'alert · firing · critical · - · - · MXxBSXxJU1NVRXwxMjM0NTY3ODk · High CPU usage on production server',
  ],
  'pingdom-down': ['alert · firing · error · - · - · 803318 · Alerta API on OpenShift'],
  'render-deploy_ended-failed.DERIVED': [
    'deploy · firing · error · backend-api · - · srv-cukouhrtq21c73e9scng:deploy · backend-api: deploy failed',
  ],
  'statuspage-webhook-incident-resolved': [
    'upstream · resolved · info · - · - · incident:z3lct0r596n4 · Database query delays',
  ],
  'uptimekuma-down-http-resend': [
    'alert · firing · critical · checkout-api · - · monitor:1 · checkout-api is down',
  ],
  'uptimekuma-down-http': ['alert · firing · critical · checkout-api · - · monitor:1 · checkout-api is down'],
  'uptimekuma-down-port': [
    'alert · firing · critical · postgres-primary · - · monitor:2 · postgres-primary is down',
  ],
  'uptimekuma-down-push': [
    'alert · firing · critical · nightly-backup · - · monitor:3 · nightly-backup is down',
  ],
  'uptimekuma-test': [
    'test · firing · info · - · - · 20d190364ebb09bcaba0c395e5d2c956316f6b370cf73c805f989e4a66e068dc · bot Testing',
  ],
  'uptimekuma-up-http': ['alert · resolved · critical · checkout-api · - · monitor:1 · checkout-api is down'],
  'uptimekuma-up-push': [
    'alert · resolved · critical · nightly-backup · - · monitor:3 · nightly-backup is down',
  ],
};

const rowOf = ({ kind, status, level, service, environment, fingerprint, title }: AlertReport): string =>
  [kind, status, level, service ?? '-', environment ?? '-', fingerprint, title].join(' · ');

const fingerprints = (file: string, status: AlertReport['status']): readonly string[] =>
  readFile(file)
    .reports.filter((report) => report.status === status)
    .map((report) => report.fingerprint);

describe('bodies that senders really sent', () => {
  for (const [name, rows] of Object.entries(ROWS))
    it(name, () => {
      expect(readFile(`${name}.json`).reports.map(rowOf)).toEqual(rows);
    });

  it('every one has a source that reads it', () => {
    expect(bodyFiles.filter((file) => readerOf(file) === undefined)).toEqual([]);
    expect(bodyFiles.length).toBeGreaterThan(35);
  });

  it('a storm of 60 alerts in one request', () => {
    const { reports, truncated } = readFile('alertmanager-storm-60.json');
    expect(reports).toHaveLength(60);
    expect(new Set(reports.map(({ fingerprint }) => fingerprint)).size).toBe(60);
    expect(new Set(reports.map(({ service }) => service)).size).toBe(7);
    expect(new Set(reports.map(({ environment }) => environment)).size).toBe(1);
    expect(truncated).toBeUndefined();
  });
});

describe('a real Alertmanager, one request after the other', () => {
  const [WEB_1, WEB_2, WEB_3] = ['a221817265c1a57c', '4da07010ce17f82f', 'a47bcf935e523e2a'];

  it('firing, the group grows, one is over, the rest is over: the same fingerprints', () => {
    expect(fingerprints('alertmanager-firing-single.json', 'firing')).toEqual([WEB_1]);
    expect(fingerprints('alertmanager-firing-grouped.json', 'firing')).toEqual([WEB_1, WEB_2, WEB_3]);
    expect(fingerprints('alertmanager-partial-resolve.json', 'resolved')).toEqual([WEB_2]);
    expect(fingerprints('alertmanager-partial-resolve.json', 'firing')).toEqual([WEB_1, WEB_3]);
    // What was reported as resolved before is not listed again: absence says nothing.
    expect(fingerprints('alertmanager-resolved.json', 'resolved')).toEqual([WEB_1, WEB_3]);
  });

  it('an end is read where there is one; the year 1 is none', () => {
    const [web1, web2] = readFile('alertmanager-partial-resolve.json').reports;
    expect(web1).not.toHaveProperty('endsAt');
    expect(web2?.endsAt).toBeGreaterThan(web2?.startsAt ?? Number.POSITIVE_INFINITY);
  });

  it('it fires again: the same fingerprint and group, a new start', () => {
    const [before] = readFile('alertmanager-firing-single.json').reports;
    const [after] = readFile('alertmanager-refire.json').reports;
    expect(after).toMatchObject({ fingerprint: WEB_1, status: 'firing', groupHint: before?.groupHint });
    expect(after?.startsAt).toBeGreaterThan(before?.startsAt ?? Number.POSITIVE_INFINITY);
  });

  it('the same bytes again are the same report again', () => {
    expect(readFile('alertmanager-repeat.json')).toEqual(readFile('alertmanager-repeat.json'));
  });

  it('posted without an end, and resolved by its timeout', () => {
    const [firing] = readFile('alertmanager-no-instance-firing.json').reports;
    const [over] = readFile('alertmanager-no-instance-resolved.json').reports;
    expect(over).toMatchObject({ fingerprint: firing?.fingerprint, startsAt: firing?.startsAt });
    expect(over?.endsAt).toBe(Date.parse('2026-11-20T07:31:15.473Z'));
  });

  it('a group that shows two of five says how many it hides', () => {
    expect(readFile('alertmanager-truncated.json').truncated).toBe(3);
  });

  it('grouped by everything: one alert, and its group has all labels', () => {
    const [report] = readFile('alertmanager-groupby-all.json').reports;
    expect(report?.groupHint).toContain('instance="a-2"');
  });

  it('links lead to the source, the runbook, the dashboard and a silence', () => {
    const [report] = readFile('alertmanager-firing-single.json').reports;
    expect(report?.links.map(({ kind, url }) => `${kind} ${new URL(url).host}`)).toEqual([
      'source prometheus.example.org',
      'runbook runbooks.example.org',
      'dashboard grafana.example.org',
      'silence alertmanager.test:9093',
    ]);
    const silence = report?.links.find(({ kind }) => kind === 'silence')?.url ?? '';
    expect(decodeURIComponent(silence)).toContain('alertname="HighErrorRate"');
  });
});

describe('Uptime Kuma, one request after the other', () => {
  it('an outage, sent again, and its end: one fingerprint, and only the first says when it began', () => {
    const [down] = readFile('uptimekuma-down-http.json').reports;
    const [again] = readFile('uptimekuma-down-http-resend.json').reports;
    const [up] = readFile('uptimekuma-up-http.json').reports;
    expect(new Set([down, again, up].map((report) => report?.fingerprint)).size).toBe(1);
    expect(down?.startsAt).toBe(Date.parse('2026-11-20T07:43:20.624Z'));
    expect(again).not.toHaveProperty('startsAt');
    expect(up).toMatchObject({ startsAt: down?.startsAt, endsAt: Date.parse('2026-11-20T07:44:40.626Z') });
  });
});

describe('GitHub, one request after the other', () => {
  it('a workflow that passes ends what its failure began', () => {
    const [failed] = readFile('github-workflow_run-failure.DERIVED.json').reports;
    const [passed] = readFile('github-workflow_run-success.json').reports;
    expect([failed?.status, passed?.status]).toEqual(['firing', 'resolved']);
    expect(passed?.fingerprint).toBe(failed?.fingerprint);
  });

  it('a deployment says who, what and where', () => {
    const [report] = readFile('github-deployment_status-success.json').reports;
    expect(report?.labels).toMatchObject({ by: 'Codertocat', sha: 'f95f852', ref: 'master' });
    expect(bodyOf('github-deployment_status-success.json').length).toBe(10_255);
  });
});
