import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { FakeStatuspage } from '../fakes/statuspage/fake-statuspage.ts';
import { FREELY, Scene } from './stage/scene.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
const OPS = 'C0OPS';
const INCIDENTS = 'C0INC';
const SHOP = 'abcdef123456';

describe('the public hears of an incident', () => {
  const elsewhere = new FakeStatuspage(() => Date.now(), [SHOP]);
  let scene: Scene;
  beforeAll(async () => {
    const apiUrl = await elsewhere.start();
    scene = await Scene.open({
      components: async (yard) => {
        const app = await yard.program('app');
        await yard.start('app');
        return { app };
      },
      botswain: {
        policy: [{ verb: 'publish', allow: ['operator'], approvals: 1, from: ['approver'] }, ...FREELY],
        status_page: {
          title: 'Example bots',
          components: { shop: { title: 'The shop', service: 'shop' } },
          backends: { statuspage: { page: elsewhere.page, components: { shop: SHOP } } },
        },
      },
      environment: { STATUSPAGE_API_KEY: elsewhere.key, STATUSPAGE_API_URL: apiUrl },
    });
  }, 60_000);
  afterAll(async () => {
    await scene?.close();
    await elsewhere.stop();
  });
  const page = async (): Promise<string> => (await fetch(`${scene.publicUrl}/`)).text();
  const find = (match: RegExp, channel = OPS): string | undefined =>
    scene.slack.messages(channel).find(({ look }) => match.test(readable(look)))?.ts;
  /** Asks for an update, and somebody else presses Publish. */
  const publishes = async (state: string): Promise<void> => {
    await scene.types(ANA, `publish INC-1 ${state}`);
    const ts = await scene.slack.until(() => find(new RegExp(`Preview of "${state}"`)), 15_000);
    await scene.slack.click({ user: ANA, channel: OPS, ts, label: 'Publish' });
    await scene.told(ANA, /somebody else must press/);
    await scene.slack.click({ user: BEN, channel: OPS, ts, label: 'Publish' });
    await scene.told(BEN, new RegExp(`"${state}" of INC-1 is public`));
  };

  it('nothing, before somebody presses what somebody else was shown', async () => {
    expect(await page()).toContain('All Systems Operational');
    await scene.types(ANA, 'incident open "HighErrorRate" --severity P1 --service shop');
    const thread = await scene.slack.until(() => find(/INC-1/, INCIDENTS), 15_000);
    await publishes('investigating');
    await expect.poll(page).toContain('We are investigating reports of a partial outage affecting The shop');
    expect(await page()).not.toContain('HighErrorRate');
    await expect.poll(() => elsewhere.components.get(SHOP), { timeout: 10_000 }).toBe('partial_outage');
    const match = /Public now, "investigating" \(Ana asked for it, Ben pressed\)/;
    await scene.slack.expectMessage({ channel: INCIDENTS, thread_ts: thread, match, withinMs: 10_000 });
  });

  it('and that it is over, on every page', async () => {
    await publishes('resolved');
    await expect.poll(page).toContain('All services are now operating normally.');
    await expect.poll(() => elsewhere.incidents[0]?.status, { timeout: 10_000 }).toBe('resolved');
    expect(elsewhere.components.get(SHOP)).toBe('operational');
    expect(elsewhere.incidents).toHaveLength(1);
  });
});
