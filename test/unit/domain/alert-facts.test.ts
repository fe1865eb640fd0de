import { describe, expect, it } from 'vitest';
import type { AlertReport } from '../../../src/domain/alert.ts';
import { alertFacts, type FactsAsked, knownNames } from '../../../src/domain/alert-facts.ts';
import { incidentKey } from '../../../src/domain/incident-key.ts';
import { reportOf, ruleOf } from './alert-stage.ts';

const KNOWN = {
  services: ['karmabot', 'katana-bot', 'team-ops-assistant'],
  environments: ['production', 'staging'],
};
const SEVERITY_OF = { critical: 'P0', error: 'P1', warning: 'P2', info: 'P3', unknown: 'P2' } as const;

interface Given {
  readonly report?: Partial<AlertReport>;
  readonly integration?: Partial<FactsAsked['integration']>;
  readonly rules?: FactsAsked['settings']['rules'];
}

const asked = ({ report, integration, rules = [] }: Given): FactsAsked => ({
  report: reportOf(report),
  integration: { name: 'alertmanager', services: [], levels: {}, ...integration },
  settings: { rules, severityOf: SEVERITY_OF },
  known: KNOWN,
});

describe('whose alert it is', () => {
  const mapped = [
    { match: 'karma.*', service: 'karmabot' },
    { match: 'kar.*', service: 'katana-bot' },
  ];
  it.each<[string, string | undefined, Partial<FactsAsked['integration']>, string | undefined]>([
    ['its exact name', 'karmabot', {}, 'karmabot'],
    ['letters and separators as people vary them', 'Team Ops_Assistant', {}, 'team-ops-assistant'],
    ['nearly a name is no name', 'karma-bot', {}, undefined],
    ['part of a name is no name', 'katana', {}, undefined],
    ['a name with more to it is no name', 'karmabot-2', {}, undefined],
    ['the first mapping that matches', 'karma-api', { services: mapped }, 'karmabot'],
    ['the next mapping', 'kar', { services: mapped }, 'katana-bot'],
    ['a mapping has to match the whole', 'my-karma', { services: mapped }, undefined],
    [
      'a mapping wins over a name',
      'katana-bot',
      { services: [{ match: '.*', service: 'karmabot' }] },
      'karmabot',
    ],
    ['nothing said', undefined, {}, undefined],
    ['nothing said, one configured', undefined, { service: 'karmabot' }, 'karmabot'],
    ['something unknown said, one configured', 'node-exporter', { service: 'karmabot' }, 'karmabot'],
    ['another said than configured', 'katana-bot', { service: 'karmabot' }, 'katana-bot'],
    ['a name of every object', 'constructor', {}, undefined],
  ])('%s', (_, ...[service, integration, expected]) => {
    const facts = alertFacts(asked({ report: service === undefined ? {} : { service }, integration }));
    expect(facts.service).toBe(expected);
  });

  it.each<[string, string | undefined, string | undefined, string | undefined]>([
    ['its exact name', 'staging', 'production', 'staging'],
    ['a usual short one', 'Prod', undefined, 'production'],
    ['nothing said', undefined, 'production', 'production'],
    ['nothing said, nothing configured', undefined, undefined, undefined],
    ['a cluster in its place', 'eu-1', 'production', 'production'],
    ['a test environment that nobody knows is not production', 'dev', 'production', undefined],
    ['nor is one with a number', 'qa-3', 'production', undefined],
    ['a word of every object', 'constructor', 'production', 'production'],
  ])('environment: %s', (_, ...[environment, configured, expected]) => {
    const facts = alertFacts(
      asked({
        report: environment === undefined ? {} : { environment },
        integration: configured === undefined ? {} : { environment: configured },
      }),
    );
    expect(facts.environment).toBe(expected);
  });

  it('knows the names of the configuration once each', () => {
    const service = (name: string, environment: string) => ({ name, environment });
    const services = [service('a', 'production'), service('a', 'staging'), service('b', 'production')];
    const names = knownNames({
      services: services.map((one) => ({
        ...one,
        title: '',
        links: {},
        components: [],
        checks: [],
        verify: { holdMs: 1, withinMs: 1 },
        procedures: [],
        backups: [],
        schedules: [],
      })),
    });
    expect(names).toEqual({ services: ['a', 'b'], environments: ['production', 'staging'] });
  });
});

