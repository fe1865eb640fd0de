import { stringify } from 'yaml';
import type { Answers } from './questions.ts';

/** A file of the first configuration, by its path in the folder. */
export interface FirstFile {
  readonly path: string;
  readonly text: string;
}

const yaml = (value: object): string => stringify(value, { lineWidth: 100, flowCollectionPadding: true });

const personKey = (name: string): string => {
  const key = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
  return key === '' ? 'me' : key;
};

const some = (answers: Answers, key: string): string | undefined => answers[key] || undefined;

const accounts = (slack: string | undefined, telegram: string | undefined): object => ({
  ...(slack === undefined ? {} : { slack }),
  ...(telegram === undefined ? {} : { telegram }),
});

function people(answers: Answers): object {
  const name = answers.name ?? '';
  const approver = some(answers, 'approver');
  const me = personKey(name);
  const mine = accounts(some(answers, 'slack'), some(answers, 'telegram'));
  if (approver === undefined) return { [me]: { name, ...mine, roles: ['operator'] } };
  const roles = ['operator', 'approver'];
  const second = personKey(approver) === me ? `${me}-2` : personKey(approver);
  const theirs = accounts(some(answers, 'approver-slack'), some(answers, 'approver-telegram'));
  return { [me]: { name, ...mine, roles }, [second]: { name: approver, ...theirs, roles } };
}

function chats(answers: Answers): object {
  const team = some(answers, 'slack-team');
  const channel = some(answers, 'slack-channel');
  const chat = some(answers, 'telegram-chat');
  return {
    ...(team === undefined || channel === undefined
      ? {}
      : { slack: { team, channels: { operations: channel } } }),
    ...(chat === undefined ? {} : { telegram: { chats: { operations: chat } } }),
  };
}

/** With nobody to approve, changes are open to the one person there is and nothing destructive is. */
function policy(answers: Answers): readonly object[] {
  const read = { risk: 'read', allow: ['operator'] };
  if (some(answers, 'approver') === undefined)
    return [read, { risk: 'change', allow: ['operator'] }, { risk: 'destructive', deny: true }];
  const asked = { allow: ['operator'], approvals: 1, from: ['approver'] };
  return [read, { risk: 'change', ...asked }, { risk: 'destructive', ...asked, reason: 'required' }];
}

function botswainFile(answers: Answers, timezone: string): string {
  const whole = { people: people(answers), chats: chats(answers), policy: policy(answers) };
  return [
    '# Who may act, where, and what must be approved. Check it with: botswain check',
    yaml({ version: 1, timezone }),
    yaml(whole),
  ].join('\n');
}

/** A container on a server is reached through the SSH target of that server. */
function targets(answers: Answers): object {
  const service = answers.service ?? '';
  const host = some(answers, 'host');
  const isUnit = some(answers, 'unit') !== undefined;
  if (host === undefined)
    return { [service]: isUnit ? { kind: 'local' } : { kind: 'docker', socket: '/var/run/docker.sock' } };
  const server = {
    kind: 'ssh',
    host,
    user: answers.user,
    key: { file: answers.key },
    host_key: answers['host-key'],
  };
  const name = `${service}-server`;
  return isUnit
    ? { [service]: server }
    : { [name]: server, [service]: { kind: 'docker', via: name, sudo: true } };
}

function targetsFile(answers: Answers): string {
  const url = some(answers, 'url');
  const [[last, settings] = ['', {}], ...rest] = Object.entries(targets(answers)).toReversed();
  const home = { ...settings, ...(url === undefined ? {} : { vars: { health: url } }) };
  const production = Object.fromEntries([...rest, [last, home]]);
  return [
    '# Where things are: environment → name → how to reach it.',
    yaml({ version: 1 }),
    yaml({ production }),
  ].join('\n');
}

function serviceFile(answers: Answers): string {
  const service = answers.service ?? '';
  const unit = some(answers, 'unit');
  const remote = some(answers, 'host') !== undefined;
  const app =
    unit === undefined
      ? { kind: 'container', container: answers.container }
      : { kind: 'systemd', unit, ...(remote ? { sudo: true } : {}) };
  const check = { kind: 'http', url: `\${${service}.health}`, expect: { status: 200 } };
  const whole = {
    components: { app },
    ...(some(answers, 'url') === undefined ? {} : { checks: { health: check } }),
  };
  return [
    '# What this bot is; the same in every environment.',
    yaml({ version: 1, service, title: service, target: service }),
    yaml(whole),
  ].join('\n');
}

/** Writes the answers down as the three kinds of file. */
export const firstConfiguration = (answers: Answers, timezone: string): readonly FirstFile[] => [
  { path: 'botswain.yaml', text: botswainFile(answers, timezone) },
  { path: 'targets.yaml', text: targetsFile(answers) },
  { path: `services/${answers.service ?? ''}.yaml`, text: serviceFile(answers) },
];
