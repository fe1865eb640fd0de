import { setTimeout as pause } from 'node:timers/promises';
import type { Environment } from '../domain/configuration.ts';
import type { Diagnosis } from '../domain/diagnosis.ts';
import type { StatusPageSettings } from '../domain/status-settings.ts';
import { statusBackendKinds } from '../status-page/registry.ts';
import type { StatusBackendPorts } from '../status-page/status-page.ts';

/** Milliseconds that a page gets to answer. */
const PATIENCE_MS = 10_000;

/** Tries every page elsewhere that updates are published to; publishes nothing. */
export async function statusPageDiagnoses(
  { backends }: Pick<StatusPageSettings, 'backends'>,
  from: Pick<StatusBackendPorts, 'secret'> & { readonly environment: Pick<Environment, 'statuspageApiUrl'> },
): Promise<readonly Diagnosis[]> {
  const { statuspageApiUrl: apiUrl } = from.environment;
  const ports: StatusBackendPorts = {
    secret: from.secret,
    now: Date.now,
    wait: (ms, signal) => pause(ms, undefined, { signal }),
    ...(apiUrl === undefined ? {} : { apiUrl }),
  };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const found = backends.map(({ kind, settings }) =>
    statusBackendKinds
      .find((each) => each.kind === kind)
      ?.open(settings, ports)
      .examine?.(signal),
  );
  return (await Promise.all(found)).flatMap((each) => each ?? []);
}
