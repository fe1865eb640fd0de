import { expect } from 'vitest';
import { commands } from '../../../commands/registry.ts';
import { loadConfiguration } from '../../../config/load.ts';
import { registries } from '../../../config/registries.ts';
import { defineChange } from '../../../src/dispatch/command.ts';
import { caseOf } from '../../../src/dispatch/dispatch.ts';
import { readLine } from '../../../src/dispatch/read-line.ts';
import type { Configuration } from '../../../src/domain/configuration.ts';
import { failed } from '../../../src/domain/outcome.ts';
import {
  judge,
  type PolicyAnswer,
  type PolicyCase,
  SEVERITIES,
  type Severity,
} from '../../../src/domain/policy.ts';
import { strictest } from '../../../src/domain/policy-strictest.ts';
import type { Journal } from '../../../src/workflow/journal.ts';
import { judgePlan } from '../../../src/workflow/judge-plan.ts';
import { type PolicySources, questionsOf } from '../../../src/workflow/policy-facts.ts';
import { draft, entry, planOf } from '../../contract/journal-samples.ts';
import { folderOf } from '../../fixtures/config/folder.ts';

const KEY = 'host_key: "SHA256:KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKA"';

/** shop: web and worker on a host each, db in the engine of the first; blog: web on the first. */
const FILES = {
  'targets.yaml': `version: 1
production:
  one: { kind: ssh, host: 10.0.0.1, user: ops, agent: true, ${KEY} }
  two: { kind: ssh, host: 10.0.0.2, user: ops, agent: true, ${KEY} }
  engine: { kind: docker, via: one }
staging:
  one: { kind: ssh, host: 10.0.1.1, user: ops, agent: true, ${KEY} }
  two: { kind: ssh, host: 10.0.1.2, user: ops, agent: true, ${KEY} }
  engine: { kind: docker, via: one }
`,
  'services/shop.yaml': `version: 1
service: shop
title: Shop
target: one
components:
  web: { kind: systemd, unit: shop }
  worker: { kind: systemd, unit: worker, target: two }
  db: { kind: container, container: db, target: engine }
`,
  'services/blog.yaml': `version: 1
service: blog
title: Blog
target: one
components:
  web: { kind: systemd, unit: blog }
`,
};

const REST = `version: 1
timezone: Europe/Berlin
people:
  ana: { name: Ana, roles: [operator] }
  ben: { name: Ben, roles: [approver] }
  cem: { name: Cem, roles: [approver] }
  lea: { name: Lea, roles: [operator, lead] }
  gus: { name: Gus, roles: [guest] }
chats:
  slack: { team: T0TEAM, channels: { incidents: C0INC, operations: C0OPS } }
freezes:
  - { name: weekend, environment: production, from: "fri 18:00", to: "mon 08:00", reason: nobody is there }
`;

/** Nothing that is built so far destroys; this verb stands for those that will. */
const wipe = defineChange({
  name: 'wipe',
  summary: 'wipe',
  examples: ['wipe shop/db'],
  subjects: 'several',
  risk: 'destructive',
  arguments: {},
  plan: async () => failed('INPUT_NOT_SUPPORTED', 'nothing is wiped here'),
});

const verbs = [...commands, wipe];

/** The shop and the blog under a policy, read from YAML as botswain.yaml is. */
export async function underPolicy(policy: string): Promise<Configuration> {
  const folder = await folderOf({ ...FILES, 'botswain.yaml': `${REST}policy:\n${policy}` });
  const loaded = await loadConfiguration(folder, {
    ...registries,
    verbs: verbs.map(({ name, risk }) => ({ name, risk })),
  });
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.problems, undefined, 2));
  return loaded.configuration;
}

/** One row of a table: who types what, when and where, and what policy says. */
export interface Row {
  readonly name: string;
  /** Parts of a rule, in a table of rules; else empty. */
  readonly rule: string;
  readonly who: string;
  readonly line: string;
  /** ISO 8601, in Berlin unless it says otherwise. */
  readonly at: string;
  /** `in direct`, `P1 open`, `failed 10 30` (minutes ago), with commas between. */
  readonly given: string;
  readonly is: string;
}

/** Reads a table: its first line names the columns, `-` is the thing that goes without saying. */
export function rowsOf(table: string, usual: Partial<Row>): readonly Row[] {
  const [head = '', ...lines] = table.split('\n').filter((line) => line.includes('|'));
  const cells = (line: string): readonly string[] => line.split('|').map((cell) => cell.trim());
  return lines.map((line) => {
    const values = cells(line);
    const column = (name: keyof Row): string => {
      const value = values[cells(head).indexOf(name)] ?? '-';
      return value === '-' ? (usual[name] ?? '') : value;
    };
    return {
      name: values.filter((value) => value !== '-').join(' · '),
      rule: column('rule'),
      who: column('who'),
      line: column('line'),
      at: column('at'),
      given: column('given'),
      is: column('is'),
    };
  });
}

