import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgePlan } from '../../../src/workflow/judge-plan.ts';
import { type JournalBench, planOf } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { answerTo, rowsOf, underPolicy } from './policy-stage.ts';

let bench: JournalBench;

beforeAll(async () => {
  bench = await sqliteBench();
});
afterAll(() => bench.remove());

/** A Thursday, 14:00 in Berlin. */
const THURSDAY = '2026-11-19T14:00+01:00';

describe('one policy', () => {
  const POLICY = `
  - { risk: read, service: blog, allow: [operator, approver, guest] }
  - { risk: read, allow: [operator, approver] }
  - { risk: destructive, service: shop, components: { min: 3 }, deny: true, why: never the whole shop at once }
  - { frozen: true, role: lead, environment: production, allow: [lead], approvals: 1, from: [approver], reason: required }
  - { environment: staging, hosts: { max: 1 }, allow: [operator] }
  - { environment: staging, allow: [operator], approvals: 1, from: [approver] }
  - { service: shop, recent_failures: { at_least: 2, within: 1h }, allow: [lead], approvals: 1, from: [approver], why: it failed twice }
  - { severity: [P0, P1], channel: incidents, risk: change, allow: [operator] }
  - { risk: change, hours: { days: [mon, tue, wed, thu, fri], from: "22:00", to: "06:00" }, allow: [operator] }
  - { risk: change, target_kind: docker, allow: [operator], approvals: 2, from: [approver] }
  - { risk: change, allow: [operator], approvals: 1, from: [approver] }
  - { risk: destructive, allow: [operator], approvals: 2, from: [approver], reason: required }
`;

  // One row is one question; where nothing is said it is asked on a Thursday at 14:00 in the operations channel.
  const TABLE = `
    who | line                                        | at                     | given                 | is
    gus | status blog                                 | -                      | -                     | rule 1
    ana | status blog                                 | -                      | -                     | rule 1
    ana | status shop                                 | -                      | -                     | rule 2
    gus | status shop                                 | -                      | -                     | no: policy rule 2 allows it to operator, approver only
    gus | status                                      | -                      | -                     | rule 1
    ana | logs shop/web@production                    | 2026-11-21T12:00+01:00 | -                     | rule 2
    ana | status shop                                 | 2026-12-10T12:00Z      | failed 5 6            | rule 2

    ana | restart shop/web@production                 | -                      | -                     | rule 11, 1 by approver
    ana | wipe shop/web@production                    | -                      | -                     | rule 12, 2 by approver, with a reason
    ben | restart shop/web@production                 | -                      | -                     | no: policy rule 11 allows it to operator only
    gus | wipe blog/web@production                    | -                      | -                     | no: policy rule 12 allows it to operator only

    lea | wipe shop@production                        | -                      | -                     | no: policy rule 3 forbids it to everybody: never the whole shop at once
    lea | wipe shop/web@production shop/db@production | -                      | -                     | rule 12, 2 by approver, with a reason
    ana | restart shop@production                     | -                      | -                     | rule 10, 2 by approver

    ana | restart shop/db@production                  | -                      | -                     | rule 10, 2 by approver
    ana | restart shop/web@production shop/db@production | -                   | -                     | rule 10, 2 by approver
    ana | restart shop/web@production blog/web@production | -                  | -                     | rule 11, 1 by approver
    ana | restart shop/web@staging shop/web@production | -                     | -                     | rule 6, 1 by approver

    ana | restart shop/web@staging                    | -                      | -                     | rule 5
    ana | restart shop/web@staging shop/db@staging    | -                      | -                     | rule 5
    ana | restart shop/web@staging shop/worker@staging | -                     | -                     | rule 6, 1 by approver

    ana | restart shop/web@production                 | 2026-11-21T12:00+01:00 | -                     | frozen, rule 11
    lea | restart shop/web@production                 | 2026-11-21T12:00+01:00 | -                     | rule 4, 1 by approver, with a reason
    ana | restart shop/web@staging                    | 2026-11-21T12:00+01:00 | -                     | rule 5
    ana | restart shop/web@staging blog/web@production | 2026-11-21T12:00+01:00 | -                    | frozen, rule 11
    ben | restart shop/web@production                 | 2026-11-21T12:00+01:00 | -                     | no: policy rule 11 allows it to operator only
    ana | lock shop/web@production --reason moving    | 2026-11-21T12:00+01:00 | -                     | rule 11, 1 by approver
    ana | restart blog/web@production                 | 2026-11-20T17:59+01:00 | -                     | rule 11, 1 by approver
    ana | restart blog/web@production                 | 2026-11-20T18:00+01:00 | -                     | frozen, rule 11
    ana | restart blog/web@production                 | 2026-11-23T07:59+01:00 | -                     | frozen, rule 11
    ana | restart blog/web@production                 | 2026-11-23T08:00+01:00 | -                     | rule 11, 1 by approver

    ana | restart shop/web@production                 | 2026-11-19T23:00+01:00 | -                     | rule 9
    ana | restart shop/db@production                  | 2026-11-19T23:00+01:00 | -                     | rule 9
    ana | wipe shop/web@production                    | 2026-11-19T23:00+01:00 | -                     | rule 12, 2 by approver, with a reason
    ana | restart shop/web@production                 | 2026-11-20T05:59+01:00 | -                     | rule 9
    ana | restart shop/web@production                 | 2026-11-20T06:00+01:00 | -                     | rule 11, 1 by approver

    ana | restart shop/web@production                 | 2026-12-01T12:00Z      | failed 30             | rule 11, 1 by approver
    ana | restart shop/web@production                 | 2026-12-02T12:00Z      | failed 10 30          | no: policy rule 7 allows it to lead only: it failed twice
    lea | restart shop/web@production                 | 2026-12-03T12:00Z      | failed 10 30          | rule 7, 1 by approver
    ana | restart shop/worker@production              | 2026-12-03T12:00Z      | -                     | rule 11, 1 by approver
    ana | restart shop/web@production                 | 2026-12-03T13:00Z      | -                     | rule 11, 1 by approver

    ana | restart shop/web@production                 | -                      | in incidents, P1 open | rule 8
    ana | restart shop/web@production                 | -                      | in direct, P1 open    | rule 11, 1 by approver
    ana | restart shop/web@production                 | -                      | in incidents, P2 open | rule 11, 1 by approver
    ana | restart shop/web@production                 | -                      | in incidents          | rule 11, 1 by approver
    ana | wipe shop/web@production                    | -                      | in incidents, P0 open | rule 12, 2 by approver, with a reason
`;

  it.each(rowsOf(TABLE, { at: THURSDAY }))('$name', async (row) => {
    expect(await answerTo(await underPolicy(POLICY), bench.journal, row)).toBe(row.is);
  });
});

