import { randomUUID } from 'node:crypto';
import { commands } from '../commands/registry.ts';
import { createChats, directly, operations } from './assemble-chats.ts';
import { createDuties } from './assemble-duties.ts';
import type { Chat } from './chat/chat.ts';
import { checkKinds } from './checks/registry.ts';
import { componentKinds } from './components/registry.ts';
import { consolePorts } from './console-ports.ts';
import { PersonalControl } from './control.ts';
import type { Change } from './domain/change.ts';
import type { Configuration, Environment } from './domain/configuration.ts';
import type { Person } from './domain/person.ts';
import type { Redact } from './domain/redaction.ts';
import type { ExecutorPorts } from './executors/executor.ts';
import { executorKinds } from './executors/registry.ts';
import { GroupRoles } from './group-roles.ts';
import { Linking } from './linking.ts';
import type { Log } from './log.ts';
import { Receiver } from './receive.ts';
import { replan } from './replan.ts';
import type { OpenJournal } from './store/open-journal.ts';
import { mountConsole } from './web/console/mount.ts';
import { createConsoleServer, createPublicServer, type WebServer } from './web/servers.ts';
import { createSignIns, type SignIns } from './web/sign-ins.ts';
import { mountWebhook } from './web/webhooks.ts';
import { type BoundFleet, bindFleet } from './workflow/bind-fleet.ts';
import type { Duty } from './workflow/duty.ts';
import { Engine } from './workflow/engine.ts';
import type { AccountLink } from './workflow/journal.ts';
import { Outbox } from './workflow/outbox.ts';
import { publishChange } from './workflow/publish-change.ts';
import { untilStored } from './workflow/run-step.ts';
import type { Seen } from './workflow/seen.ts';
import { takeoverIn } from './workflow/takeover.ts';
import { createWakeups, type Wakeups } from './workflow/wakeups.ts';
import { Watch } from './workflow/watch.ts';

/** What an app is made from. */
export interface AppOptions {
  readonly configuration: Configuration;
  readonly environment: Environment;
  readonly secret: ExecutorPorts['secret'];
  readonly redact: Redact;
  readonly log: Log;
}

/** All parts of a running Botswain. */
export interface Parts {
  readonly journal: OpenJournal;
  readonly bound: BoundFleet;
  readonly watch: Watch;
  readonly receiver: Receiver;
  readonly engine: Engine;
  readonly chats: readonly Chat[];
  readonly outbox: Outbox;
  readonly groupRoles: GroupRoles;
  readonly signIns: SignIns;
  readonly servers: { readonly open: WebServer; readonly console: WebServer };
  readonly duties: readonly Duty[];
}

/** The wall clock, epoch milliseconds. */
export const now = (): number => Date.now();

/** The parts that others are made of. */
export interface Core {
  readonly journal: OpenJournal;
  readonly wakeups: Wakeups;
  readonly linking: Linking;
  readonly bound: BoundFleet;
  readonly watch: Watch;
  readonly publish: (id: string, seen?: Seen) => Promise<void>;
}

function createCore(
  options: AppOptions,
  journal: OpenJournal,
  own: { readonly linking: Linking; readonly chats: readonly Chat[] },
): Core {
  const { configuration, log, secret, redact } = options;
  const wakeups = createWakeups();
  const kinds = { executors: executorKinds, components: componentKinds, checks: checkKinds };
  const bound = bindFleet(configuration, kinds, { secret, log, now, redact });
  const watch = new Watch({
    fleet: bound.fleet,
    journal,
    now,
    onError: (key, error) => log('error', 'a look failed', { key, error }),
  });
  const places = operations(configuration);
  const publishing = {
    journal,
    wakeups,
    people: () => configuration.people,
    timezone: () => configuration.timezone,
    now,
    operations: () => places,
    directly: (person: Person) => directly(own.chats, person),
  };
  return {
    journal,
    wakeups,
    linking: own.linking,
    bound,
    watch,
    publish: (id, seen) => untilStored(() => publishChange(publishing, id, seen)),
  };
}

