import type { Integration } from '../domain/incident-settings.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { ExecutorPorts } from '../executors/executor.ts';
import { readBody } from '../intake/read-request.ts';
import { sources } from '../intake/registry.ts';
import type { Source } from '../intake/source.ts';
import type { AlertDoor } from '../web/alert-door.ts';
import { AlertQueue } from '../web/alert-queue.ts';
import { mountAlerts } from '../web/alerts.ts';
import type { Mount } from '../web/servers.ts';
import type { Refused } from '../web/webhooks.ts';
import type { AppOptions, Core } from './core.ts';
import { fetchText, SNS_SOURCE, type SnsPorts, snsDoor } from './sns.ts';

/** What doors need to know who somebody is. */
interface DoorPorts extends SnsPorts {
  readonly secret: ExecutorPorts['secret'];
}

const had = (value: Outcome<string>): readonly string[] => (value.kind === 'succeeded' ? [value.value] : []);

/** Where secrets are named a signature is demanded, also when none of them can be had. */
function signatureOf(
  integration: Integration,
  source: Source | undefined,
  ports: DoorPorts,
): Pick<AlertDoor, 'isSigned' | 'confirm'> {
  const { secrets } = integration;
  if (source?.source === SNS_SOURCE) return snsDoor(integration, source, ports);
  if (secrets.length === 0) return {};
  return {
    isSigned: async (request) =>
      source?.isSigned?.({
        request,
        secrets: secrets.flatMap((each) => had(ports.secret(each))),
        now: ports.now(),
      }) ?? false,
  };
}

/** Who may send alerts, as the configuration says. */
export const alertDoors = (integrations: readonly Integration[], ports: DoorPorts): readonly AlertDoor[] =>
  integrations.map((integration) => {
    const { name, source, tokens, logins } = integration;
    const known = sources.find((each) => each.source === source);
    return {
      name,
      source,
      asks: tokens.length + logins.length > 0,
      tokens: () => tokens.flatMap((each) => had(ports.secret(each))),
      logins: () =>
        logins.flatMap(({ user, password }) =>
          had(ports.secret(password)).map((value) => ({ user, password: value })),
        ),
      ...signatureOf(integration, known, ports),
    };
  });

/** The paths under which senders of alerts call. */
export function alertMount(options: AppOptions, core: Core, onRefused: (refused: Refused) => void): Mount {
  const { journal, wakeups, now } = core;
  const queue = new AlertQueue({
    receive: (arrivals) => journal.incidents.receive(arrivals),
    onKept: () => wakeups.nudge('alerts'),
  });
  return mountAlerts({
    doors: alertDoors(options.configuration.integrations ?? [], { secret: options.secret, now, fetchText }),
    readBody,
    queue,
    redact: options.redact,
    now,
    onRefused,
    log: options.log,
  });
}
