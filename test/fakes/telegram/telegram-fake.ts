import type { Complaint } from './bot-api.ts';
import { FakeClock } from './clock.ts';
import { type Fault, Faults } from './faults.ts';
import { type BegunPress, beginPress, inTime, type Press } from './press.ts';
import { type CallbackAnswer, PressBook } from './press-book.ts';
import { matches, type SeenMessage, seen, transcript, type Wanted } from './seen.ts';
import { Senders } from './senders.ts';
import type { ServerState } from './server-state.ts';
import { UpdateQueue } from './update-queue.ts';
import { WebhookDelivery } from './webhook-delivery.ts';
import { createWire, type RecordedCall } from './wire.ts';
import { refuse, type WireUser } from './wire-types.ts';
import { type ChatSetting, TelegramWorld } from './world.ts';

/** How the fake starts; all optional. */
export interface FakeTelegramSettings {
  readonly token?: string;
  readonly username?: string;
  readonly users?: readonly { readonly id: number; readonly name: string }[];
  readonly chats?: readonly ChatSetting[];
  /** Off = the bot sees every message of its groups. */
  readonly privacyMode?: boolean;
}

/** A Telegram with one bot in it, for tests; see {@link startFakeTelegram}. */
export class FakeTelegram {
  readonly say: Senders['say'];
  readonly post: Senders['post'];
  readonly sayAnonymously: Senders['sayAnonymously'];
  readonly sayAsChannel: Senders['sayAsChannel'];
  readonly autoForward: Senders['autoForward'];
  readonly forward: Senders['forward'];
  readonly sayViaBot: Senders['sayViaBot'];
  readonly botSays: Senders['botSays'];
  readonly edit: Senders['edit'];
  readonly token: string;
  readonly state: ServerState;
  /** Every call that came in, in order. */
  readonly recorded: RecordedCall[] = [];
  apiRoot = '';
  private validToken: string;
  private readonly server;

  constructor(state: ServerState, settings: FakeTelegramSettings) {
    const senders = new Senders(state, settings.privacyMode ?? true);
    this.say = senders.say.bind(senders);
    this.post = senders.post.bind(senders);
    this.sayAnonymously = senders.sayAnonymously.bind(senders);
    this.sayAsChannel = senders.sayAsChannel.bind(senders);
    this.autoForward = senders.autoForward.bind(senders);
    this.forward = senders.forward.bind(senders);
    this.sayViaBot = senders.sayViaBot.bind(senders);
    this.botSays = senders.botSays.bind(senders);
    this.edit = senders.edit.bind(senders);
    this.state = state;
    this.token = settings.token ?? '4242:AAfake-token-for-tests_0123456789abcdef';
    this.validToken = this.token;
    for (const { id, name } of settings.users ?? [])
      state.world.addUser({ id, is_bot: false, first_name: name, username: name.toLowerCase() });
    for (const chat of settings.chats ?? []) state.world.addChat(chat);
    this.server = createWire({
      state,
      token: () => this.validToken,
      record: (call) => this.recorded.push(call),
    });
  }

  /** Listens on loopback, any free port. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('The fake has no port.');
    this.apiRoot = `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    this.state.updates.close();
    this.state.webhook.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Standing messages of a chat that show something, in order. */
  messages(chat: number): readonly SeenMessage[] {
    return this.state.world
      .standing(chat)
      .map(seen)
      .filter((one) => one.text !== '' || one.document !== undefined);
  }

  /** What the bot wrote in a chat. */
  fromBot(chat: number): readonly SeenMessage[] {
    return this.messages(chat).filter((one) => one.from === this.state.world.me.id);
  }

  /** What in calls, answers and updates is not as the published description of the Bot API has it. */
  get complaints(): readonly Complaint[] {
    return [...this.recorded.flatMap((call) => call.complaints), ...this.state.updates.complaints];
  }

  /** Calls of one method. */
  calls(method: string): readonly RecordedCall[] {
    return this.recorded.filter((call) => call.method === method);
  }

