import { App } from '@slack/bolt';
import { ATTACH, type Attached, parseAttached, permalink } from './slack-attach.ts';
import { type HearParts, hear, sayNothingDone, UNIDENTIFIED } from './slack-hear.ts';
import { parseHomeOpened, type SlackHome } from './slack-home.ts';
import {
  type Heard,
  parseCommand,
  parseDirect,
  parseMention,
  parsePress,
  triggerOf,
  where,
} from './slack-incoming.ts';
import type { Ack, SlackIntake } from './slack-intake.ts';
import type { SlackPicker } from './slack-picker.ts';
import { PICK } from './slack-picker-render.ts';
import { ACTION_PREFIX } from './slack-render.ts';
import { parseSubmission, parseViewAction, type ViewAction, type Where } from './slack-view-incoming.ts';
import { clientOptions, type SlackSettings, slackLogger } from './slack-web.ts';

/** What the listeners need. */
export interface ListenParts extends HearParts {
  readonly settings: SlackSettings;
  readonly intake: SlackIntake;
  readonly picker: SlackPicker;
  readonly home: SlackHome;
}

/** Events are acknowledged by the intake when their listeners are done. */
const eventAck = async (): Promise<void> => {};

const NOT_ATTACHED =
  'Slack did not open the form. Try it again from the menu of the message, or type /ops note INC-7 and what it says.';
const NOT_OPENED = 'Slack did not open the form. Press the button again, or type what you want here.';

/** Where a modal stands that a line opens: at its verb, and at what the line names. */
function whereOf({ text, conversation, replyHandle }: Heard): Where {
  const [verb = '', about] = text.trim().split(/\s+/);
  return {
    channel: conversation.channel,
    ...(replyHandle === undefined ? {} : { handle: replyHandle }),
    ...(verb === '' ? {} : { verb: verb.toLowerCase() }),
    ...(about === undefined ? {} : { service: about }),
  };
}

/** A line that leaves open what it needs gets a modal; where that cannot be, the ordinary answer. */
const hearCommand = async (
  parts: ListenParts,
  { heard, trigger }: { readonly heard: Heard; readonly trigger: string },
  ack: Ack,
): Promise<void> => {
  const { picker } = parts;
  if (!picker.wants(heard.text)) return hear(parts, heard, ack);
  const opened = await picker.open(trigger);
  if (opened.kind === 'already') return;
  if (opened.kind === 'opened') {
    await ack();
    if (await picker.show(opened.view, heard.actor, whereOf(heard))) return;
  }
  await hear(parts, heard, ack);
};

/** The home tab is in no channel: what is pressed there is said to the bot directly. */
const hearHome = async (parts: ListenParts, used: ViewAction, ack: Ack): Promise<void> => {
  const { people, picker, home } = parts;
  const opened = used.action === PICK.open ? await picker.open(used.trigger) : undefined;
  if (opened !== undefined) await ack();
  const { actor, value: text, deliveryId } = used;
  const channel = await people.directWith(actor.id);
  // A message to a person's id goes to the direct conversation as well.
  const conversation = where(channel ?? actor.id, undefined);
  const heard = { id: `slack:${deliveryId}`, actor, conversation, text };
  if (channel === undefined) return sayNothingDone(parts, { heard, direct: true }, UNIDENTIFIED);
  if (opened === undefined) {
    await hear(parts, heard, ack);
    home.touch();
  } else if (opened.kind !== 'already') {
    const shown = opened.kind === 'opened' && (await picker.show(opened.view, actor, { channel }));
    if (!shown) await sayNothingDone(parts, { heard, direct: true }, NOT_OPENED);
  }
};

const hearPress = async (
  parts: ListenParts,
  { body, context }: { readonly body: unknown; readonly context: unknown },
  ack: Ack,
): Promise<void> => {
  const used = parseViewAction(body, context);
  if (used?.view.type === 'home') return hearHome(parts, used, ack);
  if (used === undefined) {
    const heard = parsePress(body, context);
    const trigger = triggerOf(body);
    if (heard === undefined || trigger === undefined) return hear(parts, heard, ack);
    return hearCommand(parts, { heard, trigger }, ack);
  }
  await ack();
  await parts.picker.press(used);
};

/** A message may stand in any channel, also where the bot is not: attaching it is said to the bot directly, and answered there. */
const hearAttached = async (parts: ListenParts, attached: Attached, ack: Ack): Promise<void> => {
  const { people, picker, identity } = parts;
  const { actor, quote, replyHandle: handle } = attached;
  const opened = await picker.open(attached.trigger);
  await ack();
  if (opened.kind === 'already') return;
  const channel = await people.directWith(actor.id);
  const at = { channel: channel ?? actor.id, ...(handle === undefined ? {} : { handle }) };
  const link = permalink(identity()?.url ?? '', attached);
  if (opened.kind === 'opened' && channel !== undefined)
    if (await picker.show(opened.view, actor, { ...at, link, quote })) return;
  const heard = {
    id: `slack:${attached.channel}/${attached.ts}:attach`,
    actor,
    conversation: where(at.channel, undefined),
    text: '',
    ...(handle === undefined ? {} : { replyHandle: handle }),
  };
  const why = channel === undefined ? UNIDENTIFIED : NOT_ATTACHED;
  await sayNothingDone(parts, { heard, direct: true }, why);
};

/** Registers one listener of each kind, because Bolt runs every one that matches at once. */
export const listen = (parts: ListenParts): void => {
  const { settings, identity, picker, home } = parts;
  const bot = () => identity()?.user ?? '';
  const app = new App({
    receiver: parts.intake,
    // auth.test is called by us, so that a bad token is a value and not a rejection nobody waits for.
    authorize: async () => ({
      botToken: settings.botToken,
      botId: identity()?.bot ?? '',
      botUserId: bot(),
    }),
    clientOptions: clientOptions(settings),
    logger: slackLogger(parts.ports.log),
    convoStore: false,
    extendedErrorHandler: true,
  });
  app.command(/^\//, async ({ body, context, ack }) => {
    const heard = parseCommand(body, context);
    await hearCommand(parts, { heard, trigger: body.trigger_id }, () => ack());
  });
  app.action(new RegExp(`^(?:${ACTION_PREFIX}|${PICK.any})`), async ({ body, context, ack }) => {
    await hearPress(parts, { body, context }, () => ack());
  });
  app.shortcut({ type: 'message_action', callback_id: ATTACH.callbackId }, async ({ body, ack }) => {
    await hearAttached(parts, parseAttached(body), () => ack());
  });
  app.view(PICK.modal, async ({ body, ack }) => {
    const typed = picker.submit(parseSubmission(body));
    if ('instead' in typed) await ack({ response_action: 'update', view: typed.instead });
    else await hear(parts, typed, () => ack());
  });
  app.event('app_mention', async ({ body }) => {
    await hear(parts, parseMention(body, bot()), eventAck);
  });
  app.event('message', async ({ body }) => {
    await hear(parts, parseDirect(body, bot()), eventAck);
  });
  app.event('app_home_opened', async ({ body }) => {
    const opened = parseHomeOpened(body);
    if (opened) await home.opened(opened);
  });
};
