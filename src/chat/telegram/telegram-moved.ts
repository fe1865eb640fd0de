import type { ChatPorts } from '../chat.ts';

/** New ids of groups that became supergroups; learnt again from Telegram after a restart (telegram-menus.ts). */
export class MovedChats {
  private readonly to = new Map<string, string>();
  private readonly from = new Map<string, string>();
  private readonly configured: readonly string[];
  private readonly log: ChatPorts['log'];

  constructor(configured: readonly string[], log: ChatPorts['log']) {
    this.configured = configured;
    this.log = log;
  }

  /** Remembers a move; said once. */
  remember(from: string, to: string): void {
    if (from === to || this.to.get(from) === to) return;
    this.to.set(from, to);
    this.from.set(to, from);
    this.log(
      'warn',
      `Telegram: chat ${from} became ${to}; I follow it, but put the new id into the configuration (botswain.yaml)`,
      {
        from,
        to,
      },
    );
  }

  /** Where a chat is now; undefined when it stayed. */
  newId(chat: string): string | undefined {
    return this.to.get(chat);
  }

  /** The id under which the configuration knows a chat; undefined when that is the chat's own or none. */
  oldId(chat: string): string | undefined {
    const old = this.from.get(chat);
    return old !== undefined && this.configured.includes(old) && !this.configured.includes(chat)
      ? old
      : undefined;
  }
}
