import { type Api, GrammyError } from 'grammy';
import type { ChatFullInfo, ChatMember, UserFromGetMe } from 'grammy/types';
import { type Diagnosis, doubtful, good, wrong } from '../../domain/diagnosis.ts';
import { describeError, movedTo } from './telegram-errors.ts';

/** Supergroups and channels; any other negative id is a group that may have become one. */
const SUPERGROUP = /^-100\d{10,}$/;

/** Looks at one chat of the settings, by our name for it and its id, and at what the bot is there. */
export async function diagnoseChat(
  api: Api,
  me: UserFromGetMe,
  [name, id]: readonly [string, string],
): Promise<readonly Diagnosis[]> {
  const what = `chat ${name} (${id})`;
  try {
    // A group that became a supergroup can still be looked at; only what would write there tells the new id.
    if (!SUPERGROUP.test(id)) await api.sendChatAction(id, 'typing');
    const [chat, member] = await Promise.all([api.getChat(id), api.getChatMember(id, me.id)]);
    return [judgeMember(what, me, { chat, member })];
  } catch (error) {
    return [unseenChat(error, { what, name, me })];
  }
}

function unseenChat(
  error: unknown,
  { what, name, me }: { readonly what: string; readonly name: string; readonly me: UserFromGetMe },
): Diagnosis {
  const moved = movedTo(error);
  if (moved !== undefined)
    return wrong(
      `${what}: the group became a supergroup with another id`,
      `Write \`${name}: ${moved}\` under chats.telegram.chats in botswain.yaml.`,
    );
  if (error instanceof GrammyError && [400, 403].includes(error.error_code))
    return wrong(
      `${what}: ${error.description}`,
      `Add @${me.username} to the group; or correct chats.telegram.chats.${name} in botswain.yaml.`,
    );
  return doubtful(`${what}: not looked at (${describeError(error)})`, 'Run this again in a minute.');
}

interface Seat {
  readonly chat: ChatFullInfo;
  readonly member: ChatMember;
}

function judgeMember(what: string, me: UserFromGetMe, { chat, member }: Seat): Diagnosis {
  const titled = chat.title === undefined ? chat.type : `“${chat.title}”`;
  if (chat.type === 'channel')
    return wrong(
      `${what}: ${titled} is a channel, where nobody can type a command`,
      'Use a group: write its id there instead.',
    );
  if (member.status === 'left' || member.status === 'kicked')
    return wrong(
      `${what}: the bot is not in ${titled}${member.status === 'kicked' ? ', it was removed' : ''}`,
      `Add @${me.username} to ${titled}.`,
    );
  if (member.status === 'restricted' && !member.can_send_messages)
    return wrong(
      `${what}: the bot may not write in ${titled}`,
      `Lift the restrictions of @${me.username} there.`,
    );
  return judgeRights(what, me, { chat, member });
}

function judgeRights(what: string, me: UserFromGetMe, { chat, member }: Seat): Diagnosis {
  const forum = chat.is_forum === true;
  const titled = `“${chat.title ?? chat.type}”${forum ? ', with topics' : ', without topics: reply chains stand for threads'}`;
  const administrator = member.status === 'administrator';
  if (forum && !(administrator && member.can_manage_topics))
    return doubtful(
      `${what}: in ${titled}, but the bot may not open any`,
      `Make @${me.username} an administrator there with the right “Manage topics”.`,
    );
  return good(`${what}: ${titled}; the bot is ${administrator ? 'an administrator' : 'a member'}`);
}
