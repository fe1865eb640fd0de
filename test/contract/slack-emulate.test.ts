import { createEmulator, type Emulator } from 'emulate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { slackManifest } from '../../src/chat/slack/slack-manifest.ts';
import { renderSlack } from '../../src/chat/slack/slack-render.ts';
import { find, findFile, post, postEphemeral, update, upload } from '../../src/chat/slack/slack-send.ts';
import { webClient } from '../../src/chat/slack/slack-web.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { SHAPES } from '../golden/slack/shapes.ts';
import { message } from './slack-rig.ts';

const TOKEN = 'xoxb-botswain-emulated';
/** May read files and not write. */
const READER = 'xoxb-only-reads';

const STANDING = z.looseObject({
  ts: z.string(),
  text: z.string(),
  thread_ts: z.string().optional(),
  blocks: z.unknown(),
});

function valueIn<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'succeeded') throw new Error(`${outcome.kind}: ${outcome.message}`);
  return outcome.value;
}

/** A Slack that others wrote (https://github.com/vercel-labs/emulate), strict about the scopes of our manifest. */
describe("what our Slack edge sends, to somebody else's Slack", () => {
  let slack: Emulator;
  let channel: string;

  const web = (botToken = TOKEN) =>
    webClient({ botToken, apiUrl: `${slack.url}/api/`, way: { kind: 'socket', appToken: '' } }, () => {});
  const operations = () => ({ platform: 'slack', channel }) as const;
  const posted = async (deliveryKey: string, what = message(deliveryKey), thread?: string) => {
    const to = { ...operations(), ...(thread === undefined ? {} : { thread }) };
    return valueIn(await post(web(), to, { message: what, deliveryKey }));
  };
  const threadOf = async (root: string) => {
    const { messages } = await web().conversations.replies({ channel, ts: root });
    return z.array(STANDING).parse(messages);
  };

  beforeAll(async () => {
    const scopes = slackManifest({ verbs: ['status'] }).oauth_config.scopes.bot;
    slack = await createEmulator({
      service: 'slack',
      port: 0,
      seed: {
        slack: {
          users: [{ name: 'ops', real_name: 'Ops', email: 'ops@example.org' }],
          channels: [{ name: 'operations' }],
          tokens: [
            { token: TOKEN, user: 'ops', scopes },
            {
              token: READER,
              user: 'ops',
              scopes: [...scopes.filter((scope) => scope !== 'chat:write'), 'files:read'],
            },
          ],
          strict_scopes: true,
        },
      },
    });
    const { channels = [] } = await web().conversations.list({ types: 'public_channel' });
    channel = channels.find(({ name }) => name === 'operations')?.id ?? '';
  });
  afterAll(() => slack?.close());

  it.each(Object.entries(SHAPES))('%s stands there as it was drawn', async (name, given) => {
    const { message: ts } = await posted(`shape ${name}`, given);
    const [standing] = await threadOf(ts);
    const { text, blocks } = renderSlack(given);
    expect(standing).toMatchObject({ ts, text, blocks: JSON.parse(JSON.stringify(blocks)) });
  });

  it('a message goes into the thread of its root', async () => {
    const root = await posted('root');
    const reply = await posted('reply', message('in the thread'), root.message);
    const [first, second, ...more] = await threadOf(root.message);
    expect(more).toEqual([]);
    expect(first).toMatchObject({ ts: root.message });
    expect(second).toMatchObject({ ts: reply.message, thread_ts: root.message, text: 'in the thread' });
  });

  it('an edit replaces text and blocks, and the message is still found by its key', async () => {
    const before = await posted('C-1 card slack C0OPS', SHAPES['approval-card']);
    const after = SHAPES.succeeded ?? message('');
    valueIn(await update(web(), before, after));
    const [standing] = await threadOf(before.message);
    const { text, blocks } = renderSlack(after);
    expect(standing).toMatchObject({ text, blocks: JSON.parse(JSON.stringify(blocks)) });
    expect(valueIn(await find(web(), operations(), 'C-1 card slack C0OPS'))).toEqual(before);
  });

  it('a post is found by its key where it stands, and nothing by a key that was never posted', async () => {
    const root = await posted('look for this');
    const reply = await posted('and for this', message('below'), root.message);
    const thread = { ...operations(), thread: root.message };
    expect(valueIn(await find(web(), operations(), 'look for this'))).toEqual(root);
    expect(valueIn(await find(web(), thread, 'and for this'))).toEqual(reply);
    expect(valueIn(await find(web(), operations(), 'never posted'))).toBeUndefined();
  });

  it('a file lies in the thread with all its bytes, and is found again by name and size', async () => {
    const root = await posted('with a file');
    const thread = { ...operations(), thread: root.message };
    const file = { name: 'app.log', text: `${'zweiundvierzig – ✓\n'.repeat(500)}end` };
    valueIn(await upload(web(), thread, file));
    expect(valueIn(await findFile(web(), thread, file))).toBe(true);
    expect(valueIn(await findFile(web(), thread, { ...file, text: 'shorter' }))).toBe(false);
    const { messages = [] } = await web().conversations.replies({ channel, ts: root.message });
    const [shared] = messages.flatMap(({ files = [] }) => files);
    const url = shared?.url_private ?? '';
    const kept = await fetch(new URL(url, slack.url), { headers: { authorization: `Bearer ${READER}` } });
    expect(await kept.text()).toBe(file.text);
  });

  it('what is for one person alone does not stand in the channel', async () => {
    const incoming = {
      id: 'slack:1',
      account: { platform: 'slack', id: 'U000000001', standing: 'person' },
      conversation: operations(),
      direct: false,
      text: 'whoami',
    } as const;
    valueIn(await postEphemeral(web(), incoming, message('for one person alone')));
    const { messages = [] } = await web().conversations.history({ channel, limit: 200 });
    expect(messages.map(({ text }) => text)).not.toContain('for one person alone');
  });

  it('a refusal is a value with our word for it', async () => {
    const lacking = await post(web(READER), operations(), { message: message('x'), deliveryKey: 'x' });
    expect(lacking).toMatchObject({ kind: 'failed', message: expect.stringContaining('missing_scope') });
    const nowhere = { platform: 'slack', channel: 'C0NOWHERE' } as const;
    const lost = await post(web(), nowhere, { message: message('x'), deliveryKey: 'x' });
    expect(lost).toMatchObject({ kind: 'failed', code: 'CHAT_GONE' });
    const gone = await update(web(), { ...operations(), message: '1.000001' }, message('x'));
    expect(gone).toMatchObject({ kind: 'failed', code: 'CHAT_GONE' });
  });
});
