import type { Change, Decision, StepRecord } from '../../src/domain/change.ts';
import type { Message } from '../../src/domain/message.ts';
import type { Person } from '../../src/domain/person.ts';
import { type Plan, planDigest, planSteps } from '../../src/domain/plan.ts';
import type { SpentBudget } from '../../src/workflow/budget.ts';
import { type CardFacts, changeCard, outcomeNote } from '../../src/workflow/change-card.ts';
import { step as begun, draft, NOON, planOf } from '../contract/journal-samples.ts';

const PEOPLE: readonly Person[] = [
  { key: 'ana', name: 'Ana', slack: 'U0ANA', telegram: '111', roles: ['operator'] },
  { key: 'ben', name: 'Ben', slack: 'U0BEN', telegram: '222', roles: ['operator', 'approver'] },
  { key: 'cleo', name: 'Cleo', slack: 'U0CLEO', roles: ['approver'] },
  { key: 'dora', name: 'Dora', slack: 'U0DORA', roles: ['lead'] },
];

const COMPOSE = ['docker-compose', '--project-directory', '/opt/karmabot', 'restart'];

/** Three components of karmabot on one server, as compose restarts them. */
function realPlan(): Plan {
  const names = ['mongodb', 'app', 'nginx'];
  const plan = planOf(names.map((name) => `karmabot/${name}`));
  const steps = planSteps(plan).map((step, index) => ({
    ...step,
    title: `restart ${names[index]} of /opt/karmabot on karmabot-server`,
    call: { kind: 'argv', argv: [...COMPOSE, names[index] ?? ''], sudo: true } as const,
  }));
  return { ...plan, batches: [{ steps, verifications: [] }] };
}

const PLAN = realPlan();

/** The one change of all cards, in any state. */
export const change = (state: Change['state'], more: Partial<Change> = {}): Change => ({
  ...draft('card', { approvals: 2 }),
  id: 'C-142',
  plan: PLAN,
  digest: planDigest(PLAN),
  line: 'restart karmabot --reason "answers time out since the deploy"',
  reason: 'answers time out since the deploy',
  state,
  demand: { count: 2, from: ['approver'], expiresAt: NOON + 900_000, rule: 'policy rule 3' },
  ...more,
});

/** A yes of somebody. */
export const decided = (person: string, more: Partial<Decision> = {}): Decision => ({
  change: 'C-142',
  person,
  decision: 'approved',
  digest: planDigest(PLAN),
  at: NOON + 65_000,
  via: `slack:U0${person.toUpperCase()}`,
  ...more,
});

const BOTH = [decided('ben'), decided('cleo', { at: NOON + 130_000 })];

const step = (id: string, more: Partial<StepRecord> = {}): StepRecord => {
  const startedAt = NOON + 140_000 + Number(id) * 10_000;
  return {
    ...begun('C-142', { step: id }),
    state: 'succeeded',
    startedAt,
    endedAt: startedAt + 2100,
    exitCode: 0,
    ...more,
  };
};

const running = (id: string): StepRecord => {
  const { endedAt: _, exitCode: __, ...record } = step(id, { state: 'started' });
  return record;
};

const STARTED = { startedAt: NOON + 140_000 };
const ENDED = { ...STARTED, endedAt: NOON + 214_000 };
const ALL = [step('1'), step('2'), step('3')];
const looked = (key: string, holds: boolean, ...seen: readonly string[]) => ({
  component: `karmabot/${key}@production`,
  holds,
  seen,
});

/** What a card is drawn from, at 13:02. */
export const facts = (of: Change, more: Partial<CardFacts> = {}): CardFacts => ({
  change: of,
  decisions: BOTH,
  records: [],
  seen: {},
  people: PEOPLE,
  timezone: 'Europe/Berlin',
  now: NOON + 150_000,
  ...more,
});

const FAILED = change('failed', {
  ...ENDED,
  code: 'TARGET_COMMAND_FAILED',
  ending: 'Step 2 (restart app of /opt/karmabot on karmabot-server) ended with code 1; step 3 was not begun.',
});
/** A restart that failed at its second step. */
export const failedFacts = facts(FAILED, {
  records: [
    step('1'),
    step('2', {
      state: 'failed',
      exitCode: 1,
      message: 'ended with code 1',
      output:
        'Restarting karmabot-app ... error\nERROR: for karmabot-app  driver failed programming external connectivity on endpoint karmabot-app: Bind for 0.0.0.0:5000 failed: port is already allocated\n',
    }),
  ],
});

