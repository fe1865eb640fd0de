import { z } from 'zod';
import { heartbeatCheckKind, heartbeatSettings } from '../checks/heartbeat.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { ExecutorPorts } from '../executors/executor.ts';
import type { HeartbeatDoor } from '../web/heartbeats.ts';

const named = z.object(heartbeatSettings.shape).pick({ name: true, token: true });

/** The names under which programs may call, as the checks of the configuration say. */
export const heartbeatDoors = (
  { services }: Pick<Configuration, 'services'>,
  secret: ExecutorPorts['secret'],
): readonly HeartbeatDoor[] =>
  services
    .flatMap(({ checks }) => checks)
    .filter(({ kind }) => kind === heartbeatCheckKind.kind)
    .map(({ settings }) => {
      const { name, token } = named.parse(settings);
      return { name, ...(token === undefined ? {} : { token: () => secret(token) }) };
    });
