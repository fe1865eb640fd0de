import { describe, expect, it } from 'vitest';
import type { Incoming } from '../../src/chat/chat.ts';
import { readable } from '../fakes/slack/content.ts';
import { message, OPERATIONS } from './slack-rig.ts';
import { type SlackRig, slackRigs } from './slack-rigs.ts';

const typed = async ({ slack, incoming }: SlackRig, channel = 'C0OPS'): Promise<Incoming> => {
  await slack.command({ user: 'U0ANA', channel, text: 'help' });
  const heard = incoming.at(-1);
  if (!heard) throw new Error('nothing was heard');
  return heard;
};

describe.each(['socket', 'http'] as const)('by %s', (delivery) => {
  const { start } = slackRigs({ delivery });

  describe('an answer only the asker sees', () => {
    it('goes through response_url five times, then as an ephemeral message, and nobody else sees any', async () => {
      const rig = await start();
      const heard = await typed(rig);
      for (let n = 1; n <= 7; n += 1) {
        expect(await rig.chat.whisper(heard, message(`answer ${n}`))).toMatchObject({ kind: 'succeeded' });
      }
      const via = rig.slack.ephemerals('U0ANA').map((one) => one.via);
      expect(via).toEqual([...Array(5).fill('response_url'), ...Array(2).fill('chat.postEphemeral')]);
      expect(rig.slack.messages('C0OPS')).toEqual([]);
    });

    it.each([
      ['worn out, which a restarted bot cannot know', 'respond/gone'],
      ['refused with status 200', 'api/no.such.method'],
    ])('falls back when the response_url is %s', async (_name, path) => {
      const rig = await start();
      const heard = await typed(rig);
      const handle = (heard.replyHandle ?? '').replace(/respond.*/, path);
      const outcome = await rig.chat.whisper({ ...heard, replyHandle: handle }, message('after'));
      expect(outcome).toMatchObject({ kind: 'succeeded' });
      expect(rig.slack.ephemerals('U0ANA').map((one) => one.via)).toEqual(['chat.postEphemeral']);
    });

    it('does not use a response_url that is older than 30 minutes', async () => {
      const rig = await start();
      const heard = await typed(rig);
      const old = (heard.replyHandle ?? '').replace(/^\d+/, String(Date.now() - 31 * 60_000));
      await rig.chat.whisper({ ...heard, replyHandle: old }, message('late'));
      expect(rig.slack.calls('response_url')).toEqual([]);
      expect(rig.slack.ephemerals('U0ANA')).toHaveLength(1);
    });

    it('stands in the thread it was asked in', async () => {
      const rig = await start();
      const root = rig.slack.say({ user: 'U0ANA', channel: 'C0OPS', text: 'hm' });
      await rig.slack.mention({ user: 'U0ANA', channel: 'C0OPS', thread_ts: root.ts, text: 'status' });
      const heard = rig.incoming.at(-1);
      expect(heard).toMatchObject({ text: 'status', conversation: { channel: 'C0OPS', thread: root.ts } });
      if (heard) await rig.chat.whisper(heard, message('only you'));
      expect(rig.slack.ephemerals('U0ANA')).toMatchObject([
        { thread_ts: root.ts, via: 'chat.postEphemeral' },
      ]);
    });

    it('comes as a direct message where the bot is no member and the response_url is gone', async () => {
      const rig = await start();
      rig.slack.channel('C0PRIV', { is_private: true, bot_in: false });
      const { replyHandle: _gone, ...heard } = await typed(rig, 'C0PRIV');
      expect(await rig.chat.whisper(heard, message('over here'))).toMatchObject({ kind: 'succeeded' });
      const direct = rig.slack.direct('U0ANA');
      expect(rig.slack.messages(direct.id).map(({ look }) => readable(look))).toEqual(['over here']);
    });

    it('can have buttons; pressing one there names no message to edit', async () => {
      const rig = await start();
      const heard = await typed(rig);
      const actions = [{ label: 'Status', line: 'status', style: 'plain' }] as const;
      await rig.chat.whisper(heard, message('pick', { actions }));
      const ephemeral = await rig.slack.expectEphemeral('U0ANA', 'pick');
      await rig.slack.clickEphemeral({ ephemeral, label: 'Status' });
      expect(rig.incoming.at(-1)).toMatchObject({ text: 'status', conversation: { channel: 'C0OPS' } });
      expect(rig.incoming.at(-1)).not.toHaveProperty('pressed');
    });
  });

  describe('what is heard', () => {
    it('a stale press types what the button said when it was drawn', async () => {
      const rig = await start();
      const button = (line: string) => [{ label: 'Approve', line, style: 'primary' }] as const;
      const posted = await rig.chat.post(
        OPERATIONS,
        message('Plan', { actions: button('approve C-1 old') }),
        'k',
      );
      if (posted.kind !== 'succeeded') throw new Error('not posted');
      await rig.chat.update(posted.value, message('Plan', { actions: button('approve C-1 new') }));
      const card = await rig.slack.expectMessage({ channel: 'C0OPS', match: 'Plan' });
      await rig.slack.clickStale({ user: 'U0ANA', message: card, label: 'Approve' });
      await rig.slack.click({ user: 'U0ANA', channel: 'C0OPS', ts: card.ts, label: 'Approve' });
      expect(rig.incoming.map(({ text }) => text)).toEqual(['approve C-1 old', 'approve C-1 new']);
      expect(rig.incoming[0]?.pressed).toEqual(posted.value);
    });

    it('a mention says what stands behind it, wherever it stands', async () => {
      const rig = await start();
      for (const text of ['<@U0BOT> restart a&amp;b', 'hey <@U0BOT|ops>  status', '<@U0BOT>']) {
        await rig.slack.mention({ user: 'U0ANA', channel: 'C0OPS', text });
      }
      expect(rig.incoming.map(({ text }) => text)).toEqual(['restart a&amp;b', 'status', '']);
    });

    it('only the conversation with the bot alone is direct, not one between two people', async () => {
      const rig = await start();
      rig.slack.channel('D0TWOPEOPLE', { is_private: true, bot_in: false });
      expect(await typed(rig, rig.slack.direct('U0ANA').id)).toMatchObject({ direct: true });
      expect(await typed(rig, 'D0TWOPEOPLE')).toMatchObject({ direct: false });
      expect(await typed(rig)).toMatchObject({ direct: false });
    });
  });

  describe('posting', () => {
    it('edits in place, keeps its key, and drops what was attached', async () => {
      const rig = await start();
      const posted = await rig.chat.post(OPERATIONS, message('Restart', { state: 'running' }), 'key-7');
      if (posted.kind !== 'succeeded') throw new Error('not posted');
      expect(await rig.chat.update(posted.value, message('Restart', { state: 'succeeded' }))).toMatchObject({
        kind: 'succeeded',
      });
      expect(rig.slack.messages('C0OPS')).toHaveLength(1);
      await rig.slack.expectMessage({ channel: 'C0OPS', match: 'succeeded' });
      expect(await rig.chat.find?.(OPERATIONS, 'key-7')).toEqual({ kind: 'succeeded', value: posted.value });
      const [, edit] = [rig.slack.calls('chat.postMessage'), rig.slack.calls('chat.update')[0]];
      expect(edit?.args).toMatchObject({ attachments: '[]', parse: 'none', link_names: 'false' });
    });

    it('opens a thread below a message and links to it', async () => {
      const rig = await start();
      const posted = await rig.chat.post(OPERATIONS, message('Restart'), 'k1');
      if (posted.kind !== 'succeeded') throw new Error('not posted');
      const thread = rig.chat.threadOf(posted.value);
      await rig.chat.post(thread, message('step 1'), 'k2');
      expect(rig.slack.thread('C0OPS', posted.value.message)).toHaveLength(2);
      expect(rig.chat.linkTo?.(posted.value)).toMatch(
        /^https:\/\/fake\.slack\.com\/archives\/C0OPS\/p\d{16}$/,
      );
    });

    it('puts a long output into the thread as a file, byte for byte', async () => {
      const rig = await start();
      const posted = await rig.chat.post(OPERATIONS, message('Logs'), 'k1');
      if (posted.kind !== 'succeeded') throw new Error('not posted');
      const text = 'ünïcode\r\nline\n'.repeat(5000);
      const done = await rig.chat.upload(rig.chat.threadOf(posted.value), { name: 'app.log', text });
      expect(done).toMatchObject({ kind: 'succeeded' });
      const [, reply] = rig.slack.thread('C0OPS', posted.value.message);
      expect(reply?.files.map(({ name, content }) => [name, content?.toString()])).toEqual([
        ['app.log', text],
      ]);
    });

    it('an empty output is still a file', async () => {
      const rig = await start();
      expect(await rig.chat.upload(OPERATIONS, { name: 'a.log', text: '' })).toMatchObject({
        kind: 'succeeded',
      });
    });

    it.each([
      ['message_not_found', 'CHAT_GONE', /gone/],
      ['channel_not_found', 'CHAT_GONE', /gone/],
      ['is_archived', 'CHAT_GONE', /gone/],
      ['not_in_channel', 'CHAT_REJECTED', /invite/i],
      ['missing_scope', 'CHAT_REJECTED', /scope/],
      ['invalid_blocks', 'CHAT_REJECTED', /refused/],
      ['token_revoked', 'CHAT_UNREACHABLE', /SLACK_BOT_TOKEN/],
      ['something_new', 'CHAT_REJECTED', /something_new/],
    ])('%s is %s', async (error, code, words) => {
      const rig = await start();
      rig.slack.faults.script({ kind: 'error', error, method: 'chat.postMessage' });
      const outcome = await rig.chat.post(OPERATIONS, message('x'), 'k');
      expect(outcome).toMatchObject({ kind: 'failed', code });
      expect(outcome.kind === 'failed' && `${outcome.message} ${outcome.remedy}`).toMatch(words);
    });

    it('a deleted message, a foreign one and a channel the bot is not in are told apart', async () => {
      const rig = await start();
      rig.slack.channel('C0ELSE', { bot_in: false });
      const said = rig.slack.say({ user: 'U0ANA', channel: 'C0OPS', text: 'hello' });
      const posted = (channel: string, ts: string) => ({ platform: 'slack', channel, message: ts }) as const;
      expect(await rig.chat.update(posted('C0OPS', '1.1'), message('x'))).toMatchObject({
        code: 'CHAT_GONE',
      });
      expect(await rig.chat.update(posted('C0OPS', said.ts), message('x'))).toMatchObject({
        code: 'CHAT_GONE',
      });
      const elsewhere = { platform: 'slack', channel: 'C0ELSE' } as const;
      expect(await rig.chat.post(elsewhere, message('x'), 'k')).toMatchObject({ code: 'CHAT_REJECTED' });
      const gone = { ...OPERATIONS, thread: '1.1' };
      expect(await rig.chat.post(gone, message('x'), 'k')).toMatchObject({ code: 'CHAT_GONE' });
    });
  });
});