/** A policy's answer in the words of a table. */
export function inWords(answer: PolicyAnswer): string {
  if (answer.kind === 'denied')
    return answer.byFreeze === true ? `frozen, rule ${answer.rule?.number}` : `no: ${answer.why}`;
  const { number, approvals, from, reason } = answer.rule;
  const by = approvals === 0 ? '' : `, ${approvals} by ${from.join(' or ')}`;
  return `rule ${number}${by}${reason === 'required' ? ', with a reason' : ''}`;
}

let failures = 0;

async function fail(journal: Journal, at: number): Promise<void> {
  failures += 1;
  const wanted = draft(`failure ${failures}`, { keys: ['shop/web'], requestedAt: at, startAt: at });
  const { change } = await journal.changes.request(wanted, entry('change requested'));
  const move = { to: 'failed', patch: { endedAt: at }, audit: entry('change failed') } as const;
  await journal.changes.move(change.id, ['requested'], move);
}

interface Given {
  readonly channel: string;
  readonly severity: Severity | undefined;
  readonly failedMinutesAgo: readonly number[];
}

function givenOf(text: string): Given {
  const words = text.split(',').map((part) => part.trim().split(' '));
  const open = words.find(([, word]) => word === 'open')?.[0];
  return {
    channel: words.find(([word]) => word === 'in')?.[1] ?? 'operations',
    severity: SEVERITIES.find((severity) => severity === open),
    failedMinutesAgo: words.flatMap(([word, ...minutes]) => (word === 'failed' ? minutes.map(Number) : [])),
  };
}

/** Opens an incident of the shop, and ends it; rows share their journal. */
async function openIncident({ incidents }: Journal, severity: Severity): Promise<() => Promise<void>> {
  const { at } = entry('incident opened');
  const opened = await incidents.write((desk) =>
    desk.create({
      title: 'a table',
      state: 'open',
      severity,
      service: 'shop',
      origin: 'person',
      openedBy: 'ana',
      openedAt: at,
      impactSince: at,
      announceAt: at,
      reopened: 0,
      roles: {},
    }),
  );
  return async () => {
    await incidents.write((desk) => desk.put({ ...opened, state: 'resolved' }));
  };
}

/** Asks as production does: the line is read, the facts are gathered, every part judged; a change once more with its plan. */
export async function answerTo(configuration: Configuration, journal: Journal, row: Row): Promise<string> {
  const read = readLine(row.line, verbs, { configuration });
  if (read.kind !== 'succeeded') throw new Error(read.message);
  const person = configuration.people.find(({ key }) => key === row.who);
  if (person === undefined) throw new Error(`there is no ${row.who}`);
  const at = Date.parse(row.at);
  const { channel, severity, failedMinutesAgo } = givenOf(row.given);
  for (const minutes of failedMinutesAgo) await fail(journal, at - minutes * 60_000);
  const sources: PolicySources = { configuration, journal };
  const end = severity === undefined ? undefined : await openIncident(journal, severity);
  const asked = caseOf(read.value, { person, channel, at });
  const questions = await questionsOf(sources, asked);
  const answer = strictest(questions.map((question) => judge(configuration.policy, question)));
  if (asked.touchesTargets) await expectTheSameOfThePlan(sources, asked, { answer, row });
  await end?.();
  return inWords(answer);
}

async function expectTheSameOfThePlan(
  sources: PolicySources,
  asked: PolicyCase,
  { answer, row }: { readonly answer: PolicyAnswer; readonly row: Row },
): Promise<void> {
  const requester = sources.configuration.people.find(({ key }) => key === row.who);
  const components = asked.subjects.flatMap((subject) => ('component' in subject ? [subject] : []));
  if (requester === undefined || asked.risk === 'read') throw new Error('nothing is planned');
  const plan = { ...planOf([]), components, verb: asked.verb, risk: asked.risk };
  const { at, channel = '' } = asked;
  const judged = await judgePlan(sources, plan, { requester, reason: 'a table', channel, at });
  if (answer.kind === 'allowed') expect(judged).toMatchObject({ value: { rule: answer.rule } });
  else expect(judged).toMatchObject({ code: answer.byFreeze === true ? 'DENIED_FROZEN' : 'DENIED_POLICY' });
}
