import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/domain/redaction.ts';
import type { LintFacts, LintRule } from '../../../src/domain/status-finding.ts';
import { lint } from '../../../src/domain/status-lint.ts';
import {
  chooseTemplate,
  fill,
  type StatusTemplate,
  titleOf,
  utcTime,
  variantsOf,
} from '../../../src/domain/status-template.ts';
import {
  type ComponentStatus,
  isClosing,
  type StatusUpdate,
  UPDATE_STATES,
} from '../../../src/domain/status-update.ts';

const NOW = Date.parse('2026-11-20T03:20:00Z');
const MINUTE = 60_000;

const FACTS = {
  service: 'Karmabot',
  impact: 'degraded performance',
  isAllWell: true,
  scope: 'users in Europe',
  since: NOW - 8 * MINUTE,
  next: NOW + 30 * MINUTE,
  last: NOW - 5 * MINUTE,
  resolved: NOW,
  start: NOW + 1_440 * MINUTE,
  end: NOW + 1_500 * MINUTE,
};

const LINT: LintFacts = {
  now: NOW,
  redact: createRedactor(['hunter2-secret']),
  allowedHosts: ['example.com'],
  innerNames: ['karmabot-server', '52.203.27.35'],
  hasNote: false,
  failingChecks: [],
  after: [],
  limits: { title: 255, body: 25_000 },
};

const update = (body: string, more: Partial<StatusUpdate> = {}): StatusUpdate => ({
  status: 'investigating',
  title: 'Karmabot: degraded performance',
  body,
  components: {},
  impact: 'minor',
  nextUpdateAt: NOW + 30 * MINUTE,
  isLoud: true,
  ...more,
});

const rulesOf = (given: StatusUpdate, facts: Partial<LintFacts> = {}): readonly string[] =>
  lint(given, { ...LINT, ...facts }).map(({ severity, rule }) => `${severity} ${rule}`);

describe('templates', () => {
  it('begin with the words of the runbook', () => {
    const body = (state: 'investigating' | 'resolved') =>
      fill(chooseTemplate([], { state, components: [] })?.body ?? '', FACTS, NOW);
    expect(body('investigating')).toBe(
      'We are investigating reports of degraded performance affecting Karmabot since 03:12 UTC. We will provide updates as more information becomes available, the next one by 03:50 UTC.',
    );
    expect(body('resolved')).toBe(
      'The issue with Karmabot has been resolved. All services are now operating normally. Users met degraded performance from 03:12 to 03:20 UTC. We apologize for any inconvenience.',
    );
  });

  it('are complete: filled with what there is, none of them is found wrong', () => {
    for (const state of UPDATE_STATES)
      for (const variant of variantsOf([], state)) {
        const template = chooseTemplate([], { state, variant, components: [] });
        const { nextUpdateAt: _next, ...closed } = update(fill(template?.body ?? '', FACTS, NOW), {
          status: state,
        });
        const said = isClosing(state) ? closed : { ...closed, nextUpdateAt: FACTS.next };
        expect([state, variant, ...rulesOf(said)]).toEqual([state, variant]);
      }
  });

  it('say nothing that is not known, and never that all is well when it is not', () => {
    expect(fill('A {{workaround?}} B {{cause}}', FACTS, NOW)).toBe('A B {{cause}}');
    expect(fill('{{normal}}', { ...FACTS, isAllWell: false }, NOW)).toBe(
      'Karmabot is now operating normally.',
    );
    expect(fill('{{workaround?}} {{impact}}', { ...FACTS, workaround: 'cost $& $1' }, NOW)).toBe(
      'cost $& $1. degraded performance',
    );
    expect(titleOf({ service: 'Karmabot', impact: 'an outage' })).toBe('Karmabot: outage');
    expect(utcTime(NOW - 1_440 * MINUTE, NOW)).toBe('19 Nov 03:20');
  });

  it('are chosen by component, then severity, then for all; the same state again is no news, one back a relapse', () => {
    const template = (body: string, more: Partial<StatusTemplate> = {}): StatusTemplate => ({
      state: 'investigating',
      variant: 'standard',
      body,
      ...more,
    });
    const own = [
      template('all'),
      template('graver', { severities: ['P0'] }),
      template('website', { components: ['website'] }),
    ];
    const chosen = (more: object) =>
      chooseTemplate(own, { state: 'investigating', components: [], ...more })?.body;
    expect(chosen({})).toBe('all');
    expect(chosen({ severity: 'P0' })).toBe('graver');
    expect(chosen({ severity: 'P0', components: ['website'] })).toBe('website');
    expect(chosen({ before: 'investigating' })).toContain('still looking');
    expect(chosen({ before: 'monitoring' })).toContain('did not hold');
    expect(chosen({ variant: 'nonsense' })).toBeUndefined();
  });
});

