import { describe, expect, it } from 'vitest';
import { WRITTEN } from '../../contract/source-samples.ts';
import { bodyOf, readAs, requestOf, sourceNamed } from '../../contract/sources.ts';

type Values = Readonly<Record<string, unknown>>;

const parsed = (file: string) => JSON.parse(bodyOf(file).toString());

describe('Events API v2', () => {
  const event = (more: Values) => readAs('events-v2', { ...WRITTEN.EVENT, ...more });

  it('trigger, acknowledge and resolve are of one alert', () => {
    const reports = ['trigger', 'acknowledge', 'resolve'].flatMap(
      (event_action) => event({ event_action }).reports,
    );
    expect(reports.map(({ status }) => status)).toEqual(['firing', 'acknowledged', 'resolved']);
    expect(new Set(reports.map(({ fingerprint }) => fingerprint))).toEqual(new Set(['Uptime Kuma/7']));
  });

  it('a trigger has everything with it', () => {
    const [report] = event({}).reports;
    expect(report).toMatchObject({
      level: 'error',
      title: 'checkout-api answers 503',
      description: 'since two minutes',
      service: 'checkout',
      environment: 'production',
      startsAt: Date.parse('2026-11-20T08:00:00Z'),
      labels: { source: 'checkout-api', group: 'shop', class: 'http' },
      annotations: { status: '503' },
    });
    expect(report?.links.map(({ kind }) => kind)).toEqual(['source', 'runbook', 'image']);
  });

  it('a resolve often has its key only', () => {
    const [report] = event({ event_action: 'resolve', payload: undefined, links: undefined }).reports;
    expect(report).toMatchObject({ status: 'resolved', title: 'Uptime Kuma/7', level: 'unknown' });
  });

  it('a key that is too long becomes its digest, always the same', () => {
    const dedup_key = 'k'.repeat(255);
    expect(event({ dedup_key }).reports[0]?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(event({ dedup_key })).toEqual(event({ dedup_key }));
  });

  it('without a key the body is one, and it says so', () => {
    const reading = event({ dedup_key: undefined });
    expect(reading.note).toMatch(/no dedup_key/);
    expect(event({ dedup_key: '' }).reports[0]?.fingerprint).not.toBe(reading.reports[0]?.fingerprint);
  });

  it('an action that nobody knows is another shape', () => {
    expect(sourceNamed('events-v2').read(requestOf({ event_action: 'annotate' }), {})).toBeUndefined();
  });
});

describe('Uptime Kuma', () => {
  const down: Values & { readonly heartbeat: Values; readonly monitor: Values } =
    parsed('uptimekuma-down-http.json');
  const notice = (msg: string) => readAs('uptime-kuma', { heartbeat: null, monitor: null, msg }).reports[0];

  it('a certificate that runs out is a warning, one for 14 and for 7 days, that is never taken back', () => {
    const [first, later] = [14, 7].map((days) =>
      notice(`[shop][https://shop.example.org] Server certificate shop will be expired in ${days} days`),
    );
    expect(first).toMatchObject({ kind: 'alert', status: 'firing', level: 'warning', expectsResolve: false });
    expect(later?.fingerprint).toBe(first?.fingerprint);
    expect(notice('[web-1] certificate')?.fingerprint).not.toBe(notice('[web-2] certificate')?.fingerprint);
  });

  it('pending and maintenance say nothing', () => {
    const notes = [2, 3].map((status) =>
      readAs('uptime-kuma', { ...down, heartbeat: { ...down.heartbeat, status } }),
    );
    expect(notes.map(({ note }) => note)).toEqual([
      'a monitor that is pending',
      'a monitor that is under maintenance',
    ]);
  });

  it('tags say level, service and environment', () => {
    const tags = [
      { name: 'severity', value: 'P3' },
      { name: 'service', value: 'checkout' },
      { name: 'env', value: 'staging' },
      { name: 'lonely', value: '' },
    ];
    const [report] = readAs('uptime-kuma', { ...down, monitor: { ...down.monitor, tags } }).reports;
    expect(report).toMatchObject({ level: 'warning', service: 'checkout', environment: 'staging' });
    expect(report?.labels).toMatchObject({ lonely: 'true' });
  });
});

describe('GitHub', () => {
  const github = (json: unknown, headers = {}) => readAs('github', json, headers);
  const failed = parsed('github-workflow_run-failure.DERIVED.json');
  const run = (more: Values) => github({ ...failed, workflow_run: { ...failed.workflow_run, ...more } });

  it('a ping is answered, and nothing else', () => {
    const headers = { 'x-github-event': 'ping', 'x-github-delivery': 'd-1' };
    expect(github({ zen: 'Keep it logically awesome.', hook_id: 1 }, headers)).toEqual({
      reports: [],
      note: 'a ping',
      eventId: 'd-1',
    });
  });

  it('a check of the default branch', () => {
    const [report] = github(WRITTEN.CHECK_RUN).reports;
    expect(report).toMatchObject({
      fingerprint: 'check_run:octo-org/shop:unit tests:main',
      status: 'firing',
      title: 'unit tests failed on main of octo-org/shop',
      description: '3 of 400 tests failed',
      service: 'shop',
      startsAt: Date.parse('2026-11-20T08:30:00Z'),
    });
  });

  for (const [name, more, note] of [
    ['a branch', { head_branch: 'feature' }, 'a run on another branch'],
    [
      'a fork’s branch of the same name',
      { head_repository: { full_name: 'evil/fork' } },
      'a run on another branch',
    ],
    ['cancelled', { conclusion: 'cancelled' }, 'a run that ended cancelled'],
    ['a word like a key of objects', { conclusion: 'constructor' }, 'a run that ended constructor'],
  ] as const)
    it(`${name}: nothing`, () => {
      expect(run(more)).toEqual({ reports: [], note });
    });

  it('a run that only began: nothing', () => {
    expect(github({ ...failed, action: 'requested' }).note).toBe('a run that has not ended');
  });

  it('a workflow that rolls out is a deploy', () => {
    const [report] = github({ ...failed, workflow: { name: 'Deploy to production' } }).reports;
    expect(report).toMatchObject({ kind: 'deploy', status: 'firing', level: 'error' });
  });

  it('a deployment that failed, and one that is on its way', () => {
    const body = parsed('github-deployment_status-success.json');
    const told = (state: string) =>
      github({ ...body, deployment_status: { ...body.deployment_status, state } });
    expect(told('error').reports[0]).toMatchObject({
      kind: 'deploy',
      status: 'firing',
      title: 'Hello-World master could not be deployed to production',
    });
    expect(told('in_progress').note).toBe('a deployment that is in_progress');
  });

  it('other events say nothing about a service, a body without event is another shape', () => {
    expect(github({ action: 'created' }, { 'x-github-event': 'star' }).note).toMatch(/^star/);
    expect(sourceNamed('github').read(requestOf({ action: 'created' }), {})).toBeUndefined();
  });
});

describe('Render', () => {
  const told = (type: string, status?: string) =>
    readAs('render', {
      ...WRITTEN.SERVER_FAILED,
      type,
      data: { ...Object(WRITTEN.SERVER_FAILED.data), status },
    });

  for (const [type, status, expected] of [
    ['server_failed', undefined, 'alert firing srv-1:server'],
    ['server_available', undefined, 'alert resolved srv-1:server'],
    ['build_ended', 'failed', 'deploy firing srv-1:deploy'],
    ['image_pull_failed', undefined, 'deploy firing srv-1:deploy'],
    ['deploy_ended', 'succeeded', 'deploy resolved srv-1:deploy'],
    ['cron_job_run_ended', 'failed', 'alert firing srv-1:cron-job'],
    ['postgres_unavailable', undefined, 'alert firing srv-1:postgres'],
    ['postgres_available', undefined, 'alert resolved srv-1:postgres'],
    ['build_ended', 'succeeded', 'build_ended succeeded'],
    ['deploy_ended', 'canceled', 'deploy_ended canceled'],
    ['deploy_started', undefined, 'deploy_started'],
    ['service_suspended', undefined, 'service_suspended'],
  ] as const)
    it(`${type} ${status ?? ''}: ${expected}`, () => {
      const { reports, note } = told(type, status);
      expect(
        reports.map((report) => `${report.kind} ${report.status} ${report.fingerprint}`)[0] ?? note,
      ).toBe(expected);
    });

  it('a delivery that is sent again has the same id', () => {
    expect(readAs('render', WRITTEN.SERVER_FAILED, { 'webhook-id': 'msg_1' }).eventId).toBe('msg_1');
    expect(readAs('render', WRITTEN.SERVER_FAILED).eventId).toBe('evj-1');
  });
});

describe('Statuspage', () => {
  it('a component of somebody else', () => {
    const [report] = readAs('statuspage', WRITTEN.COMPONENT).reports;
    expect(report).toMatchObject({
      kind: 'upstream',
      status: 'firing',
      level: 'error',
      fingerprint: 'component:rb5wq1dczvbm',
      title: 'API: partial outage',
    });
  });

  it('maintenance that is planned is for information', () => {
    const incident = {
      id: 'm1',
      name: 'Moving',
      status: 'scheduled',
      impact: 'maintenance',
      scheduled_for: '2026-11-21T00:00:00Z',
    };
    const [report] = readAs('statuspage', { incident }).reports;
    expect(report).toMatchObject({ kind: 'upstream', status: 'firing', level: 'info' });
    expect(report?.startsAt).toBe(Date.parse('2026-11-21T00:00:00Z'));
  });
});
