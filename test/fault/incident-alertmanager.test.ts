import { beforeAll, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import type { FakeMessage } from '../fakes/slack/types.ts';
import type { Alertmanager, PostedAlert } from '../rig/alertmanager.ts';
import { describeWith } from '../rig/rig.ts';
import {
  INCIDENTS,
  keysIn,
  pointedAt,
  rootsIn,
  STORM,
  shopAlert,
  stormAlerts,
} from '../story/stage/alertmanager.ts';
import type { Card } from '../story/stage/scene.ts';
import { IncidentFaults } from './incident-stage.ts';
import { reportFault } from './table.ts';

const PATIENCE_MS = 30_000;

const over = (alerts: readonly PostedAlert[]): readonly PostedAlert[] =>
  alerts.map((alert) => ({ ...alert, endsAt: Date.now() }));

describeWith(['alertmanager'], 'alerts while Slack refuses and the bot is killed', (rig) => {
  let stage: IncidentFaults;
  let alertmanager: Alertmanager;
  let shop: Card;
  let storm: Card;

  beforeAll(async () => {
    stage = await IncidentFaults.open();
    alertmanager = await rig.startAlertmanager({ ...pointedAt(stage.door.url), groupBy: ['cluster'] });
    return () => stage.close();
  });

  const rootOf = async (match: RegExp): Promise<Card> => {
    const find = (): FakeMessage | undefined =>
      rootsIn(stage.scene).find(({ look }) => match.test(readable(look)));
    const { ts, look } = await stage.scene.slack.until(find, PATIENCE_MS);
    return { id: /INC-\d+/.exec(readable(look))?.[0] ?? '', channel: INCIDENTS, ts };
  };
  const shows = (card: Card, match: RegExp): Promise<string> => stage.scene.shows(card, match, PATIENCE_MS);

  it('a kill right after a webhook was taken loses nothing, nor does one while a webhook comes', async () => {
    const before = stage.accepted;
    const first = shopAlert('HighErrorRate', Date.now());
    await alertmanager.post([first]);
    await stage.taken(before);
    await stage.fall();
    const others = [shopAlert('QueueGrows', Date.now()), shopAlert('SlowAnswers', Date.now())];
    await alertmanager.post([first, ...others]);
    await stage.turnedAway();
    await stage.rise();
    shop = await rootOf(/shop in production: /);
    await shows(shop, /3 firing/);
    await alertmanager.post(over(others));
    await shows(shop, /1 firing, 2 over/);
    await alertmanager.post(over([first]));
    await shows(shop, /P1 · resolved/);
  }, 90_000);

  it('a kill while Slack is being told says nothing twice', async () => {
    const said = stage.scene.slack.calls('chat.postMessage').length;
    const again = shopAlert('HighErrorRate', Date.now());
    await alertmanager.post([again]);
    await stage.scene.slack.until(
      () => stage.scene.slack.calls('chat.postMessage').length > said || undefined,
      PATIENCE_MS,
    );
    await stage.fall();
    await stage.rise();
    await shows(shop, /P1 · open/);
    await alertmanager.post(over([again]));
    await shows(shop, /P1 · resolved/);
    expect(rootsIn(stage.scene)).toHaveLength(1);
  }, 90_000);

  it('a storm through two kills is one incident', async () => {
    const before = stage.accepted;
    const alerts = stormAlerts(Date.now());
    await alertmanager.post(alerts);
    await stage.taken(before);
    await stage.fall();
    await stage.rise();
    storm = await rootOf(/Storm of alerts/);
    await stage.fall();
    await stage.rise();
    await shows(storm, new RegExp(`${STORM.alerts} firing`));
    await alertmanager.post(over(alerts));
    await shows(storm, /P0 · resolved/);
    expect(rootsIn(stage.scene)).toHaveLength(2);
  }, 90_000);

  it('nothing is lost, nothing is said twice, and what was not taken was sent again', async () => {
    await stage.calm();
    let left = await stage.left();
    const absent = (): readonly string[] => left.wanted.filter((key) => !keysIn(stage.scene).includes(key));
    if (absent().length > 0) {
      await stage.rise();
      await stage.scene.bot.until(() => absent().length === 0, PATIENCE_MS).catch(() => {});
      left = await stage.left();
    }
    const keys = keysIn(stage.scene);
    const { kills, faults, accepted, door } = stage;
    const doubles = keys.length - new Set(keys).size;
    const lost =
      Math.max(0, accepted - left.kept) + (left.kept - left.taken) + 3 + STORM.alerts - left.alerts.length;
    const refused = door.answers.length - accepted;
    const measured = `${kills} kills, ${faults} refusals of Slack; ${accepted} webhooks taken, ${refused} sent again`;
    const row = { fault: 'kill -9 and Slack refusing, under alerts', tries: kills + faults, unknown: 0 };
    reportFault({ ...row, doubles, lost, silent: absent().length, byReceipt: 0, measured });
    expect({ doubles, lost, silent: absent() }).toEqual({ doubles: 0, lost: 0, silent: [] });
    expect(left.alerts.map(({ status }) => status)).toEqual(left.alerts.map(() => 'resolved'));
    expect(refused).toBeGreaterThan(0);
    expect(faults).toBeGreaterThan(5);
  }, 90_000);
});