describe('a rule that allows operators, by one key alone', () => {
  const NO = 'no: no policy rule allows it';

  const TABLE = `
    rule                                  | line                    | who | at                | given         | is
    verb: restart                         | -                       | ana | -                 | -             | rule 1
    verb: [start, stop]                   | -                       | ana | -                 | -             | -
    risk: change                          | -                       | ana | -                 | -             | rule 1
    risk: [read, destructive]             | -                       | ana | -                 | -             | -
    service: shop                         | -                       | ana | -                 | -             | rule 1
    service: blog                         | -                       | ana | -                 | -             | -
    environment: production               | -                       | ana | -                 | -             | rule 1
    environment: staging                  | -                       | ana | -                 | -             | -
    target_kind: ssh                      | -                       | ana | -                 | -             | rule 1
    target_kind: ssh                      | restart shop@production | ana | -                 | -             | -
    target_kind: [ssh, docker]            | restart shop@production | ana | -                 | -             | rule 1
    target_kind: [ssh, docker]            | status shop             | ana | -                 | -             | rule 1
    components: { max: 1 }                | -                       | ana | -                 | -             | rule 1
    components: { max: 1 }                | restart shop@production | ana | -                 | -             | -
    components: { min: 2, max: 3 }        | restart shop@production | ana | -                 | -             | rule 1
    hosts: { min: 2 }                     | restart shop@production | ana | -                 | -             | rule 1
    hosts: { min: 3 }                     | restart shop@production | ana | -                 | -             | -
    hosts: { min: 1 }                     | status shop             | ana | -                 | -             | -
    frozen: false                         | -                       | ana | -                 | -             | rule 1
    frozen: false                         | -                       | ana | 2026-11-21T12:00Z | -             | -
    frozen: true                          | -                       | ana | 2026-11-21T12:00Z | -             | rule 1
    frozen: true                          | -                       | ana | -                 | -             | -
    severity: none                        | -                       | ana | -                 | -             | rule 1
    severity: none                        | -                       | ana | -                 | P3 open       | -
    severity: [P0, P1]                    | -                       | ana | -                 | P1 open       | rule 1
    severity: [P0, P1]                    | -                       | ana | -                 | P2 open       | -
    severity: [P0, P1]                    | -                       | ana | -                 | -             | -
    severity: P1                          | -                       | ben | -                 | P1 open       | no: policy rule 1 allows it to operator only
    severity: none                        | status shop             | ana | -                 | -             | rule 1
    severity: none                        | status shop             | ana | -                 | P3 open       | -
    recent_failures: { within: 10m }      | -                       | ana | 2026-12-08T12:00Z | -             | -
    recent_failures: { within: 10m }      | -                       | ana | 2026-12-09T12:00Z | failed 9      | rule 1
    recent_failures: { within: 10m }      | -                       | ana | 2026-12-14T12:00Z | failed 10     | -
    recent_failures: { within: 10m }      | -                       | ana | 2026-12-15T12:00Z | failed -5     | rule 1
    channel: console                      | -                       | ana | -                 | in console    | rule 1
    channel: [incidents, direct]          | -                       | ana | -                 | in operations | -
    role: lead                            | -                       | ana | -                 | -             | -
    role: lead                            | -                       | lea | -                 | -             | rule 1
    hours: [{ from: "01:00", to: "02:00" }, { from: "13:00", to: "15:00" }] | - | ana | -        | -             | rule 1
    hours: { from: "13:00", to: "14:00", timezone: UTC } | -        | ana | -                 | -             | rule 1
    hours: { from: "13:00", to: "14:00" } | -                       | ana | -                 | -             | -
`;
  const usual = { at: THURSDAY, line: 'restart shop/web@production', is: NO };
  it.each(rowsOf(TABLE, usual))('$name', async (row) => {
    const configuration = await underPolicy(`  - { ${row.rule}, allow: [operator] }\n`);
    expect(await answerTo(configuration, bench.journal, row)).toBe(row.is);
  });

  // In Berlin 02:00–03:00 is skipped on 29 March and comes twice on 25 October.
  const NIGHTS = `
    at                     | is
    2026-03-29T00:59+01:00 | -
    2026-03-29T01:30+01:00 | rule 1
    2026-03-29T03:00+02:00 | rule 1
    2026-03-29T04:00+02:00 | -
    2026-10-24T02:30+02:00 | -
    2026-10-25T02:30+02:00 | rule 1
    2026-10-25T02:30+01:00 | rule 1
    2026-10-25T04:00+01:00 | -
`;
  const night = { who: 'ana', line: 'restart shop/web@staging', is: NO };
  it.each(rowsOf(NIGHTS, night))('sundays 01:00–04:00, when the clock changes: $name', async (row) => {
    const configuration = await underPolicy(
      '  - { hours: { days: [sun], from: "01:00", to: "04:00" }, allow: [operator] }\n',
    );
    expect(await answerTo(configuration, bench.journal, row)).toBe(row.is);
  });
});

