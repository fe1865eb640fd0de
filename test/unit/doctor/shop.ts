import { checkKinds } from '../../../src/checks/registry.ts';
import { componentKinds } from '../../../src/components/registry.ts';
import type { CallSources } from '../../../src/doctor/target-calls.ts';
import type { Configuration, PlacedComponent } from '../../../src/domain/configuration.ts';
import type { Target } from '../../../src/domain/fleet.ts';

/** The host of the shop. */
export const server: Target = {
  name: 'server',
  environment: 'production',
  kind: 'ssh',
  settings: { host: '10.0.0.7', user: 'ops', key: { env: 'K' } },
};
/** A component of the shop on its host. */
export const placed = (kind: string, settings: object): PlacedComponent => ({
  ref: { service: 'shop', component: 'app', environment: 'production' },
  kind,
  settings: componentKinds.find((one) => one.kind === kind)?.settings.parse(settings),
  target: server,
  everyMs: 30_000,
});

/** What the doctor looks through for the programs of a shop with these components. */
export function sourcesOf(
  components: readonly PlacedComponent[],
  targets: readonly Target[] = [server],
): CallSources {
  const services: Configuration['services'] = [
    {
      name: 'shop',
      title: 'Shop',
      environment: 'production',
      links: {},
      components,
      checks: [],
      verify: { holdMs: 0, withinMs: 0 },
      procedures: [],
      backups: [],
      schedules: [],
    },
  ];
  return { configuration: { services, targets }, components: componentKinds, checks: checkKinds };
}