describe('the lint', () => {
  const ERRORS: readonly (readonly [LintRule, string])[] = [
    ['placeholder', 'We are looking into {{impact}}.'],
    ['placeholder', 'We are investigating reports of [issue description].'],
    ['placeholder', 'TBD'],
    ['host name', 'The disk of karmabot-server is full.'],
    ['host name', 'db01.prod.internal does not answer.'],
    ['host name', 'The pod karmabot-api-7d9f8b6c5d-x2x4z restarts.'],
    ['host name', 'ip-10-0-3-7 is gone.'],
    ['host name', 'The server 52.203.27.35 is down.'],
    ['address', 'Nothing answers at 10.0.0.7:5432.'],
    ['address', 'Nothing answers at fe80::1ff:fe23:4567:890a.'],
    ['address', 'See https://grafana.internal/d/1 for more.'],
    ['address', 'postgres://db/prod does not answer'],
    ['e-mail', 'Write to ana@corp.net.'],
    ['secret', 'The key hunter2-secret expired.'],
    ['secret', 'We used xoxb-12345678901-abcdefghij to post.'],
    ['internal name', 'See INC-7.'],
    ['promise', 'It will be fixed by 15:00 UTC.'],
    ['promise', 'We will resolve this within the hour.'],
    ['promise', 'A fix is expected in 20 minutes.'],
    ['promise', 'We expect a solution soon.'],
    ['promise', 'Karmabot should be back up shortly.'],
    ['promise', 'ETA 20 minutes.'],
  ];
  it.each(ERRORS)('%s: %s', (rule, text) => expect(rulesOf(update(text))).toContain(`error ${rule}`));

  const GOOD = [
    'We are investigating. Next update by 03:50 UTC.',
    'See https://status.example.com or write to help@example.com.',
    'Messages sent since 03:12:45 UTC arrive late, e.g. reminders. Node.js is not affected.',
    'It is fixed.We are watching it.',
    'Users met errors from 03:12 to 03:20 UTC. Version 1.4.2 is out.',
    'We are working on a fix [details](https://example.com/x).',
  ];
  it.each(GOOD)('nothing: %s', (text) => expect(rulesOf(update(text))).toEqual([]));

  it('warns of blame, of much text, and where nothing is promised', () => {
    expect(rulesOf(update('A developer forgot to renew it. Human error.'))).toContain('warning blame');
    expect(rulesOf(update('One. Two. Three. Four. Five. Six. Seven.'))).toEqual(['warning length']);
    const { nextUpdateAt: _next, ...silent } = update('We are investigating.');
    expect(rulesOf(silent)).toEqual(['warning next update']);
    expect(rulesOf(update('x', { nextUpdateAt: NOW }))).toEqual(['error next update']);
    expect(rulesOf(update('x'.repeat(25_001)))).toEqual(['error length']);
    expect(rulesOf(update('x', { title: 'x'.repeat(256) }))).toEqual(['error length']);
    expect(rulesOf(update(' '))).toEqual(['error length']);
  });

  it('closes nothing that is not over, and goes back only with a reason', () => {
    const { nextUpdateAt: _next, ...over } = update('It is resolved.', { status: 'resolved' });
    const website = (status: ComponentStatus, others: ComponentStatus) => [
      { title: 'Website', status, others },
    ];
    expect(rulesOf(over, { failingChecks: ['karmabot:web@production (HTTP 502)'] })).toEqual([
      'error failing check',
    ]);
    expect(rulesOf(over, { after: website('degraded_performance', 'operational') })).toEqual([
      'error not operational',
    ]);
    expect(rulesOf(over, { after: website('operational', 'major_outage') })).toEqual([
      'warning not operational',
    ]);
    expect(rulesOf(over, { stillOpen: '2 of its alerts still fire' })).toEqual(['warning still open']);
    const back = update('It is back.', { status: 'identified' });
    expect(rulesOf(back, { before: 'monitoring' })).toEqual(['error backwards']);
    expect(rulesOf(back, { before: 'monitoring', hasNote: true })).toEqual([]);
  });

  it('lets announced work say when it ends, but not begin in the past', () => {
    const work = update('The work will be completed by 04:00 UTC.', { status: 'in_progress' });
    expect(rulesOf(work)).toEqual([]);
    const scheduled = { from: NOW - MINUTE, until: NOW + MINUTE };
    expect(rulesOf(update('Soon.', { status: 'scheduled', scheduled }))).toEqual(['error schedule']);
  });

  it('takes no longer with text that is meant to hold it up', () => {
    const texts = [
      'a.'.repeat(12_000),
      '1.'.repeat(12_000),
      'a:'.repeat(12_000),
      `will be ${'fixed '.repeat(4_000)}`,
    ];
    const started = performance.now();
    for (const text of texts) lint(update(text), LINT);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
