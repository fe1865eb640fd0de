import { backupKinds } from '../backups/registry.ts';
import { storageKinds } from '../backups/storages/registry.ts';
import type { Chat } from '../chat/chat.ts';
import { checkKinds } from '../checks/registry.ts';
import { componentKinds } from '../components/registry.ts';
import { deployKinds } from '../deploys/registry.ts';
import type { Configuration, Environment } from '../domain/configuration.ts';
import type { Person } from '../domain/person.ts';
import type { Redact } from '../domain/redaction.ts';
import type { ExecutorPorts } from '../executors/executor.ts';
import { executorKinds } from '../executors/registry.ts';
import type { Linking } from '../lines/linking.ts';
import { TerminalLogins } from '../lines/logins.ts';
import type { Log } from '../log.ts';
import type { OpenJournal } from '../store/open-journal.ts';
import { CountedAudit } from '../upkeep/counted-audit.ts';
import { EventCounts } from '../upkeep/health.ts';
import { createSignIns, type SignIns } from '../web/sign-ins.ts';
import { type BoundFleet, bindFleet } from '../workflow/bind-fleet.ts';
import { Clock } from '../workflow/clock.ts';
import { type Listening, listenForHeartbeats } from '../workflow/heartbeats.ts';
import { HostKeyAlarm } from '../workflow/host-key-alarm.ts';
import { type Publishing, publishChange } from '../workflow/publish-change.ts';
import { untilStored } from '../workflow/run-step.ts';
import { type Seen, SeenBook } from '../workflow/seen.ts';
import { ValueForms } from '../workflow/value-forms.ts';
import { createWakeups, type Wakeups } from '../workflow/wakeups.ts';
import { Watch } from '../workflow/watch.ts';
import { directly, operations } from './chats.ts';

/** What an app is made from. */
export interface AppOptions {
  readonly configuration: Configuration;
  readonly environment: Environment;
  readonly secret: ExecutorPorts['secret'];
  readonly redact: Redact;
  /** Told of a secret that was not known before, so that it is taken out from now on. */
  readonly learn: (value: string) => void;
  readonly log: Log;
}

/** The one clock of this process: a reload must not forget what it knows of the wall clock. */
const clock = new Clock();

/** The time of day, epoch milliseconds. */
export const now = (): number => clock.now();

/** The parts that others are made of. */
export interface Core {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly clock: Clock;
  readonly journal: OpenJournal;
  readonly wakeups: Wakeups;
  readonly linking: Linking;
  readonly logins: TerminalLogins;
  readonly signIns: SignIns;
  readonly bound: BoundFleet;
  readonly watch: Watch;
  /** What programs say at `/heartbeats/NAME`. */
  readonly heartbeats: Listening;
  readonly counted: CountedAudit;
  readonly eventCounts: EventCounts;
  /** Where changes and what concerns them is shown. */
  readonly publishing: Publishing;
  readonly publish: (id: string, seen?: Seen) => Promise<void>;
  /** Values on their way from the console's form to the step that waits for them. */
  readonly forms: ValueForms;
}

/** Makes the parts that others are made of; `chats` fills up later. */
export function createCore(
  options: AppOptions,
  journal: OpenJournal,
  own: { readonly linking: Linking; readonly chats: readonly Chat[] },
): Core {
  const { configuration, log, secret, redact } = options;
  const wakeups = createWakeups();
  const kinds = {
    executors: executorKinds,
    components: componentKinds,
    checks: checkKinds,
    deploys: deployKinds,
    backups: backupKinds,
    storages: storageKinds,
  };
  const places = operations(configuration);
  const alarm = new HostKeyAlarm({
    journal,
    wakeups,
    now,
    operations: () => places,
    onError: (error) => log('error', 'a refused host key could not be told', { error }),
  });
  const onHostKey: HostKeyAlarm['note'] = (target, refused) => alarm.note(target, refused);
  const heartbeats = listenForHeartbeats({ book: journal.heartbeats, now });
  const bound = bindFleet(configuration, kinds, { secret, log, now, redact, onHostKey, heartbeats });
  const watch = new Watch({
    fleet: bound.fleet,
    journal,
    now,
    onError: (key, error) => log('error', 'a look failed', { key, error }),
  });
  const publishing = {
    journal,
    wakeups,
    people: () => configuration.people,
    timezone: () => configuration.timezone,
    now,
    operations: () => places,
    directly: (person: Person) => directly(own.chats, person),
    safety: configuration,
    seenBook: new SeenBook(),
  };
  return {
    now,
    clock,
    journal,
    wakeups,
    linking: own.linking,
    logins: new TerminalLogins(now),
    signIns: createSignIns({ store: journal.sessions, now }),
    bound,
    watch,
    heartbeats,
    publishing,
    forms: new ValueForms(),
    eventCounts: countingEvents(journal),
    counted: countedAudit(journal, log),
    publish: (id, seen) => untilStored(() => publishChange(publishing, id, seen)),
  };
}

const countedAudit = (journal: OpenJournal, log: Log): CountedAudit =>
  new CountedAudit({
    append: (entry) => journal.audit.append(entry),
    now,
    onError: (error) => log('error', 'a count could not be recorded', { error }),
  });

function countingEvents(journal: OpenJournal): EventCounts {
  const counts = new EventCounts();
  journal.onAudited((entry) => counts.note(entry));
  return counts;
}
