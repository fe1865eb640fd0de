import { commands } from '../../commands/registry.ts';
import { consolePorts } from '../lines/console-ports.ts';
import { trailOf } from '../lines/trail.ts';
import { measure } from '../upkeep/measure.ts';
import { noteRefused } from '../upkeep/refused-requests.ts';
import { mountConsole } from '../web/console/mount.ts';
import { mountHeartbeats } from '../web/heartbeats.ts';
import { createLocalServer, type LocalServer } from '../web/local/local-server.ts';
import { socketPath } from '../web/local/socket-path.ts';
import { mountMetrics } from '../web/metrics.ts';
import { createConsoleServer, createPublicServer, type WebServer } from '../web/servers.ts';
import { mountWebhook, type Refused } from '../web/webhooks.ts';
import { alertMount } from './alerts.ts';
import type { Parts } from './assemble.ts';
import type { AppOptions, Core } from './core.ts';
import { heartbeatDoors } from './heartbeats.ts';
import type { StatusPageParts } from './status-page.ts';

/** Everything that listens. */
export interface Servers {
  readonly open: WebServer;
  readonly console: WebServer;
  readonly local: LocalServer;
}

/** Makes the servers; none listens yet. */
export function createServers(
  options: AppOptions,
  core: Core,
  parts: Pick<Parts, 'receiver' | 'chats' | 'health'> & { readonly statusPage: StatusPageParts },
): Servers {
  const { configuration, environment, log, redact } = options;
  const { journal, watch, now } = core;
  const console = mountConsole({
    ...consolePorts({ configuration, commands, lastSeen: watch, journal, now }),
    feed: journal.feed,
    signIns: core.signIns,
    receive: (incoming) => parts.receiver.receive(incoming),
    values: core.forms,
    redact,
    howToSignIn: 'Botswain prints new sign-in links when it starts and on SIGHUP (kill -HUP).',
    log,
    now,
  });
  const refuse = (refused: Refused): void => noteRefused(core.counted, refused);
  return {
    open: createPublicServer({
      host: environment.host,
      port: environment.port,
      alive: () => parts.health.isAlive,
      ready: () => parts.health.look(),
      log,
      mounts: [
        ...parts.chats.flatMap((chat) =>
          chat.webhook === undefined ? [] : [mountWebhook(chat.webhook, refuse)],
        ),
        mountHeartbeats({
          doors: heartbeatDoors(configuration, options.secret),
          take: (beat) => core.heartbeats.take({ ...beat, note: redact(beat.note) }),
          onRefused: refuse,
        }),
        alertMount(options, core, refuse),
        ...parts.statusPage.mounts,
      ],
    }),
    console: createConsoleServer({
      port: environment.consolePort,
      allowedHosts: [],
      log,
      mounts: [mountMetrics(() => measure({ options, core, health: parts.health })), console],
    }),
    local: createLocalServer(socketPath(environment.dataFolder), {
      signIns: core.signIns,
      logins: core.logins,
      feed: journal.feed,
      redact,
      receive: (incoming) => parts.receiver.receive(incoming),
      nameOf: (key) => configuration.people.find((person) => person.key === key)?.name,
      trail: (id) => trailOf({ journal, feed: journal.feed, lines: parts.receiver }, id),
      backUp: (path) => journal.backUp(path),
      log,
    }),
  };
}