function createReceiver(options: AppOptions, core: Core, chats: () => readonly Chat[]): Receiver {
  const { configuration, redact, log } = options;
  const { journal, wakeups, publish, watch, bound } = core;
  return new Receiver({
    configuration,
    commands,
    fleet: bound.fleet,
    lastSeen: watch,
    journal,
    wakeups,
    chats,
    controlFor: (person, incoming) =>
      new PersonalControl({ configuration, journal, wakeups, publish, now }, person, incoming),
    publish,
    linking: core.linking,
    redact,
    now,
    onError: (incoming, error) => log('error', 'a line could not be worked on', { id: incoming.id, error }),
  });
}

function createEngine(options: AppOptions, core: Core, receiver: Receiver): Engine {
  const { configuration, redact, log } = options;
  const { journal, wakeups, publish, bound } = core;
  return new Engine({
    guard: { journal, effects: bound.effects, owner: randomUUID(), now, redact },
    fleet: bound.fleet,
    rebuild: (change: Change) =>
      replan(
        { configuration, commands, contextFor: (person, incoming) => receiver.contextFor(person, incoming) },
        change,
      ),
    publish,
    wakeups,
    onError: (change, error) =>
      log('error', 'a change could not be worked on', { change: change ?? '', error }),
  });
}

function createServers(
  options: AppOptions,
  core: Core,
  parts: Pick<Parts, 'receiver' | 'signIns' | 'chats'>,
): Parts['servers'] {
  const { configuration, environment, log, redact } = options;
  const { journal, watch } = core;
  const console = mountConsole({
    ...consolePorts({ configuration, commands, lastSeen: watch, journal, now }),
    feed: journal.feed,
    signIns: parts.signIns,
    receive: (incoming) => parts.receiver.receive(incoming),
    redact,
    howToSignIn: 'Botswain prints new sign-in links each time it starts.',
    log,
    now,
  });
  return {
    open: createPublicServer({
      host: environment.host,
      port: environment.port,
      ready: async () => ({ ready: true }),
      log,
      mounts: parts.chats.flatMap((chat) => (chat.webhook === undefined ? [] : [mountWebhook(chat.webhook)])),
    }),
    console: createConsoleServer({ port: environment.consolePort, allowedHosts: [], log, mounts: [console] }),
  };
}

/** The configuration whose people have, at any time, the accounts they linked and the roles of their groups. */
const withPeopleAsOfNow = (
  configuration: Configuration,
  linking: Linking,
  groups: GroupRoles,
): Configuration => ({
  ...configuration,
  get people() {
    return groups.applied(linking.people);
  },
});

/** Makes every part and hands each what it may know of the others. */
export function assemble(given: AppOptions, journal: OpenJournal, links: readonly AccountLink[]): Parts {
  const linking = new Linking(given.configuration.people, links, { store: journal.accountLinks, now });
  const groupRoles = new GroupRoles(given.configuration.chats.slack?.groups ?? {}, given.log);
  const options = { ...given, configuration: withPeopleAsOfNow(given.configuration, linking, groupRoles) };
  const chats: Chat[] = [];
  const core = createCore(options, journal, { linking, chats });
  const receiver = createReceiver(options, core, () => chats);
  const { configuration, environment, log } = options;
  chats.push(
    ...createChats({ configuration, environment, log, journal, lastSeen: core.watch, receiver, now }),
  );
  const signIns = createSignIns({ store: journal.sessions, now });
  const { wakeups, bound, watch } = core;
  const onError = (error: unknown): void => options.log('error', 'the outbox met an error', { error });
  return {
    journal,
    bound,
    watch,
    receiver,
    engine: createEngine(options, core, receiver),
    chats,
    groupRoles,
    outbox: new Outbox({
      journal,
      wakeups,
      chats,
      now,
      onError,
      takeover: takeoverIn(options.configuration.chats),
    }),
    signIns,
    servers: createServers(options, core, { receiver, signIns, chats }),
    duties: createDuties({ options, core, chats }),
  };
}
