import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ATTACH } from '../../src/chat/slack/slack-attach.ts';
import { slackManifest } from '../../src/chat/slack/slack-manifest.ts';
import { SLACK_SCOPES } from '../../src/chat/slack/slack-scopes.ts';
import { tokenize } from '../../src/dispatch/tokenize.ts';
import { fieldLabels, optionValues } from '../fakes/slack/modals.ts';
import { VERBS } from './slack-picks.ts';
import { type SlackRig, slackRigs } from './slack-rigs.ts';

const incident = (name: string, summary: string) => ({ name, summary, tone: 'bad' as const });
const note = (choices: readonly ReturnType<typeof incident>[]) => ({
  name: 'note',
  summary: 'write something down',
  risk: 'change' as const,
  subject: 'one' as const,
  choices,
  options: [],
});
const picker =
  (...choices: readonly ReturnType<typeof incident>[]) =>
  async () => ({ verbs: [...VERBS, note(choices)], subjects: [] });
const TWO = picker(incident('INC-7', 'P1 open: nobody can log in'), incident('INC-8', 'P2 open: slow'));

/** Somebody wrote a message in a channel of which the bot is no member, or in a thread there. */
function written({ slack }: SlackRig, text: string, thread_ts?: string) {
  slack.user('U0BEN', { name: 'ben' });
  slack.channel('C0SUPPORT', { bot_in: false });
  const said = { user: 'U0BEN', channel: 'C0SUPPORT', text };
  return slack.say({ ...said, ...(thread_ts === undefined ? {} : { thread_ts }) });
}

/** Ana attaches it; resolves with the form once it is filled. */
async function attached(rig: SlackRig, message: ReturnType<typeof written>) {
  const ack = await rig.slack.useShortcut({ user: 'U0ANA', message, callback_id: ATTACH.callbackId });
  expect(ack).toMatchObject({ acked: true });
  return rig.slack.until(() => {
    const view = rig.slack.views.modal('U0ANA');
    return JSON.stringify(view?.view ?? '').includes('One moment') ? undefined : view;
  });
}

const shortcutLine = (rig: SlackRig): string =>
  rig.incoming.map(({ text }) => text).find((text) => text.startsWith('note ')) ?? '';

describe.each(['socket', 'http'] as const)('attach to incident by %s', (delivery) => {
  const { start } = slackRigs({ delivery, picker: TWO });

  it('opens the open incidents in a form, and types a note as that person, with the words and the link', async () => {
    const rig = await start();
    const said = 'who can <https://x.example|look>? "503" &amp; &lt;slow&gt; <@U0BEN>';
    const message = written(rig, said);
    const view = await attached(rig, message);
    expect(fieldLabels(view)).toEqual(['Incident', 'Note']);
    expect(optionValues(view, 'Incident')).toEqual(['INC-7', 'INC-8']);
    expect(JSON.stringify(view.view)).toContain('who can look?');
    const Note = 'who can look? "503" & <slow>';
    await rig.slack.submitModal({ user: 'U0ANA', filled: { Incident: 'INC-8', Note } });
    const heard = rig.incoming.at(-1);
    expect(heard).toMatchObject({ account: { id: 'U0ANA', standing: 'person' }, direct: true });
    const words = tokenize(shortcutLine(rig));
    const link = `archives/C0SUPPORT/p${message.ts.replace('.', '')}`;
    expect(words).toMatchObject({
      value: [
        { text: 'note' },
        { text: 'INC-8' },
        { text: '--text' },
        { text: expect.stringMatching(/^who can look\? "503" & <slow> https:/), quoted: true },
      ],
    });
    expect(words.kind === 'succeeded' ? words.value[3]?.text : '').toContain(link);
    if (heard === undefined) throw new Error('nothing was heard');
    await rig.chat.whisper(heard, { title: 'Noted in INC-8', tone: 'good', parts: [], actions: [] });
    expect(rig.slack.ephemerals('U0ANA').map(({ via, channel }) => `${via} ${channel}`)).toEqual([
      'response_url C0SUPPORT',
    ]);
  });

  it('a reply in a thread is linked as such, and its words may be left out', async () => {
    const rig = await start();
    const root = written(rig, 'root');
    const reply = written(rig, 'reply', root.ts);
    await attached(rig, reply);
    await rig.slack.submitModal({ user: 'U0ANA', filled: { Incident: 'INC-7' } });
    expect(shortcutLine(rig)).toMatch(
      new RegExp(
        `^note INC-7 --text "?https://.*/p${reply.ts.replace('.', '')}\\?thread_ts=${root.ts}&(amp;)?cid=C0SUPPORT"?$`,
      ),
    );
  });
});

