import { readable } from '../../fakes/slack/content.ts';
import type { FakeMessage } from '../../fakes/slack/types.ts';
import type { AlertmanagerOptions, PostedAlert } from '../../rig/alertmanager.ts';
import { type Scene, type SceneSettings, serviceOf } from './scene.ts';

/** Where incidents are seen. */
export const INCIDENTS = 'C0INC';

const TOKEN = 'a-token-of-the-alertmanager-0123456789';

/** How many alerts a storm has, of how many services. */
export const STORM = { alerts: 60, services: 7 } as const;

const stormService = (index: number): string => `svc-${index % STORM.services}`;

async function fleet(yard: Scene['yard']): Promise<Readonly<Record<string, object>>> {
  const names = Array.from({ length: STORM.services }, (_, index) => stormService(index));
  const services = names.map(
    async (name) => [name, serviceOf(name, { app: await yard.program(name) })] as const,
  );
  return Object.fromEntries(await Promise.all(services));
}

/** A bot that hears an Alertmanager and waits about as briefly as that does; it knows the shop and those whom storms meet. */
export const hearing: SceneSettings = {
  components: async (yard) => ({ app: await yard.program('app') }),
  services: fleet,
  botswain: {
    integrations: {
      alertmanager: { source: 'alertmanager', token: { env: 'AM_TOKEN' }, environment: 'production' },
    },
    incidents: { checks: false, group_wait: '1s', resolve_after: '1s' },
  },
  environment: { AM_TOKEN: TOKEN },
};

/** Points an Alertmanager to a bot. */
export const pointedAt = (
  publicUrl: string,
): Pick<AlertmanagerOptions, 'url' | 'bearer' | 'groupWait' | 'groupInterval'> => ({
  url: `${publicUrl}/alerts/alertmanager`,
  bearer: TOKEN,
  groupWait: '1s',
  groupInterval: '2s',
});

/** One of the shop's alerts, which begins now. */
export const shopAlert = (alertname: string, startsAt: number): PostedAlert => ({
  labels: { alertname, service: 'shop', severity: 'error', cluster: 'one' },
  annotations: { summary: `${alertname} in the shop` },
  startsAt,
});

/** Everything that stands on one cluster fails. */
export const stormAlerts = (startsAt: number): readonly PostedAlert[] =>
  Array.from({ length: STORM.alerts }, (_, index) => ({
    labels: {
      alertname: index % 2 === 0 ? 'TargetDown' : 'HighLatency',
      service: stormService(index),
      instance: `10.0.0.${index}:9100`,
      severity: 'error',
      cluster: 'eu-1',
    },
    startsAt,
  }));

/** The messages at the top of incidents' threads, oldest first. */
export const rootsIn = ({ slack }: Pick<Scene, 'slack'>): readonly FakeMessage[] =>
  slack.messages(INCIDENTS).filter(({ look }) => /\bINC-\d+ /.test(readable(look)));

/** What was said below a message, oldest first. */
export const repliesTo = ({ slack }: Pick<Scene, 'slack'>, root: FakeMessage): readonly string[] =>
  slack
    .thread(INCIDENTS, root.ts)
    .slice(1)
    .map(({ look }) => readable(look));

/** The key of every message about incidents, as it stands in its metadata: twice the same is said twice. */
export const keysIn = ({ slack }: Pick<Scene, 'slack'>): readonly string[] =>
  rootsIn({ slack })
    .flatMap(({ ts }) => slack.thread(INCIDENTS, ts))
    .flatMap(({ look }) => /"key":"(INC-[^"]+)"/.exec(JSON.stringify(look.metadata))?.[1] ?? []);