describe('answers to several parts', () => {
  it('are put together as strictly as any of them', async () => {
    const configuration = await underPolicy(`
  - { service: shop, environment: production, allow: [operator], approvals: 1, from: [approver, lead], expires: 30m, start_within: 5m }
  - { service: blog, allow: [operator], approvals: 2, from: [approver], expires: 10m, escalate: { after: 5m, from: [lead] }, remind: 2m, on_expiry: denied }
  - { environment: staging, allow: [operator], reason: required }
`);
    const [requester] = configuration.people;
    if (requester === undefined) throw new Error('there is nobody');
    const parts = ['shop/web@production', 'blog/web@production', 'shop/web@staging'];
    const components = parts.map((part) => {
      const [service = '', component = '', environment = ''] = part.split(/[/@]/);
      return { service, component, environment };
    });
    const judged = await judgePlan(
      { configuration, journal: bench.journal },
      { ...planOf([]), components },
      { requester, reason: 'a table', channel: 'direct', at: Date.parse(THURSDAY) },
    );
    const rule = {
      number: 2,
      approvals: 2,
      from: ['approver'],
      expiresMs: 600_000,
      startWithinMs: 300_000,
      escalate: { afterMs: 300_000, from: ['lead'] },
      remindEveryMs: 120_000,
      onExpiry: 'denied',
      reason: 'required',
    };
    expect(judged).toMatchObject({ value: { rule } });
  });
});
