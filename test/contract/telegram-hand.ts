import type { Picker, PickerChoice, PickerVerb } from '../../src/chat/picker.ts';
import type { SeenMessage } from '../fakes/telegram/seen.ts';
import type { FakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { ANA, GROUP, type TelegramRig, telegramRig } from './telegram-rig.ts';

const dryRun = { flag: '--dry-run', summary: 'do nothing' };
const reason = { flag: '--reason', summary: 'why', value: 'text' } as const;
const tail = { flag: '--tail', summary: 'lines', value: 'text' } as const;

/** A verb that changes something and is about one or more subjects, unless told. */
export function verb(name: string, more: Partial<PickerVerb> = {}): PickerVerb {
  return {
    name,
    summary: `${name} something`,
    risk: 'change',
    subject: 'several',
    options: [dryRun, reason],
    ...more,
  };
}

const subjects: readonly PickerChoice[] = [
  { name: 'karmabot@production', summary: 'Karmabot', tone: 'warning' },
  { name: 'karmabot/app@production', summary: 'no answer', tone: 'bad' },
  { name: 'karmabot/nginx@production', summary: 'running', tone: 'good' },
  { name: 'shop@staging', summary: 'Shop' },
  ...Array.from({ length: 20 }, (_, n) => ({ name: `bot${n + 1}@production` })),
];

/** What people may choose from in these tests. */
export const picker: Picker = {
  subjects,
  verbs: [
    verb('help', { risk: 'read', subject: 'none' }),
    verb('status', { risk: 'read', subject: 'optional' }),
    verb('logs', { risk: 'read', subject: 'one', options: [tail] }),
    verb('restart'),
    verb('stop', { risk: 'destructive' }),
    verb('lock', { options: [{ ...reason, required: true }] }),
    verb('approve', { subject: 'one', choices: [{ name: 'C-7', summary: 'Restart shop', tone: 'waiting' }] }),
    verb('deny', { subject: 'one', choices: [] }),
  ],
};

/** One person at one picker. */
export class Hand {
  readonly telegram: FakeTelegram;
  readonly chat: number;
  presses = 0;

  constructor(telegram: FakeTelegram, chat = GROUP) {
    this.telegram = telegram;
    this.chat = chat;
  }

  get shown(): SeenMessage {
    const shown = this.telegram.fromBot(this.chat).findLast((one) => one.buttons.includes('Close'));
    if (!shown) throw new Error('No picker stands there.');
    return shown;
  }

  async open(text = '/ops', user = ANA): Promise<void> {
    this.telegram.say({ user, chat: this.chat, text });
    await this.telegram.expectMessage({ chat: this.chat, button: 'Close' });
  }

  press(label: string, user = ANA) {
    this.presses += 1;
    return this.telegram.press({ user, chat: this.chat, label });
  }
}

/** A rig with an open picker in the group. */
export async function opened(text = '/ops', rig?: TelegramRig): Promise<TelegramRig & { hand: Hand }> {
  const own = rig ?? (await telegramRig({ picker }));
  const hand = new Hand(own.telegram);
  await hand.open(text);
  return { ...own, hand };
}
