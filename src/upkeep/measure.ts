import packageJson from '../../package.json' with { type: 'json' };
import type { AppOptions, Core } from '../assembly/core.ts';
import { componentKey } from '../domain/fleet.ts';
import { checkKey } from '../domain/verdict.ts';
import type { Measured } from '../web/metrics.ts';
import type { Health } from './health.ts';
import { measuredIncidents } from './measured-incidents.ts';

function verdictsOf({ configuration }: AppOptions, { watch }: Core): Measured['verdicts'] {
  const keys = configuration.services.flatMap(({ components, checks }) => [
    ...components.map(({ ref }) => componentKey(ref)),
    ...checks.map(checkKey),
  ]);
  return keys.flatMap((key) => {
    const state = watch.lastSeen(key);
    return state === undefined ? [] : [{ key, verdict: state.verdict }];
  });
}

/** Measures everything for one look of Prometheus. */
export async function measure(of: {
  readonly options: AppOptions;
  readonly core: Core;
  readonly health: Health;
}): Promise<Measured> {
  const { options, core, health } = of;
  const figures = await core.journal.figures();
  return {
    ...figures,
    version: packageJson.version,
    isReady: (await health.look()).ready,
    undelivered: figures.undelivered.map(({ platform, count, oldest }) => ({
      platform,
      count,
      ageMs: Math.max(0, core.now() - oldest),
    })),
    verdicts: verdictsOf(options, core),
    incidents: await measuredIncidents(core.journal.incidents),
    events: core.eventCounts.all,
  };
}
