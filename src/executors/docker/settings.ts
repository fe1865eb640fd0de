import { z } from 'zod';
import type { Target } from '../../domain/fleet.ts';
import type { JsonObject } from '../../domain/json.ts';

const secretReference = z.union([
  z.strictObject({ env: z.string().min(1).describe('Name of an environment variable that holds it') }),
  z.strictObject({ file: z.string().min(1).describe('Path of a file that holds it') }),
]);

const tls = z
  .strictObject({
    ca: secretReference.describe("The authority that signed the engine's certificate, PEM"),
    cert: secretReference.exactOptional().describe('Our client certificate, PEM; together with `key`'),
    key: secretReference.exactOptional().describe('The key of our client certificate, PEM'),
  })
  .refine((given) => (given.cert === undefined) === (given.key === undefined), {
    message: 'cert and key belong together\ngive both, or neither',
  });

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** A target's keys for a Docker engine: exactly one of `socket`, `host` with `port`, or `via`. */
export const dockerSettings = z
  .strictObject({
    socket: z
      .string()
      .startsWith('/')
      .max(107)
      .exactOptional()
      .describe("Path of the engine's unix socket on this machine: /var/run/docker.sock"),
    host: z.string().min(1).exactOptional().describe('Address of an engine that listens on TCP'),
    port: z.int().min(1).max(65_535).exactOptional().describe('Its port, usually 2376 with TLS'),
    tls: tls
      .exactOptional()
      .describe('How to prove who we are and who it is; may be absent only on loopback'),
    via: z
      .string()
      .min(1)
      .exactOptional()
      .describe(
        'Name of an ssh target in the same environment, on which `docker system dial-stdio` reaches its engine',
      ),
    sudo: z.boolean().exactOptional().describe('With `via`: call docker through `sudo -n` there'),
  })
  .superRefine((given, context) => {
    const complain = (message: string) => context.addIssue({ code: 'custom', message });
    const ways = [given.socket, given.host, given.via].filter((way) => way !== undefined).length;
    if (ways !== 1)
      complain('it is not clear where the engine is\ngive exactly one of socket, host (with port) or via');
    if ((given.host === undefined) !== (given.port === undefined))
      complain('host and port belong together\ngive both');
    if (given.host === undefined && given.tls !== undefined)
      complain('tls belongs to host and port\nremove it');
    if (given.via === undefined && given.sudo !== undefined) complain('sudo belongs to via\nremove it');
    if (given.host !== undefined && given.tls === undefined && !LOOPBACK.test(given.host))
      complain(
        'tls is missing: without it everybody on the network is root on that machine\ngive tls, or reach the engine through ssh with via',
      );
  });

/** Settings of a Docker target, as {@link dockerSettings} accepted them. */
export type DockerSettings = z.infer<typeof dockerSettings>;

/** Reads a target's settings; throws where they were never checked. */
export const readSettings = (target: Target): DockerSettings => dockerSettings.parse(target.settings);

/** What a Docker target resolves to, for the plan's digest; `through` is what the target that `via` names resolves to. */
export function describeSettings(settings: DockerSettings, through: JsonObject | null): JsonObject {
  if (settings.socket !== undefined) return { engine: `unix:${settings.socket}` };
  if (settings.via === undefined) {
    const scheme = settings.tls === undefined ? 'http' : 'https';
    return {
      engine: `${scheme}://${settings.host}:${settings.port}`,
      ...(settings.tls === undefined ? {} : { tls: settings.tls }),
    };
  }
  return { engine: `through ${settings.via}`, sudo: settings.sudo ?? false, via: through };
}
