import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '../../../commands/registry.ts';
import { dispatch } from '../../../src/dispatch/dispatch.ts';
import type { Configuration } from '../../../src/domain/configuration.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import type { Message } from '../../../src/domain/message.ts';
import type { Person } from '../../../src/domain/person.ts';
import type { PolicyRule, Severity } from '../../../src/domain/policy.ts';
import { createRedactor } from '../../../src/domain/redaction.ts';
import type { StatusPageSettings } from '../../../src/domain/status-settings.ts';
import { PersonalStatus } from '../../../src/incidents/personal-status.ts';
import { publicPage } from '../../../src/incidents/public-page.ts';
import type { StatusPorts } from '../../../src/incidents/status-ports.ts';
import { publishDue } from '../../../src/incidents/status-rounds.ts';
import { builtInPage } from '../../../src/status-page/built-in.ts';
import type { Posted, Posting, StatusBackend } from '../../../src/status-page/status-page.ts';
import { type OpenJournal, openJournal } from '../../../src/store/open-journal.ts';
import type { Notice } from '../../../src/workflow/notice.ts';
import { createWakeups } from '../../../src/workflow/wakeups.ts';
import { incoming } from '../../contract/journal-samples.ts';
import { contextOf } from '../workflow/context.ts';

export const T0 = Date.parse('2026-11-20T03:20:00Z');
export const MINUTE = 60_000;

export const ana: Person = { key: 'ana', name: 'Ana', roles: ['operator'] };
export const ben: Person = { key: 'ben', name: 'Ben', roles: ['operator', 'approver'] };
/** Presses, and may do nothing else. */
export const dora: Person = { key: 'dora', name: 'Dora', roles: ['spokesman'] };
export const cleo: Person = { key: 'cleo', name: 'Cleo', roles: ['guest'] };

const rule = (number: number, more: Partial<PolicyRule>): PolicyRule => ({
  number,
  allow: ['operator'],
  approvals: 0,
  from: [],
  expiresMs: 900_000,
  startWithinMs: 900_000,
  reason: 'optional',
  ...more,
});

const SETTINGS: StatusPageSettings = {
  title: 'Example bots',
  url: 'https://status.example.com',
  allowedHosts: [],
  nextUpdateMs: { P0: 20 * MINUTE, P1: 30 * MINUTE, P2: 60 * MINUTE, P3: 120 * MINUTE },
  components: [
    { name: 'karma', title: 'Karmabot', service: 'karmabot', environment: 'production' },
    { name: 'website', title: 'Website' },
  ],
  templates: [],
  backends: [],
};

const CONFIGURATION: Configuration = {
  timezone: 'UTC',
  people: [ana, ben, cleo, dora],
  chats: {},
  policy: [rule(1, { risk: ['read'], allow: ['operator', 'guest'] }), rule(2, { risk: ['change'] })],
  services: [
    {
      name: 'karmabot',
      title: 'Karmabot',
      environment: 'production',
      links: {},
      components: [],
      checks: [],
      verify: { holdMs: 1, withinMs: 1 },
      procedures: [],
      backups: [],
      schedules: [],
    },
  ],
  targets: [
    { name: 'karmabot-server', environment: 'production', kind: 'ssh', settings: { host: '52.203.27.35' } },
  ],
  secrets: [],
};

/** Policy in which somebody else must press Publish. */
export const TWO_PAIRS: readonly PolicyRule[] = [
  rule(1, { verb: ['publish'], approvals: 1, from: ['approver', 'spokesman'] }),
  rule(2, { risk: ['read', 'change'] }),
];

/** A page elsewhere that does what the test says. */
export class Elsewhere implements StatusBackend {
  readonly name = 'elsewhere';
  readonly title = 'Elsewhere';
  readonly limits = { title: 100, body: 1_000 };
  readonly taken: Posting[] = [];
  answer: Posted = { kind: 'published', remoteId: 'r1' };

  async publish(posting: Posting): Promise<Posted> {
    this.taken.push(posting);
    return this.answer;
  }
}

/** Real lines against a real journal, with a clock that is moved. */
export class StatusBench {
  now = T0;
  readonly elsewhere = new Elsewhere();
  readonly told: Notice[] = [];
  readonly configuration: Configuration;
  journal: OpenJournal;
  readonly #folder: string;

  constructor(folder: string, journal: OpenJournal, policy?: readonly PolicyRule[]) {
    this.#folder = folder;
    this.journal = journal;
    this.configuration = {
      ...CONFIGURATION,
      statusPage: SETTINGS,
      ...(policy === undefined ? {} : { policy }),
    };
  }

  static async open(policy?: readonly PolicyRule[]): Promise<StatusBench> {
    const folder = await mkdtemp(join(tmpdir(), 'status-'));
    return new StatusBench(folder, await opened(folder), policy);
  }

  get ports(): StatusPorts {
    return {
      journal: this.journal,
      configuration: this.configuration,
      settings: SETTINGS,
      backends: [builtInPage, this.elsewhere],
      url: 'https://status.example.com',
      wakeups: createWakeups(),
      now: () => this.now,
      redact: createRedactor([]),
      tell: async (notice) => void this.told.push(notice),
    };
  }

  async incident(severity: Severity = 'P1'): Promise<Incident> {
    const of = { journal: this.journal, configuration: this.configuration, now: () => this.now };
    const opened = await contextOf(of, ana).incidents.open({
      title: 'HighErrorRate on karmabot-server',
      severity,
      service: 'karmabot',
      environment: 'production',
    });
    if (opened.kind !== 'succeeded') throw new Error(opened.message);
    return opened.value;
  }

  /** What a line comes to: the message, or the words of the refusal. */
  async type(person: Person, line: string): Promise<Message | string> {
    const of = {
      journal: this.journal,
      configuration: this.configuration,
      now: () => this.now,
      line: incoming(line),
    };
    const context = {
      ...contextOf(of, person),
      commands,
      statusPage: new PersonalStatus(this.ports, person),
    };
    const done = await dispatch(context, line, () => Promise.reject(new Error('no plan')));
    if (done.kind !== 'succeeded') return `${done.code}: ${done.message}`;
    if (done.value.kind !== 'answer') throw new Error('it answers');
    return done.value.answer.message;
  }

  /** The line behind a button of what a line comes to. */
  async preview(person: Person, line: string): Promise<{ readonly text: string; readonly button: string }> {
    const message = await this.type(person, line);
    if (typeof message === 'string') throw new Error(message);
    return { text: JSON.stringify(message.parts), button: message.actions[0]?.line ?? '' };
  }

  round(): Promise<void> {
    return publishDue(this.ports, new AbortController().signal);
  }

  page() {
    return publicPage(this.ports, T0);
  }

  async restart(): Promise<void> {
    await this.journal.close();
    this.journal = await opened(this.#folder);
  }

  async remove(): Promise<void> {
    await this.journal.close();
    await rm(this.#folder, { recursive: true });
  }
}

async function opened(folder: string): Promise<OpenJournal> {
  const journal = await openJournal(folder);
  if (journal.kind !== 'succeeded') throw new Error(journal.message);
  return journal.value;
}
