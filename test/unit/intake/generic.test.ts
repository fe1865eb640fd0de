import { describe, expect, it } from 'vitest';
import { generic, genericAlert } from '../../../src/intake/generic.ts';
import type { AlertRequest } from '../../../src/intake/source.ts';
import { requestOf } from '../../contract/sources.ts';

const read = (json: unknown, pointers?: unknown) => {
  const [report] = generic.read(requestOf(json), { pointers })?.reports ?? [];
  if (report === undefined) throw new Error('there is no report');
  return report;
};

const textual = (text: string | Buffer): AlertRequest => ({
  ...requestOf({}),
  body: Buffer.from(text),
  json: undefined,
});

const BODY = {
  app: { name: 'billing', env: 'staging' },
  'a/b': { 'm~n': 'The queue is long' },
  checks: [{ id: 'q-1', state: 'Bad', sev: 'high', more: 'since 5 minutes' }],
  see: 'https://ops.example.org/q',
  team: 'money',
};

const POINTERS = {
  title: '/a~1b/m~0n',
  description: '/checks/0/more',
  status: '/checks/0/state',
  firing: ['bad'],
  acknowledged: ['seen'],
  resolved: ['good'],
  fingerprint: '/checks/0/id',
  level: '/checks/0/sev',
  service: '/app/name',
  environment: '/app/env',
  link: '/see',
  group: '/team',
};

const inState = (state: unknown) => ({ ...BODY, checks: [{ ...BODY.checks[0], state }] });

describe('generic, with pointers', () => {
  it('everything from where it stands', () => {
    expect(read(BODY, POINTERS)).toMatchObject({
      fingerprint: 'q-1',
      status: 'firing',
      level: 'error',
      levelSaid: 'high',
      title: 'The queue is long',
      description: 'since 5 minutes',
      service: 'billing',
      environment: 'staging',
      links: [{ kind: 'source', url: 'https://ops.example.org/q' }],
      groupHint: 'money',
      expectsResolve: true,
    });
  });

  for (const [state, status] of [
    ['GOOD', 'resolved'],
    ['seen', 'acknowledged'],
    ['bad', 'firing'],
    ['something new', 'firing'],
    ['ok', 'firing'],
    [null, 'firing'],
  ] as const)
    it(`the state ${state} is ${status}`, () => {
      expect(read(inState(state), POINTERS).status).toBe(status);
    });

  it('without lists of words the common ones count', () => {
    const status = { status: '/checks/0/state' };
    expect(read(inState('OK'), status).status).toBe('resolved');
    expect(read(inState('Acked'), status).status).toBe('acknowledged');
    expect(read(inState('Down'), status).status).toBe('firing');
  });

  it('yes and no are words, too', () => {
    const pointers = { status: '/up', resolved: ['true'] };
    expect(read({ up: true, name: 'x' }, pointers).status).toBe('resolved');
    expect(read({ up: false, name: 'x' }, pointers).status).toBe('firing');
  });

  it('a fingerprint of several', () => {
    const fingerprint = ['/app/name', '/checks/0/id'];
    const [one, same] = [BODY, inState('good')].map((body) => read(body, { fingerprint }).fingerprint);
    expect(one).toBe(same);
    expect(read({ ...BODY, app: { name: 'shop' } }, { fingerprint }).fingerprint).not.toBe(one);
  });

  it('a pointer that leads nowhere is no reason to lose it', () => {
    expect(read({ summary: 'Disk full' }, { title: '/nothing', fingerprint: '/nothing' })).toMatchObject({
      title: 'Disk full',
      status: 'firing',
    });
  });

  it('settings are checked when the configuration is read', () => {
    expect(generic.settings?.safeParse({ pointers: POINTERS }).success).toBe(true);
    for (const pointers of [{ title: 'msg' }, { titel: '/msg' }, { fingerprint: [] }, { firing: [7] }])
      expect(generic.settings?.safeParse({ pointers }).success).toBe(false);
  });
});

