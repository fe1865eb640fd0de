import { randomUUID } from 'node:crypto';
import { commands } from '../../commands/registry.ts';
import type { Chat, Conversation, Receive } from '../chat/chat.ts';
import type { SignInControl } from '../dispatch/command.ts';
import type { Change } from '../domain/change.ts';
import type { Configuration } from '../domain/configuration.ts';
import { PersonalIncidents } from '../incidents/personal-incidents.ts';
import { PersonalControl } from '../lines/control.ts';
import { GroupRoles } from '../lines/group-roles.ts';
import { Linking } from '../lines/linking.ts';
import { Receiver } from '../lines/receive.ts';
import { askAnew, type ReplanPorts, replan } from '../lines/replan.ts';
import type { OpenJournal } from '../store/open-journal.ts';
import { Health } from '../upkeep/health.ts';
import type { SignIns } from '../web/sign-ins.ts';
import type { BoundFleet } from '../workflow/bind-fleet.ts';
import type { Duty } from '../workflow/duty.ts';
import { Engine } from '../workflow/engine.ts';
import type { AccountLink } from '../workflow/journal.ts';
import { tellOperations } from '../workflow/notice.ts';
import { Outbox } from '../workflow/outbox.ts';
import { withOwn } from '../workflow/own-calls.ts';
import { takeoverIn } from '../workflow/takeover.ts';
import type { Watch } from '../workflow/watch.ts';
import { createChats, operations } from './chats.ts';
import { type AppOptions, type Core, createCore, now } from './core.ts';
import { createDuties } from './duties.ts';
import { createIncidents, type IncidentParts } from './incidents.ts';
import { createOwn } from './own.ts';
import { createServers, type Servers } from './servers.ts';
import { createStatusPage, type StatusPageParts } from './status-page.ts';

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
  /** Where everybody who operates is told of something. */
  readonly places: readonly Conversation[];
  readonly timezone: string;
  readonly servers: Servers;
  readonly health: Health;
  readonly counted: Core['counted'];
  readonly duties: readonly Duty[];
}

function createReceiver(
  options: AppOptions,
  core: Core,
  of: {
    readonly chats: () => readonly Chat[];
    readonly incidents: IncidentParts;
    readonly statusPage: StatusPageParts;
  },
): Receiver {
  const { chats, incidents, statusPage } = of;
  const { configuration, redact, log } = options;
  const { journal, wakeups, publish, watch, bound } = core;
  const { seenBook } = core.publishing;
  const onError = (change: string, error: unknown): void =>
    log('error', 'a card could not be shown', { change, error });
  const control = { configuration, journal, wakeups, publish, now, seenBook, onError };
  return new Receiver({
    configuration,
    commands,
    fleet: bound.fleet,
    lastSeen: watch,
    journal,
    wakeups,
    counted: core.counted,
    chats,
    controlFor: (person, incoming) => new PersonalControl(control, person, incoming),
    publish,
    incidentsFor: (person, { id }) => new PersonalIncidents(incidents.acting, person, id),
    statusFor: statusPage.statusFor,
    linking: core.linking,
    signIns: signInControl(core),
    redact,
    now,
    onError: (incoming, error) => log('error', 'a line could not be worked on', { id: incoming.id, error }),
  });
}

/** What `login` and `logout` do to a person's terminals and browsers. */
const signInControl = ({ logins, journal }: Core): SignInControl => ({
  confirm: (code, person, record) => logins.confirm(code, person, record),
  endAll: (person) => {
    logins.forget(person);
    return journal.sessions.endSessionsOf(person.key);
  },
});

function createEngine(
  options: AppOptions,
  core: Core,
  of: { readonly receiver: Receiver; readonly groupRoles: GroupRoles },
): Engine {
  const { configuration, redact, log } = options;
  const { receiver, groupRoles } = of;
  const { journal, wakeups, publish, bound } = core;
  const again: ReplanPorts = {
    configuration,
    commands,
    contextFor: (person, incoming) => receiver.contextFor(person, incoming),
  };
  const own = createOwn(options, core, () => engine.isStopping);
  const engine: Engine = new Engine({
    guard: { journal, effects: withOwn(bound.effects, own), owner: randomUUID(), now, redact },
    fleet: bound.fleet,
    rebuild: (change: Change) => replan(again, change),
    askAnew: (change: Change) => askAnew(again, change),
    rolesKnown: () => groupRoles.isKnown,
    publish,
    wakeups,
    onError: (change, error) =>
      log('error', 'a change could not be worked on', { change: change ?? '', error }),
  });
  return engine;
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
  const groupRoles = new GroupRoles(given.configuration.chats.slack?.groups ?? {}, {
    log: given.log,
    tell: (notice) => tellOperations(core.publishing, notice),
    steady: () => performance.now(),
    now,
  });
  const options = { ...given, configuration: withPeopleAsOfNow(given.configuration, linking, groupRoles) };
  const chats: Chat[] = [];
  const core = createCore(options, journal, { linking, chats });
  const incidents = createIncidents(options, core);
  const statusPage = createStatusPage(options, core);
  const receiver = createReceiver(options, core, { chats: () => chats, incidents, statusPage });
  const { configuration, environment, log } = options;
  chats.push(
    ...createChats({ configuration, environment, log, journal, lastSeen: core.watch, receiver, now }),
  );
  const { wakeups, bound, watch, clock } = core;
  const onError = (error: unknown): void => options.log('error', 'the outbox met an error', { error });
  const engine = createEngine(options, core, { receiver, groupRoles });
  const receive: Receive = (incoming) => receiver.receive(incoming);
  const health = new Health({
    probe: () => journal.probe(),
    sinceEngineLooked: () => engine.sinceLooked,
    steady: () => performance.now(),
  });
  return {
    journal,
    bound,
    watch,
    receiver,
    engine,
    chats,
    groupRoles,
    outbox: new Outbox({
      journal,
      wakeups,
      chats,
      now,
      onError,
      clock,
      takeover: takeoverIn(options.configuration.chats),
    }),
    signIns: core.signIns,
    places: operations(configuration),
    timezone: configuration.timezone,
    health,
    counted: core.counted,
    servers: createServers(options, core, { receiver, chats, health, statusPage }),
    duties: createDuties({ options, core, incidents, statusPage, chats, health, receive }),
  };
}
