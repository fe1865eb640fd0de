import { setTimeout as pause } from 'node:timers/promises';
import type { StatusPageSettings } from '../domain/status-settings.ts';
import { PersonalStatus } from '../incidents/personal-status.ts';
import { publicPage } from '../incidents/public-page.ts';
import type { StatusPorts } from '../incidents/status-ports.ts';
import { statusDuty } from '../incidents/status-rounds.ts';
import type { LinePorts } from '../lines/lines.ts';
import { builtInPage } from '../status-page/built-in.ts';
import { statusBackendKinds } from '../status-page/registry.ts';
import type { StatusBackend } from '../status-page/status-page.ts';
import type { Mount } from '../web/servers.ts';
import { mountStatusPage } from '../web/status/mount.ts';
import type { Duty } from '../workflow/duty.ts';
import { tellOperations } from '../workflow/notice.ts';
import { type AppOptions, type Core, now } from './core.ts';

/** Everything about the public page, where there is one. */
export interface StatusPageParts {
  readonly statusFor: LinePorts['statusFor'];
  readonly mounts: readonly Mount[];
  readonly duties: (onError: (error: unknown) => void) => readonly Duty[];
}

const NONE: StatusPageParts = { statusFor: undefined, mounts: [], duties: () => [] };

function backendsOf(
  { environment, secret }: AppOptions,
  settings: StatusPageSettings,
): readonly StatusBackend[] {
  const { statuspageApiUrl: apiUrl } = environment;
  const ports = {
    secret,
    now,
    wait: (ms: number, signal: AbortSignal) => pause(ms, undefined, { signal }),
    ...(apiUrl === undefined ? {} : { apiUrl }),
  };
  return settings.backends.flatMap(({ kind, settings: given }) => {
    const found = statusBackendKinds.find((each) => each.kind === kind);
    return found === undefined ? [] : [found.open(given, ports)];
  });
}

/** Makes what tells the public, and the page that it reads. */
export function createStatusPage(options: AppOptions, core: Core): StatusPageParts {
  const { configuration, environment, redact } = options;
  const settings = configuration.statusPage;
  if (settings === undefined) return NONE;
  const { journal, wakeups, publishing } = core;
  const url = settings.url ?? environment.publicUrl;
  const ports: StatusPorts = {
    journal,
    configuration,
    settings,
    backends: [builtInPage, ...backendsOf(options, settings)],
    ...(url === undefined ? {} : { url }),
    wakeups,
    now,
    redact,
    tell: (notice) => tellOperations(publishing, notice),
  };
  const since = now();
  return {
    statusFor: (person) => new PersonalStatus(ports, person),
    mounts: [
      mountStatusPage({
        look: () => publicPage(ports, since),
        find: (id) => journal.statusPage.find(id),
        now,
      }),
    ],
    duties: (onError) => [statusDuty(ports, onError)],
  };
}
