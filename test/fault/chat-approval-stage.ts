import type { FakeMessage } from '../fakes/slack/types.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { Scene, serviceOf } from '../story/stage/scene.ts';
import { team } from '../story/stage/team.ts';
import { programsOf } from './chat-stage.ts';

/** Ben's other account. */
export const BEN_ON_TELEGRAM = 222;
/** One approval is enough for shop. */
export const SHOP = ['app0', 'app1', 'app2'] as const;
/** Two are needed for pair. */
export const PAIR = ['two0', 'two1', 'two2'] as const;
/** All components. */
export const COMPONENTS = [...SHOP.map((name) => `shop/${name}`), ...PAIR.map((name) => `pair/${name}`)];

/** A card as somebody has it on the screen, whatever became of it since. */
export interface Shown {
  readonly id: string;
  readonly message: FakeMessage;
}

/** What people do to one card, all within a moment. */
export interface Duel {
  readonly name: string;
  readonly components: readonly string[];
  readonly acts: (shown: Shown) => readonly (() => Promise<unknown>)[];
  /** Events of the audit that a decision of this round may have left, sorted, actor and all. */
  readonly outcomes: readonly (readonly string[])[];
  /** Who of these is told privately who decided. */
  readonly losers?: readonly string[];
  /** What brings it to an end. */
  readonly after?: (shown: Shown) => Promise<unknown>;
}

const LOUNGE = -1_001_000_000_001;

/** A bot on Slack and Telegram whose restarts wait for one or two approvals, and whose stops expire after 4 s. */
export async function openApprovalStage(): Promise<{
  readonly scene: Scene;
  readonly telegram: FakeTelegram;
}> {
  const telegram = await startFakeTelegram({
    users: [{ id: BEN_ON_TELEGRAM, name: 'Ben' }],
    chats: [{ id: LOUNGE, title: 'Lounge' }],
  });
  const rule = { allow: ['operator'], from: ['approver'] };
  const scene = await Scene.open({
    components: programsOf(SHOP),
    services: async (yard) => ({ pair: serviceOf('pair', await programsOf(PAIR)(yard)) }),
    botswain: {
      chats: { ...team.chats, telegram: { chats: { lounge: LOUNGE } } },
      policy: [
        { risk: 'read', allow: ['operator', 'viewer'] },
        { verb: 'restart', service: 'pair', ...rule, approvals: 2 },
        { verb: 'restart', ...rule, approvals: 1 },
        { verb: 'stop', ...rule, approvals: 1, expires: '4s' },
      ],
    },
    environment: { TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_ROOT: telegram.apiRoot },
  });
  return { scene, telegram };
}
