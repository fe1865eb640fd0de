import { createHash } from 'node:crypto';
import { contentOf, newLook } from './content.ts';
import { chatMethods } from './methods-chat.ts';
import { conversationMethods } from './methods-conversations.ts';
import { isJson, type Json, SlackRefusal, str } from './types.ts';
import { type FakeView, type ViewBook, viewOf } from './views.ts';
import { IDENTITY, type SlackWorld } from './world.ts';

/** What a method sees of its call. */
export type MethodContext = {
  readonly args: Json;
  readonly world: SlackWorld;
  readonly modals: Modals;
  readonly origin: string;
};

/** Web API methods by name; each returns what stands beside `ok: true`. */
export type Methods = Readonly<Record<string, (context: MethodContext) => Json>>;

/** Modals and home tabs, and the trigger ids that may open them. */
export type Modals = {
  readonly book: ViewBook;
  /** Takes a trigger id; refuses an old or used one. */
  readonly useTrigger: (id: string) => { readonly user: string };
};

const shown = ({ id, hash, view }: FakeView): Json => ({ view: { ...view, id, hash } });

const viewMethods: Methods = {
  'views.open': ({ args, modals }) => {
    const { user } = modals.useTrigger(str(args, 'trigger_id'));
    return shown(modals.book.open(user, viewOf(args.view)));
  },
  'views.update': ({ args, modals }) =>
    shown(modals.book.update(str(args, 'view_id'), str(args, 'hash'), viewOf(args.view))),
  'views.publish': ({ args, modals, world }) => {
    const user = str(args, 'user_id');
    if (!world.users.has(user)) throw new SlackRefusal('invalid_arguments');
    return shown(modals.book.publish(user, str(args, 'hash'), viewOf(args.view)));
  },
};

const fileMethods: Methods = {
  'files.getUploadURLExternal': ({ args, world, origin }) => {
    const name = str(args, 'filename');
    const length = Number(args.length);
    if (name === '' || !(length > 0)) throw new SlackRefusal('invalid_arguments');
    const id = `F0${String(world.next()).padStart(6, '0')}`;
    world.files.set(id, { id, name, length });
    return { upload_url: `${origin}/upload/v1/${id}`, file_id: id };
  },
  'files.completeUploadExternal': ({ args, world }) => {
    const wanted: unknown = JSON.parse(str(args, 'files') || '[]');
    const files = (Array.isArray(wanted) ? wanted : []).filter(isJson).map((one) => {
      const file = world.files.get(str(one, 'id'));
      if (!file?.content) throw new SlackRefusal('file_not_found');
      return { ...file, title: str(one, 'title') || file.name };
    });
    const channel = str(args, 'channel_id');
    const thread_ts = str(args, 'thread_ts');
    if (channel !== '') {
      world.post({
        channel: world.writable(channel).id,
        author: IDENTITY.bot,
        by_bot: true,
        look: newLook({ text: str(args, 'initial_comment') || files.map(({ title }) => title).join(', ') }),
        ...(thread_ts === '' ? {} : { thread_ts }),
        files,
      });
    }
    return { files: files.map(({ id, title }) => ({ id, title })) };
  },
};

const peopleMethods: Methods = {
  'auth.test': () => ({
    url: `https://${IDENTITY.domain}.slack.com/`,
    team: IDENTITY.domain,
    user: 'ops',
    team_id: IDENTITY.team,
    user_id: IDENTITY.bot,
    bot_id: IDENTITY.botId,
    is_enterprise_install: false,
  }),
  'usergroups.users.list': ({ args, world }) => {
    const users = world.groups.get(str(args, 'usergroup'));
    if (users === undefined) throw new SlackRefusal('no_such_subteam');
    return { users: [...users] };
  },
  'users.info': ({ args, world }) => {
    const user = world.users.get(str(args, 'user'));
    if (!user) throw new SlackRefusal('user_not_found');
    const stranger = user.team_id !== IDENTITY.team;
    return {
      user: {
        ...user,
        real_name: user.name,
        profile: { real_name: user.name, display_name: user.name },
        is_app_user: false,
        ...(stranger ? { is_stranger: true } : {}),
      },
    };
  },
  'bots.info': ({ args }) => {
    if (str(args, 'bot') !== IDENTITY.botId) throw new SlackRefusal('bot_not_found');
    return { bot: { id: IDENTITY.botId, app_id: IDENTITY.app, user_id: IDENTITY.bot, name: 'ops' } };
  },
  'conversations.open': ({ args, world }) => {
    const user = str(args, 'users');
    if (!world.users.has(user)) throw new SlackRefusal('user_not_found');
    return { channel: { id: world.directChannel(user).id } };
  },
};

/** Every method the fake knows, except apps.connections.open, which the socket hub answers. */
export const METHODS: Methods = {
  ...chatMethods,
  ...viewMethods,
  ...fileMethods,
  ...peopleMethods,
  ...conversationMethods,
};

/** Which line somebody typed, without repeating it: tests look through all that people are told. */
export const markOf = (typed: string): string =>
  createHash('sha256').update(typed).digest('hex').slice(0, 16);

const answering = ({ user, typed }: { readonly user: string; readonly typed?: string }) => ({
  user,
  ...(typed === undefined ? {} : { answers: markOf(typed) }),
});

/** What a response_url does with its JSON body: tells one person, or everybody. */
export const respond = (
  world: SlackWorld,
  target: { readonly channel: string; readonly user: string; readonly ts?: string; readonly typed?: string },
  body: Json,
): void => {
  if (body.delete_original === true) {
    if (target.ts !== undefined) world.remove(target.channel, target.ts);
    return;
  }
  const look = newLook(contentOf(body));
  const original = target.ts === undefined ? undefined : world.find(target.channel, target.ts);
  if (body.replace_original === true && original) {
    world.edit(original, look);
    return;
  }
  const thread_ts = str(body, 'thread_ts');
  const where = { channel: target.channel, look, ...(thread_ts === '' ? {} : { thread_ts }) };
  if (body.response_type === 'in_channel') world.post({ ...where, author: IDENTITY.bot, by_bot: true });
  else world.ephemerals.push({ ...where, ...answering(target), ts: world.timestamp(), via: 'response_url' });
};
