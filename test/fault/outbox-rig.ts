import type { TestContext } from 'vitest';
import type { Chat } from '../../src/chat/chat.ts';
import { createTelegramChat } from '../../src/chat/telegram/telegram.ts';
import type { Message } from '../../src/domain/message.ts';
import type { OpenJournal } from '../../src/store/open-journal.ts';
import type { Lane, Wish } from '../../src/workflow/deliveries.ts';
import { Outbox, type OutboxPorts } from '../../src/workflow/outbox.ts';
import { createWakeups } from '../../src/workflow/wakeups.ts';
import { sqliteBench } from '../contract/journal-sqlite.ts';
import { slackEdge } from '../contract/slack-rig.ts';
import { startFakeSlack } from '../fakes/slack/fake-slack.ts';
import type { FakeTelegram } from '../fakes/telegram/telegram-fake.ts';

/** A running outbox over a real journal. */
export interface OutboxRig {
  readonly journal: OpenJournal;
  readonly errors: unknown[];
  /** Says what it can in time, as at a stop of the bot. */
  stop(): Promise<void>;
  /** Wishes a message and tells the outbox. */
  want(wish: Wish): Promise<void>;
}

/** The test that runs, at whose end everything is taken down. */
export type Test = Pick<TestContext, 'onTestFinished'>;

/** An outbox before these chats. */
export async function outboxRig(
  { onTestFinished }: Test,
  chats: readonly Chat[],
  more: Partial<OutboxPorts> = {},
): Promise<OutboxRig> {
  const bench = await sqliteBench();
  const wakeups = createWakeups();
  const errors: unknown[] = [];
  const { journal } = bench;
  const onError = (error: unknown): void => void errors.push(error);
  const outbox = new Outbox({ journal, wakeups, chats, now: Date.now, onError, ...more });
  outbox.start();
  onTestFinished(async () => {
    await outbox.stop();
    await bench.remove();
  });
  return {
    journal,
    errors,
    stop: () => outbox.stop(),
    async want(wish) {
      await journal.deliveries.want(wish, Date.now());
      wakeups.nudge('deliveries');
    },
  };
}

/** The real Telegram edge, which neither polls nor is called. */
export const telegramEdge = (telegram: FakeTelegram): Chat =>
  createTelegramChat(
    { token: telegram.token, apiRoot: telegram.apiRoot },
    {
      receive: async () => {},
      issueToken: async (line) => `T${Buffer.from(line).toString('base64url').slice(-20)}`,
      lineOfToken: async () => undefined,
      picker: async () => ({ verbs: [], subjects: [] }),
      home: async () => undefined,
      commands: [],
      log: () => {},
    },
  );

/** A wish in C0OPS of the fake Slack, unless told otherwise. */
export const slackWish = (
  key: string,
  message: Message,
  more: { readonly lane?: Lane; readonly channel?: string; readonly parent?: string } = {},
): Wish => {
  const { channel = 'C0OPS', ...rest } = more;
  return { key, message, conversation: { platform: 'slack', channel }, ...rest };
};

/** The real Slack edge, never connected, before a fake Slack, with an outbox behind it. */
export async function slackOutbox(test: Test, timeoutMs = 1500) {
  const slack = await startFakeSlack();
  test.onTestFinished(() => slack.stop());
  const { chat } = slackEdge(slack, { timeoutMs });
  return { slack, chat, ...(await outboxRig(test, [chat])) };
}