describe('how bad it is, and by which rule', () => {
  const labels = { alertname: 'HighErrorRate', severity: 'critical' };
  it.each<[string, Given, object]>([
    ['by its level', { report: { level: 'warning' } }, { level: 'warning', severity: 'P2' }],
    [
      'by what the integration makes of its word',
      { report: { level: 'error', levelSaid: 'high ' }, integration: { levels: { High: 'critical' } } },
      { level: 'critical', severity: 'P0' },
    ],
    [
      'a word that nobody configured',
      { report: { level: 'error', levelSaid: 'constructor' }, integration: { levels: { High: 'critical' } } },
      { level: 'error', severity: 'P1' },
    ],
    [
      'by a rule over both',
      {
        report: { labels, levelSaid: 'High' },
        integration: { levels: { High: 'info' } },
        rules: [ruleOf('alertname=HighErrorRate', { severity: 'P1' })],
      },
      { level: 'info', severity: 'P1' },
    ],
    [
      'the first rule that matches decides, also about what it leaves open',
      {
        report: { labels },
        rules: [
          ruleOf('alertname=Other', { severity: 'P3' }),
          ruleOf('severity=~"crit.*"', { number: 2, service: 'katana-bot' }),
          ruleOf('alertname=HighErrorRate', { number: 3, severity: 'P3' }),
        ],
      },
      { severity: 'P0', service: 'katana-bot', rule: expect.objectContaining({ number: 2 }) },
    ],
    [
      'ignored by a rule',
      { report: { labels }, rules: [ruleOf('alertname=HighErrorRate', { isIgnored: true })] },
      { isIgnored: true },
    ],
    ['no rule at all', { report: { labels } }, { isIgnored: false, severity: 'P0' }],
    [
      'matches our names, not the labels that said them',
      {
        report: { service: 'KARMABOT', labels: { service: 'KARMABOT' } },
        rules: [ruleOf('service=karmabot integration=alertmanager level=critical', { severity: 'P1' })],
      },
      { severity: 'P1', facts: expect.objectContaining({ service: 'karmabot' }) },
    ],
    [
      'matches an unknown service by what was said',
      { report: { service: 'checkout' }, rules: [ruleOf('service=checkout', { severity: 'P3' })] },
      { severity: 'P3' },
    ],
    [
      'without labels the title is the name, and ours the severity',
      { report: { title: 'web is down' } },
      { facts: expect.objectContaining({ alertname: 'web is down', severity: 'P0', title: 'web is down' }) },
    ],
    [
      'labels cannot pass for the integration, the level or the title',
      { report: { labels: { integration: 'x', level: 'y', title: 'z' } } },
      {
        facts: expect.objectContaining({
          integration: 'alertmanager',
          level: 'critical',
          title: 'HighErrorRate on web-1',
        }),
      },
    ],
  ])('%s', (_, given, expected) => expect(alertFacts(asked(given))).toMatchObject(expected));
});

describe('by what an alert finds its incident', () => {
  const key = (given: Given): string => {
    const question = asked(given);
    return incidentKey(
      { integration: question.integration.name, report: question.report },
      alertFacts(question),
    );
  };
  const rule = ruleOf('alertname=X', { groupBy: ['alertname', 'cluster'] });
  const labels = { alertname: 'X', cluster: 'eu-1' };

  it.each<[string, Given, RegExp]>([
    [
      'the explicit label',
      { report: { labels: { ...labels, incident_key: ' pay ' } }, rules: [rule] },
      /^label:pay$/,
    ],
    [
      'its rule',
      { report: { labels, service: 'karmabot' }, rules: [rule] },
      /^rule:[0-9a-f]{8}\/alertname%3DX\/cluster%3Deu-1$/,
    ],
    [
      'a rule that groups by what it lacks says nothing',
      { report: { labels, service: 'karmabot' }, rules: [ruleOf('alertname=X', { groupBy: ['node'] })] },
      /^service:karmabot\/$/,
    ],
    ['a rule without grouping', { report: { labels }, rules: [ruleOf('alertname=X')] }, /^alert:/],
    [
      'its service and environment',
      { report: { service: 'karmabot', environment: 'production', groupHint: 'g' } },
      /^service:karmabot\/production$/,
    ],
    ['what its sender puts together', { report: { groupHint: '{}/{a="b"}' } }, /^group:alertmanager\/%7B/],
    [
      'a service that nobody knows is none',
      { report: { service: 'x' } },
      /^alert:alertmanager\/a221817265c1a57c$/,
    ],
    ['a long one', { report: { groupHint: 'g'.repeat(5_000) } }, /^group:[0-9a-f]{32}$/],
    ['half a character', { report: { groupHint: '\ud800' } }, /^group:alertmanager\/%EF%BF%BD$/],
  ])('%s', (_, given, expected) => expect(key(given)).toMatch(expected));

  it('keeps apart what only looks alike', () => {
    const keys = [
      key({ report: { labels: { incident_key: 'a/b' } } }),
      key({ report: { groupHint: 'a/b' } }),
      key({ report: { fingerprint: 'a/b' } }),
      key({ report: { groupHint: 'b' }, integration: { name: 'alertmanager/a' } }),
      key({ report: { groupHint: 'a/b' }, integration: { name: 'grafana' } }),
      key({ report: { fingerprint: 'a/b' }, integration: { name: 'grafana' } }),
      key({ report: { labels }, rules: [rule] }),
      key({ report: { labels }, rules: [ruleOf('cluster=eu-1', { groupBy: ['alertname', 'cluster'] })] }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is the same for all alerts of a group, and after a rule was put before theirs', () => {
    const first = key({ report: { labels: { ...labels, instance: '1' } }, rules: [rule] });
    const others = [ruleOf('alertname=Y'), { ...rule, number: 2 }];
    expect(key({ report: { labels: { ...labels, instance: '2' } }, rules: others })).toBe(first);
  });
});
