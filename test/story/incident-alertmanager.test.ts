import { beforeAll, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import type { FakeMessage } from '../fakes/slack/types.ts';
import type { Alertmanager, PostedAlert } from '../rig/alertmanager.ts';
import { describeWith } from '../rig/rig.ts';
import {
  hearing,
  INCIDENTS,
  keysIn,
  pointedAt,
  repliesTo,
  rootsIn,
  STORM,
  shopAlert,
  stormAlerts,
} from './stage/alertmanager.ts';
import { type Card, Scene } from './stage/scene.ts';

const PATIENCE_MS = 15_000;
/** What is said beside the message at the top. */
const MOST_REPLIES_TO_A_STORM = 3;

describeWith(['alertmanager'], 'what a real Alertmanager sends', (rig) => {
  let scene: Scene;
  let alertmanager: Alertmanager;
  let shop: Card;
  let storm: Card;
  let begun: readonly PostedAlert[] = [];

  beforeAll(async () => {
    scene = await Scene.open(hearing);
    alertmanager = await rig.startAlertmanager({
      ...pointedAt(scene.publicUrl),
      groupBy: ['cluster'],
      repeatInterval: '4s',
    });
    return () => scene.close();
  });

  const fires = async (...names: readonly string[]): Promise<void> => {
    begun = [...begun, ...names.map((name) => shopAlert(name, Date.now()))];
    await alertmanager.post(begun);
  };
  const ends = async (...names: readonly string[]): Promise<void> => {
    const isOver = ({ labels }: PostedAlert): boolean => names.includes(labels.alertname ?? '');
    await alertmanager.post(begun.filter(isOver).map((alert) => ({ ...alert, endsAt: Date.now() })));
    begun = begun.filter((alert) => !isOver(alert));
  };
  const rootOf = async (match: RegExp): Promise<Card> => {
    const find = (): FakeMessage | undefined => rootsIn(scene).find(({ look }) => match.test(readable(look)));
    const { ts, look } = await scene.slack.until(find, PATIENCE_MS);
    return { id: /INC-\d+/.exec(readable(look))?.[0] ?? '', channel: INCIDENTS, ts };
  };
  const replies = ({ ts }: Card): readonly string[] => {
    const root = scene.slack.message(INCIDENTS, ts);
    return root === undefined ? [] : repliesTo(scene, root);
  };
  const said = (card: Card, match: RegExp, times = 1): Promise<readonly string[]> =>
    scene.slack
      .until(() => {
        const all = replies(card).filter((text) => match.test(text));
        return all.length < times ? undefined : all;
      }, PATIENCE_MS)
      .catch(() => {
        throw new Error(`nobody said ${match}:\n${replies(card).join('\n—\n')}\n${scene.bot.printed}`);
      });

  it('one alert fires: one thread', async () => {
    await fires('HighErrorRate');
    shop = await rootOf(/shop in production: HighErrorRate/);
    expect(await scene.shows(shop, /1 firing/)).toMatch(/P1 · open/);
    expect(rootsIn(scene)).toHaveLength(1);
  });

  it('its group grows to three: the same thread, which names the two that came', async () => {
    await fires('QueueGrows', 'SlowAnswers');
    await scene.shows(shop, /3 firing/);
    expect(await said(shop, /QueueGrows in the shop/)).toHaveLength(1);
    expect(await said(shop, /SlowAnswers in the shop/)).toHaveLength(1);
    expect(rootsIn(scene)).toHaveLength(1);
  });

  it('one of three ends, and what still fires goes on', async () => {
    await ends('SlowAnswers');
    expect(await scene.shows(shop, /2 firing, 1 over/)).toMatch(/P1 · open/);
  });

  it('the others end, and with them the incident', async () => {
    await ends('HighErrorRate', 'QueueGrows');
    expect(await said(shop, /All 3 alerts are over/)).toHaveLength(1);
    expect(await scene.shows(shop, /P1 · resolved/)).toMatch(/all 3 are over/);
    expect(scene.buttons(shop)).not.toContain('Acknowledge');
  });

  it('one fires again: the same thread is open again', async () => {
    await fires('HighErrorRate');
    expect(await scene.shows(shop, /P1 · open/)).toMatch(/1 firing, 2 over/);
    expect(await said(shop, /It is back/)).toHaveLength(1);
    expect(scene.buttons(shop)).toContain('Acknowledge');
    expect(rootsIn(scene)).toHaveLength(1);
  });

  it('and ends again', async () => {
    await ends('HighErrorRate');
    await scene.shows(shop, /P1 · resolved/);
    expect(await said(shop, /Botswain resolved it/, 2)).toHaveLength(2);
  });

  it('a storm of 60 alerts of seven services is one incident with few words', async () => {
    await alertmanager.post(stormAlerts(Date.now()));
    storm = await rootOf(/Storm of alerts/);
    await scene.shows(storm, new RegExp(`${STORM.alerts} firing`));
    expect(rootsIn(scene)).toHaveLength(2);
    expect(replies(storm).length).toBeLessThanOrEqual(MOST_REPLIES_TO_A_STORM);
  });

  it('what people say of it does not wait for its next digest', async () => {
    await scene.types('U0ANA', `note ${storm.id} "it is the switch"`, INCIDENTS);
    expect(await said(storm, /Ana: it is the switch/)).toHaveLength(1);
  });

  it('and is over when they are', async () => {
    await alertmanager.post(stormAlerts(Date.now()).map((alert) => ({ ...alert, endsAt: Date.now() })));
    expect(await scene.shows(storm, /P0 · resolved/)).toMatch(new RegExp(`all ${STORM.alerts} are over`));
    expect(rootsIn(scene)).toHaveLength(2);
  });

  it('nothing was said twice, and Alertmanager had to ask nothing twice', () => {
    const keys = keysIn(scene);
    expect(keys.length).toBeGreaterThan(8);
    expect(new Set(keys).size).toBe(keys.length);
    expect(alertmanager.log()).toContain('Notify success');
    expect(alertmanager.log()).not.toMatch(/Notify attempt failed|Notify for alerts failed/);
  });
});
