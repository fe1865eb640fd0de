import { buttonsIn, readable } from '../../fakes/slack/content.ts';
import { type FakeSlack, startFakeSlack } from '../../fakes/slack/fake-slack.ts';
import type { FakeMessage } from '../../fakes/slack/types.ts';
import { publicUrlOf } from './botswain.ts';
import { CREW, Room, type Screen, type Shown, type Surface } from './surface.ts';
import { auditOf, boot, prepareBot, ROOMS } from './surface-bot.ts';

const channelOf = (room: number): string => `C0ROOM${room}`;

/** Slack, with the bot listening on a socket or called over HTTP with signed requests. */
export async function openSlack(delivery: 'socket' | 'http'): Promise<Surface> {
  const slack = await startFakeSlack({ delivery });
  for (const { name, slack: id } of Object.values(CREW)) slack.user(id, { name });
  const rooms = Array.from({ length: ROOMS }, (_, index) => channelOf(index));
  for (const id of rooms) slack.channel(id);
  const channels = Object.fromEntries(rooms.map((id, index) => [`room-${index}`, id]));
  const way =
    delivery === 'socket'
      ? { SLACK_APP_TOKEN: slack.appToken }
      : { SLACK_SIGNING_SECRET: slack.http.signingSecret };
  const { yard, bot } = await prepareBot({
    chats: { slack: { team: 'T0TEAM', channels } },
    environment: { SLACK_BOT_TOKEN: slack.botToken, SLACK_API_URL: slack.apiUrl, ...way },
  });
  const start = async (): Promise<void> => {
    await boot(bot);
    slack.http.url = `${publicUrlOf(bot)}/slack/events`;
  };
  await start();
  let room = 0;
  return {
    yard,
    account: (who) => `slack:${CREW[who].slack}`,
    room: async () => {
      const channel = channelOf(room);
      room += 1;
      return new Room(screenOf(slack, channel));
    },
    restart: async () => {
      await bot.kill();
      await start();
    },
    astray: () => astray(slack, delivery),
    audit: () => auditOf(bot),
    close: async () => {
      await bot.remove();
      await slack.stop();
      await yard.close();
    },
  };
}

function screenOf(slack: FakeSlack, channel: string): Screen {
  const shown = (message: FakeMessage): Shown => ({
    key: message.ts,
    text: readable(message.look),
    buttons: buttonsIn(message.look).map(({ label }) => label),
    press: async (who, label) => {
      const ack = await slack.clickAction({ user: CREW[who].slack, message, label });
      if (!ack.acked) throw new Error(`the press on ${label} was not acknowledged: ${ack.reason}`);
    },
  });
  return {
    types: async (who, text) => {
      const ack = await slack.command({ user: CREW[who].slack, channel, text });
      if (!ack.acked) throw new Error(`"${text}" was not acknowledged: ${ack.reason}`);
    },
    stands: async () =>
      slack
        .messages(channel)
        .filter(({ by_bot }) => by_bot)
        .map(shown),
    below: async (ts) =>
      slack
        .thread(channel, ts)
        .slice(1)
        .map(({ look }) => readable(look)),
    told: async (who) =>
      slack
        .ephemerals(CREW[who].slack)
        .filter((one) => one.channel === channel)
        .map(({ look }) => readable(look)),
    files: async (ts) =>
      slack
        .thread(channel, ts)
        .flatMap(({ files }) => files)
        .flatMap(({ name, content }) =>
          content === undefined ? [] : [{ name, text: content.toString('utf8') }],
        ),
  };
}

function astray(slack: FakeSlack, delivery: 'socket' | 'http'): string | undefined {
  const ways = new Set(slack.deliveries().map(({ wire }) => (wire === undefined ? 'socket' : 'http')));
  const opened = slack.calls('apps.connections.open').length > 0 ? 'socket' : 'http';
  return [...ways].join() === delivery && opened === delivery
    ? undefined
    : `lines came by ${[...ways].join(' and ')}, and the bot listens by ${opened}`;
}
