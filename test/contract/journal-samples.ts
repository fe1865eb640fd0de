import type { Incoming } from '../../src/chat/chat.ts';
import type { AuditEntry, AuditEventName } from '../../src/domain/audit-event.ts';
import type { Decision, StepRecord } from '../../src/domain/change.ts';
import type { ComponentRef } from '../../src/domain/fleet.ts';
import type { Message } from '../../src/domain/message.ts';
import { type Plan, planDigest } from '../../src/domain/plan.ts';
import type { OpenJournal } from '../../src/store/open-journal.ts';
import type { ChangeDraft } from '../../src/workflow/change-book.ts';
import type { StepEnd } from '../../src/workflow/journal.ts';

/** The moment at which the samples happen, epoch milliseconds. */
export const NOON = Date.UTC(2026, 0, 5, 12);

/** A journal under test that can be closed and opened again on the same storage. */
export interface JournalBench {
  readonly journal: OpenJournal;
  /** Closes and opens again, as a restart does. */
  reopen(): Promise<OpenJournal>;
  remove(): Promise<void>;
}

/** `karmabot/app` becomes a reference in production. */
export function component(key: string): ComponentRef {
  const [service = '', name = ''] = key.split('/');
  return { service, component: name, environment: 'production' };
}

/** A plan with one step a component. */
export const planOf = (keys: readonly string[]): Plan => ({
  verb: 'restart',
  components: keys.map(component),
  risk: 'change',
  summary: `Restart ${keys.join(', ')}`,
  batches: [
    {
      steps: keys.map((key, index) => ({
        id: String(index + 1),
        title: `restart ${key}`,
        component: component(key),
        target: 'karmabot-server',
        effect: 'change',
        call: { kind: 'argv', argv: ['systemctl', 'restart', 'x'] },
        deadlineMs: 30_000,
        outputCapBytes: 65_536,
        acceptedCodes: [0],
      })),
      verifications: [],
    },
  ],
  preconditions: [],
  targets: {},
  wayBack: { kind: 'irreversible', why: 'a restart has no way back' },
});

/** A draft that needs no approval, unless `approvals` says how many. */
export function draft(
  requestKey: string,
  more: { readonly keys?: readonly string[]; readonly approvals?: number } & Partial<ChangeDraft> = {},
): ChangeDraft {
  const { keys = ['karmabot/app'], approvals = 0, ...rest } = more;
  const plan = planOf(keys);
  return {
    requestKey,
    state: approvals === 0 ? 'requested' : 'awaiting approval',
    line: `restart ${keys.join(' ')}`,
    plan,
    digest: planDigest(plan),
    requester: 'ana',
    demand: { count: approvals, from: ['approver'], expiresAt: NOON + 900_000, rule: 'policy rule 3' },
    requestedAt: NOON,
    startAt: NOON,
    startBy: NOON + 600_000,
    origin: { platform: 'slack', channel: 'C0OPS', thread: '1700000000.000100' },
    ...rest,
  };
}

/** An audit entry of this name. */
export const entry = (event: AuditEventName, subject = 'C-1'): AuditEntry => ({
  event,
  at: NOON,
  actor: 'ana',
  service: 'karmabot',
  subject,
  detail: { note: 'ünïcode “quotes” \u0000 and a number', count: 3 },
});

/** A decision on a plan's digest. */
export const decision = (
  change: { readonly id: string; readonly digest: string },
  person: string,
  more: Partial<Decision> = {},
): Decision => ({
  change: change.id,
  person,
  decision: 'approved',
  digest: change.digest,
  at: NOON + 1_000,
  via: `slack:U0${person.toUpperCase()}`,
  ...more,
});

/** A step as begin takes it. */
export const step = (
  change: string,
  more: Partial<Omit<StepRecord, 'state'>> = {},
): Omit<StepRecord, 'state'> => ({
  change,
  step: '1',
  attempt: 1,
  owner: 'boot-1',
  receipt: '11111111-2222-4333-8444-555555555555',
  evidence: '{"observed":{}}',
  startedAt: NOON + 2_000,
  ...more,
});

/** How a step ended well. */
export const wentWell: StepEnd = {
  state: 'succeeded',
  endedAt: NOON + 3_000,
  exitCode: 0,
  output: 'done\u0000\n',
};

/** A line somebody typed. */
export const incoming = (id: string, text = 'status'): Incoming => ({
  id,
  account: { platform: 'slack', id: 'U0ANA', standing: 'person' },
  conversation: { platform: 'slack', channel: 'C0OPS' },
  direct: false,
  text,
});

/** A card. */
export const message = (title: string): Message => ({ title, tone: 'neutral', parts: [], actions: [] });

/** Requests a change and starts it. */
export async function runningChange(journal: OpenJournal, requestKey: string, keys?: readonly string[]) {
  const { change } = await journal.changes.request(
    draft(requestKey, keys === undefined ? {} : { keys }),
    entry('change requested'),
  );
  const started = await journal.changes.start(change.id, { at: NOON + 1 }, entry('change started'));
  if (started.kind !== 'started') throw new Error(`${change.id} did not start: ${started.kind}`);
  return started.change;
}

/** The names of all audit events, oldest first. */
export async function auditEvents(journal: OpenJournal): Promise<readonly AuditEventName[]> {
  const records = await journal.audit.list({ limit: 10_000 });
  return records.map((record) => record.event).reverse();
}