const GLASS: Partial<Change> = {
  ...ENDED,
  line: 'restart karmabot --break-glass --reason "answers time out since the deploy"',
  demand: { count: 0, from: [], expiresAt: NOON + 900_000, rule: 'policy rule 3' },
  breakGlass: {
    skipped: ['2 approvals from approver', 'the freeze'],
    told: ['approver'],
    reviewFrom: ['lead'],
    reviewBy: NOON + 86_400_000,
  },
  ending: 'Verified: all 3 components run anew and 2 checks held for 10 s.',
};

/** A broken glass whose review is open. */
export const glassFacts = (more: Partial<Change> = {}): CardFacts =>
  facts(change('succeeded', { ...GLASS, ...more }), { decisions: [], records: ALL });

/** A budget that is used up. */
export const SPENT: SpentBudget = {
  component: 'karmabot/app@production',
  verb: 'restart',
  standing: {
    kind: 'exhausted',
    since: NOON + 140_000,
    recoversAt: NOON + 140_000 + 1_800_000,
    tries: [
      { change: 'C-139', by: 'ana', at: NOON - 1_800_000, result: 'not verified' },
      { change: 'C-140', by: 'ben', at: NOON - 600_000, result: 'verified' },
      { change: 'C-142', by: 'ana', at: NOON + 140_000, result: 'not verified' },
    ],
  },
};

/** The card of one change in each of its states, and what its thread says at the end. */
export const CARDS: Readonly<Record<string, Message>> = {
  'card-01-awaiting-1-of-2': changeCard(facts(change('awaiting approval'), { decisions: [decided('ben')] })),
  'card-02-approved': changeCard(facts(change('requested'))),
  'card-03-running-2-of-3': changeCard(
    facts(change('running', STARTED), { records: [step('1'), running('2')] }),
  ),
  'card-04-verifying': changeCard(
    facts(change('verifying', STARTED), {
      records: ALL,
      seen: {
        looked: [
          looked('mongodb', true, 'running since 13:02:31', 'held for 10 s'),
          looked('app', false, 'running since 13:02:41', 'web: 502 from https://karmabot.hi5.works/'),
          looked('nginx', true, 'running since 13:02:51', 'held for 4 of 10 s'),
        ],
      },
    }),
  ),
  'card-05-succeeded': changeCard(
    facts(
      change('succeeded', {
        ...ENDED,
        ending: 'Verified: all 3 components run anew and 2 checks held for 10 s.',
      }),
      { records: ALL },
    ),
  ),
  'card-06-not-verified': changeCard(
    facts(
      change('not verified', {
        ...ENDED,
        ending: 'It ran, but within 2 min this did not hold: web answers 502.',
      }),
      { records: ALL, seen: { looked: [looked('app', false, 'web: 502 from https://karmabot.hi5.works/')] } },
    ),
  ),
  'card-07-failed': changeCard(failedFacts),
  'card-08-failed-note': outcomeNote(failedFacts),
  'card-09-unknown': changeCard(
    facts(
      change('unknown', {
        ...STARTED,
        ending: 'Step 2 may have happened: the connection to karmabot-server broke after it was sent.',
      }),
      {
        records: [step('1'), step('2', { state: 'unknown', message: 'the connection broke after 4.1 s' })],
        seen: {
          asking: {
            kind: 'ask a person',
            step: planSteps(PLAN)[1] ?? missing(),
            why: 'the target keeps no receipt of it',
          },
        },
      },
    ),
  ),
  'card-10-denied': changeCard(
    facts(change('denied', { endedAt: NOON + 70_000, ending: 'Denied by Ben: not during the release.' }), {
      decisions: [decided('ben', { decision: 'denied', reason: 'not during the release' })],
    }),
  ),
  'card-11-expired': changeCard(
    facts(change('expired', { endedAt: NOON + 900_000, ending: 'Nobody approved it by 13:15.' }), {
      decisions: [decided('ben')],
      now: NOON + 900_000,
    }),
  ),
  'card-13-not-verified-too-often': changeCard({ ...failedFacts, spent: [SPENT] }),
  'card-14-glass-broken': changeCard(glassFacts()),
  'card-15-glass-reviewed': changeCard(
    glassFacts({
      review: {
        person: 'dora',
        found: 'the disk was full, and nobody else was awake',
        at: NOON + 3_600_000,
        via: 'slack:U0DORA',
      },
    }),
  ),
  'card-12-cancelled': changeCard(
    facts(change('cancelled', { ...ENDED, cancelledBy: 'ana', ending: 'Stopped by Ana before step 2.' }), {
      records: [step('1')],
    }),
  ),
};

function missing(): never {
  throw new Error('the plan has three steps');
}
