import { describe, expect, it } from 'vitest';
import { loadWith, said } from '../../fixtures/config/folder.ts';

const PEOPLE = `version: 1
people:
  ana: { name: Ana, roles: [operator] }
  ben: { name: Ben, roles: [operator, approver] }
  cem: { name: Cem, roles: [approver, lead] }
chats: { slack: { team: T0TEAM, channels: { operations: C0OPS } } }
audit: { heads: /mnt/elsewhere/heads.log }
policy:
  - { risk: read, allow: [operator, approver, lead] }
`;

/** What is said of one more rule, at line 10, without the place of the line. */
const saidOf = async (...rules: readonly string[]): Promise<readonly string[]> => {
  const text = `${PEOPLE}${rules.map((rule) => `  - { ${rule} }\n`).join('')}`;
  return said(await loadWith({ 'botswain.yaml': text })).map((line) => line.replace(/^botswain\.yaml:/, ''));
};

const ASKED = 'risk: change, allow: [operator], approvals: 1, from: [approver]';

describe('contradictions in a rule are refused at their place', () => {
  // What is wrong stands where the second text begins.
  const WRONG = `
    allow: [operator], components: { min: 3, max: 2 } | 3, max | min 3 is more than max 2: nothing is both
    allow: [operator], components: { max: 1 }, hosts: { min: 2 } | 2 } | 1 component lives on at most 1 host, never on 2
    allow: [operator], channel: operatoins | operatoins | there is no channel "operatoins": did you mean "operations"?
    allow: [operator], target_kind: [ssh, dokcer] | dokcer | there is no target kind "dokcer": did you mean "docker"?
    allow: [operator], escalate: { from: lead } | { from: lead | "escalate" without approvals: nobody is waited for
    allow: [operator], remind: 5m | 5m | "remind" without approvals: nobody is waited for
    allow: [operator], on_expiry: denied | denied | "on_expiry" without approvals: nobody is waited for
    deny: true, approvals: 1, from: [approver] | 1, from | the rule denies, so nobody is ever asked to approve
    ${ASKED}, expires: 5m, escalate: { after: 5m, from: lead } | { after | nobody would be asked, too: that is after 5m, and the approval expires after 5m
    ${ASKED}, expires: 5m, remind: 6m | 6m | nobody would be reminded: that is after 6m, and the approval expires after 5m
    ${ASKED}, escalate: { from: approver } | approver } | approver are asked from the beginning
    allow: [operator], hours: { from: "09:00", to: "09:00" } | "09:00" } | it ends when it begins
    allow: [operator], hours: { timezone: UTC } | { timezone | this window is always open
    allow: [operator], hours: [{ days: [sat] }, { from: "09:00" }] | "09:00" | "from" without "to"
    allow: [operator], hours: { days: [sunday] } | sunday | item 1 must be one of mon, tue, wed, thu, fri, sat, sun, and is "sunday"
    allow: [operator], severity: P4 | P4 | "severity" must be one of P0, P1, P2, P3, none, and is "P4": did you mean "P0"?
`;
  const rows = WRONG.split('\n').filter((line) => line.includes('|'));
  it.each(rows.map((line) => line.trim().split(' | ')))('%s', async (rule = '', there = '', message = '') => {
    const column = '  - { '.length + rule.indexOf(there) + 1;
    expect(await saidOf(rule)).toEqual([`10:${column} ${message}`]);
  });

  it('a channel that is called by the word for direct messages', async () => {
    const text = PEOPLE.replace('operations: C0OPS', 'direct: C0OPS');
    expect(said(await loadWith({ 'botswain.yaml': text }))).toEqual([
      'botswain.yaml:6:45 "direct" is what the policy calls direct messages',
    ]);
  });
});

describe('what is probably not meant is a warning', () => {
  const last = `risk: [change, destructive], allow: [operator], approvals: 1, from: [approver]`;

  it.each([
    ['a role that nobody has', `${ASKED}, role: boss`, '10:84 nobody has the role "boss"'],
    [
      'second approvers that nobody is',
      `${ASKED}, escalate: { from: boss }`,
      '10:97 nobody has the role "boss"',
    ],
    ['looking when frozen', 'risk: read, frozen: true, role: lead, allow: [lead]', null],
  ])('%s', async (_, rule, message) => {
    const found = await saidOf(rule);
    if (message === null)
      expect(found.join('\n')).toContain('the rule never matches: what only looks is never frozen');
    else expect(found.map((line) => line.replace(/^\d+:\d+/, ''))).toContain(message.replace(/^\d+:\d+/, ''));
  });

  const covering = 'rule 2 decides all of this already';
  it.each([
    [
      'a size within another',
      'risk: change, components: { max: 5 }',
      'risk: change, components: { min: 2, max: 3 }',
      true,
    ],
    [
      'a size beyond another',
      'risk: change, components: { max: 5 }',
      'risk: change, components: { max: 6 }',
      false,
    ],
    [
      'the same hours',
      'risk: change, hours: { days: [sat] }',
      'risk: change, hours: { days: [sat] }, role: lead',
      true,
    ],
    ['other hours', 'risk: change, hours: { days: [sat] }', 'risk: change, hours: { days: [sun] }', false],
    [
      'more failures in a shorter time',
      'risk: change, recent_failures: { at_least: 1, within: 2h }',
      'risk: change, recent_failures: { at_least: 2, within: 1h }',
      true,
    ],
    ['a frozen part of the same', 'risk: change', 'risk: change, frozen: true', true],
    ['a rule for some below a rule for others', 'risk: change, role: lead', 'risk: change', false],
  ] as const)('%s', async (...[, first, second, isCovered]) => {
    const rest = 'allow: [operator, lead], approvals: 1, from: [approver]';
    const found = await saidOf(`${first}, ${rest}`, `${second}, ${rest}`);
    expect(found.some((line) => line.endsWith(covering))).toBe(isCovered);
  });

  const ALONE = 'something destructive may be done in production without anybody approving';
  it.each([
    ['nothing above it', undefined, true],
    ['a rule for all of it above', 'risk: destructive', false],
    ['one for the nights only', 'risk: destructive, hours: { from: "22:00", to: "06:00" }', true],
    ['one for some roles only', 'risk: destructive, role: lead', true],
    ['one for freezes only', 'risk: destructive, frozen: true', true],
    ['one for many at once only', 'risk: destructive, components: { min: 3 }', true],
    ['one for production', 'risk: destructive, environment: production', false],
  ])('something destructive without approval in production: %s', async (_, above, isSaid) => {
    const rest = 'allow: [operator, lead], approvals: 1, from: [approver]';
    const found = await saidOf(
      ...(above === undefined ? [] : [`${above}, ${rest}`]),
      'allow: [operator, lead]',
    );
    expect(found.some((line) => line.endsWith(ALONE))).toBe(isSaid);
  });

  it('says nothing of a policy with every key that anything answers to', async () => {
    const rich = `${ASKED}, target_kind: ssh, severity: [P0, none], components: { max: 3 }, hosts: { max: 2 }, frozen: true, recent_failures: { at_least: 2 }, hours: [{ days: [sat] }, { from: "22:00", to: "06:00" }], channel: [operations, console, direct], role: lead, why: because, remind: 5m, escalate: { after: 6m, from: lead }, on_expiry: denied, start_within: 1h, reason: required`;
    expect(await saidOf(rich, last)).toEqual([]);
  });
});