describe('generic, without pointers', () => {
  it('common keys, however they are written', () => {
    expect(
      read({
        AlertName: 'Disk full',
        Details: 'on /var',
        'current-state': 'RECOVERED',
        alert_id: 7,
        Severity: 'Major',
        service_name: 'db',
        Env: 'production',
        HtmlUrl: 'https://ops.example.org/7',
        timestamp: 1_795_161_600,
      }),
    ).toMatchObject({
      title: 'Disk full',
      description: 'on /var',
      status: 'resolved',
      fingerprint: '7',
      level: 'error',
      service: 'db',
      environment: 'production',
      links: [{ url: 'https://ops.example.org/7' }],
      startsAt: 1_795_161_600_000,
      expectsResolve: true,
    });
  });

  it('also where they are wrapped', () => {
    expect(read({ type: 'x', data: { alert: { title: 'Disk full', status: 'open' } } })).toMatchObject({
      title: 'Disk full',
      status: 'firing',
    });
  });

  for (const [a, b] of [
    [{ title: '[FIRING] Disk full' }, { title: '[RESOLVED] Disk full' }],
    [{ title: '🔴 Down: shop' }, { title: '✅ Up: shop' }],
    [{ title: 'Disk is 91.5% full' }, { title: 'Disk is 93% full' }],
    [
      { title: 'Late', at: '08:00', status: 'open' },
      { title: 'Late', at: '09:00', status: 'closed' },
    ],
  ])
    it(`${JSON.stringify(a)} and ${JSON.stringify(b)} are of the same`, () => {
      expect(read(a).fingerprint).toBe(read(b).fingerprint);
    });

  for (const [a, b] of [
    [{ title: 'web-1 is down' }, { title: 'web-2 is down' }],
    [
      { title: 'Disk full', host: 'web-1' },
      { title: 'Disk full', host: 'web-2' },
    ],
    [
      { title: 'Disk full', service: 'a' },
      { title: 'Disk full', service: 'b' },
    ],
  ])
    it(`${JSON.stringify(a)} and ${JSON.stringify(b)} are not of the same`, () => {
      expect(read(a).fingerprint).not.toBe(read(b).fingerprint);
    });

  it('what could be a secret is no label', () => {
    const body = {
      title: 'x',
      token: 't',
      api_key: 'k',
      Password: 'p',
      routing_key: 'r',
      authorization: 'a',
      team: 'm',
    };
    expect(read(body).labels).toEqual({ title: 'x', team: 'm' });
  });

  it('an object that says nothing is still an alert', () => {
    expect(read({}).title).toBe('A request without words');
    expect(read([{ deep: { deeper: 'The lift is stuck' } }]).title).toBe('The lift is stuck');
  });
});

describe('an alert out of anything', () => {
  const only = (request: AlertRequest) => {
    const { reports } = genericAlert(request);
    expect(reports).toHaveLength(1);
    return reports[0];
  };

  for (const [text, title] of [
    ['Backup of db failed\nexit code 2', 'Backup of db failed'],
    ['\n---\n*** web-1 is down ***', '*** web-1 is down ***'],
    ['<?xml version="1.0"?><alert><name>Disk full</name></alert>', 'Disk full'],
    ['', 'A request without words'],
    ['\0\0\0', 'A request without words'],
  ] as const)
    it(`${JSON.stringify(text)} is called ${title}`, () => {
      expect(only(textual(text))).toMatchObject({
        title,
        status: 'firing',
        kind: 'alert',
        expectsResolve: false,
      });
    });

  it('bytes that are no text', () => {
    expect(only(textual(Buffer.from([0xff, 0xfe, 0x00, 0x80])))?.title).not.toBe('');
  });

  it('the same text at another time is the same alert', () => {
    const [first, later] = ['08:00:01', '09:30:00'].map((time) =>
      only(textual(`2026-11-20 ${time} db is down`)),
    );
    expect(later?.fingerprint).toBe(first?.fingerprint);
  });

  it('keeps the words of a text', () => {
    expect(only(textual('db is down\nsince noon'))?.description).toBe('db is down\nsince noon');
  });

  for (const json of [null, 1, true, 'The lift is stuck', [], [[[]]]])
    it(`${JSON.stringify(json)}`, () => {
      expect(only(requestOf(json))?.title).toMatch(/^(A request without words|The lift is stuck)$/);
    });

  it('a body of a newer version of a sender still has its name', () => {
    const report = only(
      requestOf({ version: '5', alerts: { firing: { alertname: 'Disk full', severity: 'page' } } }),
    );
    expect(report).toMatchObject({ status: 'firing' });
  });
});