describe('attach to incident', () => {
  const { start } = slackRigs();
  const shown = async (given: Parameters<typeof start>[0], said = 'help') => {
    const rig = await start(given);
    const view = await attached(rig, written(rig, said));
    return { rig, text: JSON.stringify(view.view) };
  };

  it('says so where no incident is open, where one may not write, and to somebody unknown', async () => {
    expect((await shown({ picker: picker() })).text).toContain('No incident is open');
    expect((await shown({ picker: async () => ({ verbs: VERBS, subjects: [] }) })).text).toContain(
      'may not write',
    );
    expect((await shown({})).text).toContain('does not know you yet');
  });

  it('a long message is cut so that the line still holds it with its link', async () => {
    const { rig } = await shown({ picker: picker(incident('INC-7', 'open')) }, 'x'.repeat(3000));
    const view = rig.slack.views.modal('U0ANA');
    const [, initial = ''] = /"initial_value":"(x+…)"/.exec(JSON.stringify(view?.view)) ?? [];
    await rig.slack.submitModal({ user: 'U0ANA', filled: { Incident: 'INC-7', Note: initial } });
    const words = tokenize(shortcutLine(rig));
    expect(words).toMatchObject({ kind: 'succeeded' });
  });

  it('Slack calls twice with one trigger: one form, one note', async () => {
    const rig = await start({ picker: TWO });
    await attached(rig, written(rig, 'help'));
    const delivery = rig.slack.deliveries().at(-1);
    if (delivery === undefined) throw new Error('nothing was delivered');
    await rig.slack.replay(delivery);
    await rig.slack.submitModal({ user: 'U0ANA', filled: { Incident: 'INC-7' } });
    expect(rig.slack.views.all()).toHaveLength(1);
    expect(rig.incoming.filter(({ text }) => text.startsWith('note '))).toHaveLength(1);
  });

  it('where Slack opens no form, the person is told what to type', async () => {
    const rig = await start({ picker: TWO });
    const message = written(rig, 'help');
    rig.slack.faults.script({ method: 'views.open', kind: 'error', error: 'internal_error' });
    await rig.slack.useShortcut({ user: 'U0ANA', message, callback_id: ATTACH.callbackId });
    await rig.slack.until(() => rig.slack.ephemerals('U0ANA').at(-1));
    expect(JSON.stringify(rig.slack.ephemerals('U0ANA').at(-1))).toContain('/ops note');
  });
});

describe('the manifest', () => {
  it('declares the shortcut, and its scope is one that is asked for', () => {
    const { features, oauth_config } = slackManifest({ verbs: ['status'] });
    expect(features.shortcuts).toEqual([
      expect.objectContaining({ type: 'message', callback_id: ATTACH.callbackId }),
    ]);
    for (const { name, description } of features.shortcuts) {
      expect(name.length).toBeLessThanOrEqual(24);
      expect(description.length).toBeLessThanOrEqual(150);
    }
    expect(oauth_config.scopes.bot).toContain('commands');
    expect(oauth_config.scopes.bot).toEqual(SLACK_SCOPES.map(({ scope }) => scope));
    expect(parse(JSON.stringify(features))).toEqual(features);
  });
});
