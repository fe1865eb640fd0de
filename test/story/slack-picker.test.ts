import { describe, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { type FakeSlack, startFakeSlack } from '../fakes/slack/fake-slack.ts';
import { viewButtons } from '../fakes/slack/modals.ts';
import { objects } from '../fakes/slack/types.ts';
import type { FakeView } from '../fakes/slack/views.ts';
import { BotProcess } from './stage/botswain.ts';
import { hereIn, serviceOf } from './stage/scene.ts';
import { hire, slackVariables, team } from './stage/team.ts';
import { Yard } from './stage/yard.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';

/** A real bot in front of a fake Slack that delivers in this way; closed after the story. */
const withBot = async (
  delivery: 'socket' | 'http',
  story: (at: { readonly slack: FakeSlack; readonly yard: Yard; readonly bot: BotProcess }) => Promise<void>,
): Promise<void> => {
  const slack = await startFakeSlack({ delivery });
  const yard = await Yard.open();
  hire(slack);
  const overHttp = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.http.signingSecret,
    SLACK_API_URL: slack.apiUrl,
  };
  const bot = await BotProcess.prepare({
    botswain: team,
    targets: { production: { here: hereIn(yard) } },
    services: { shop: serviceOf('shop', { app: await yard.program('app'), web: await yard.program('web') }) },
    environment: delivery === 'http' ? overHttp : slackVariables(slack),
  });
  try {
    await bot.start();
    slack.http.url = `${/health\s+(\S+)\/healthz/.exec(bot.printed)?.[1]}/slack/events`;
    await story({ slack, yard, bot });
  } finally {
    await bot.remove();
    await yard.close();
    await slack.stop();
  }
};

const modalWith = (slack: FakeSlack, user: string, words: string): Promise<FakeView> =>
  slack.until(() => {
    const view = slack.views.modal(user);
    return view && JSON.stringify(view.view).includes(words) ? view : undefined;
  }, 10_000);

const homeReads = (slack: FakeSlack, user: string, match: RegExp): Promise<FakeView> =>
  slack.until(() => {
    const view = slack.views.home(user);
    const text = view && readable({ text: '', blocks: objects(view.view, 'blocks'), attachments: [] });
    return text !== undefined && match.test(text) ? view : undefined;
  }, 10_000);

describe.each(['socket', 'http'] as const)('nobody types at three in the morning (%s)', (delivery) => {
  it('from /ops to a verified restart in five presses, the last one by somebody else on the home tab', async () => {
    await withBot(delivery, async ({ slack, yard, bot }) => {
      await slack.openHome(BEN);
      await homeReads(slack, BEN, /Nothing waits for you/);
      const presses = [
        () => slack.command({ user: ANA, channel: 'C0OPS', text: '' }),
        async () => {
          await modalWith(slack, ANA, 'pick:verb:restart');
          return slack.pressInModal({ user: ANA, label: 'restart' });
        },
        // Ticking a subject and submitting are two presses.
        async () => {
          await modalWith(slack, ANA, 'shop/app@production');
          return slack.submitModal({ user: ANA, filled: { What: ['shop/app@production'] } });
        },
        async () => {
          const home = await homeReads(slack, BEN, /Waiting for you[\s\S]*Restart shop\/app in production/);
          expect(viewButtons(home)).toContain('Approve');
          return slack.pressHome({ user: BEN, label: 'Approve' });
        },
      ];
      for (const press of presses) expect((await press()).acked, bot.printed).toBe(true);
      expect(presses.length + 1).toBeLessThanOrEqual(5);
      await slack.expectMessage({
        channel: 'C0OPS',
        match: /succeeded[\s\S]*approved by Ben/,
        withinMs: 20_000,
      });
      expect(yard.starts('app')).toBe(1);
      await homeReads(slack, BEN, /Nothing waits for you/);
    });
  });

  it('somebody unknown sees how to be added, in the modal and on the home tab', async () => {
    await withBot(delivery, async ({ slack }) => {
      slack.user('U0NEW');
      await slack.command({ user: 'U0NEW', channel: 'C0OPS', text: '' });
      await modalWith(slack, 'U0NEW', 'slack: U0NEW');
      await slack.openHome('U0NEW');
      await homeReads(slack, 'U0NEW', /slack: U0NEW/);
    });
  });
});