  /** The bot's message that looks as wanted, now or until the deadline; fails with the chat's transcript. */
  async expectMessage(wanted: Wanted): Promise<SeenMessage> {
    const deadline = Date.now() + (wanted.within ?? 5000);
    for (;;) {
      const found = this.fromBot(wanted.chat).findLast((one) => matches(one, wanted));
      if (found) return found;
      const left = deadline - Date.now();
      if (left <= 0) break;
      await this.changed(left);
    }
    const { chat, within: _, ...rest } = wanted;
    const want = Object.entries(rest).map(([key, value]) => `${key} ${String(value)}`);
    throw new Error(
      `No message of the bot in ${chat} with ${want.join(', ')}. In the chat:\n${transcript(this.messages(chat))}`,
    );
  }

  /** Presses a button; resolves with what the person then sees, fails when the bot never answers. */
  press(press: Press): Promise<CallbackAnswer> {
    const { answer } = this.beginPress(press);
    return inTime(answer, press);
  }

  /** Presses without waiting; `answer` settles when the bot answers, if ever. */
  beginPress(press: Press): BegunPress {
    return beginPress(this.state, press, this.fromBot(press.chat));
  }

  /** Somebody opens a topic in a forum; returns its id. */
  openTopic(chat: number, _name: string): number {
    const root = this.state.world.store(chat, { from: this.state.world.user(1) });
    const thread = root.wire.message_id;
    root.wire = { ...root.wire, message_thread_id: thread, is_topic_message: true };
    return thread;
  }

  /** An administrator closes a topic; 1 is General. */
  closeTopic(chat: number, topic: number): void {
    this.state.world.chat(chat).closedTopics.add(topic);
  }

  /** ... and opens it again. */
  reopenTopic(chat: number, topic: number): void {
    this.state.world.chat(chat).closedTopics.delete(topic);
  }

  /** An administrator deletes a topic with all that is in it. */
  deleteTopic(chat: number, topic: number): void {
    const { world } = this.state;
    for (const stored of world.standing(chat))
      if (stored.wire.message_thread_id === topic) world.remove(stored);
  }

  /** Scripts a fault for the next calls of a method. */
  fail(fault: Fault): void {
    this.state.faults.add(fault);
  }

  /** Switches the flood budget of groups on (messages and edits in a minute) or off with 0. */
  limitGroups(perMinute = 20): void {
    this.state.faults.groupBudget = perMinute;
  }

  /** Moves the server's clock. */
  advance(ms: number): void {
    this.state.clock.advance(ms);
  }

  /** The person blocks the bot. */
  block(user: number): void {
    this.state.world.openPrivate(user);
    this.state.world.shut(user, refuse(403, 'Forbidden: bot was blocked by the user'));
  }

  /** The bot is thrown out of a group. */
  kick(chat: number): void {
    this.state.world.shut(chat, refuse(403, 'Forbidden: bot was kicked from the supergroup chat'));
  }

  /** The group becomes a supergroup with another id. */
  migrate(from: number, to: number): void {
    const { world, updates } = this.state;
    const service = world.store(from, { migrate_to_chat_id: to });
    updates.push('message', service.wire);
    world.shut(
      from,
      refuse(400, 'Bad Request: group chat was upgraded to a supergroup chat', { migrate_to_chat_id: to }),
    );
    updates.push('message', world.store(to, { migrate_from_chat_id: from }).wire);
  }

  /** BotFather revokes the token: 401 from now on. */
  revokeToken(): void {
    this.validToken = 'revoked';
    this.state.updates.close();
  }

  private changed(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const { events } = this.state.world;
      const done = (): void => {
        clearTimeout(timer);
        events.off('changed', done);
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      events.on('changed', done);
    });
  }
}

/** Starts a Bot API server on loopback; give `apiRoot` and `token` to the bot. */
export async function startFakeTelegram(settings: FakeTelegramSettings = {}): Promise<FakeTelegram> {
  const clock = new FakeClock();
  const me: WireUser = {
    id: 4242,
    is_bot: true,
    first_name: 'Botswain',
    username: settings.username ?? 'botswain_bot',
  };
  const updates = new UpdateQueue(clock);
  const telegram = new FakeTelegram(
    {
      clock,
      world: new TelegramWorld(clock, me),
      updates,
      webhook: new WebhookDelivery(updates, clock),
      local: { webhooks: true },
      presses: new PressBook(clock),
      faults: new Faults(clock),
      commands: new Map(),
    },
    settings,
  );
  await telegram.listen();
  return telegram;
}
