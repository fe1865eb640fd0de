import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Home } from '../../src/chat/chat.ts';
import { readable } from '../fakes/slack/content.ts';
import { viewButtons } from '../fakes/slack/modals.ts';
import { isJson, objects } from '../fakes/slack/types.ts';
import type { FakeView } from '../fakes/slack/views.ts';
import { MENU, offering, subjects } from './slack-picks.ts';
import { message, OPERATIONS } from './slack-rig.ts';
import { type SlackRig, slackRigs } from './slack-rigs.ts';

const card = (id: string) =>
  message(`Restart ${id}`, {
    tone: 'waiting',
    state: 'awaiting approval',
    parts: [{ kind: 'fields', fields: [{ label: 'Plan', value: id }] }],
    actions: [{ label: `Approve ${id}`, line: `approve ${id} abc`, style: 'primary' }],
  });

const home = (...ids: readonly string[]): Home => ({
  waiting: ids.map(card),
  fleet: message('Fleet', {
    parts: [{ kind: 'table', columns: ['service'], rows: [[{ text: 'shop', tone: 'good' }]] }],
  }),
});

const words = ({ view }: FakeView): string =>
  readable({ text: '', blocks: objects(view, 'blocks').filter(isJson), attachments: [] });

const reads = (rig: SlackRig, match: RegExp, user = 'U0ANA'): Promise<FakeView> =>
  rig.slack.until(() => {
    const view = rig.slack.views.home(user);
    return view && match.test(words(view)) ? view : undefined;
  });

describe.each(['socket', 'http'] as const)('the home tab by %s', (delivery) => {
  const { start } = slackRigs({ delivery, home: async () => home('C-1', 'C-2') });

  it('shows what waits with its buttons, then the fleet', async () => {
    const rig = await start();
    expect((await rig.slack.openHome('U0ANA')).acked).toBe(true);
    const view = await reads(rig, /Waiting for you[\s\S]*C-1[\s\S]*C-2[\s\S]*Fleet[\s\S]*shop[\s\S]*As of/);
    expect(viewButtons(view)).toEqual(['Approve C-1', 'Approve C-2', 'Do something …']);
  });

  it('its buttons type their line in the direct conversation, and the answer comes there', async () => {
    const rig = await start();
    await rig.slack.openHome('U0ANA');
    await rig.slack.pressHome({ user: 'U0ANA', label: 'Approve C-2' });
    const direct = rig.slack.direct('U0ANA').id;
    expect(rig.incoming).toMatchObject([
      { text: 'approve C-2 abc', direct: true, conversation: { channel: direct } },
    ]);
    expect(rig.incoming[0]).not.toHaveProperty('pressed');
    if (rig.incoming[0]) await rig.chat.whisper(rig.incoming[0], message('Approved'));
    expect(rig.slack.messages(direct).map(({ look }) => readable(look))).toEqual(['Approved']);
  });
});

describe('the home tab', () => {
  const { start } = slackRigs({ home: async () => home() });

  it('opens the picker, whose line is typed in the direct conversation', async () => {
    const rig = await start({ commands: MENU, picker: offering(subjects(2, 1)) });
    await rig.slack.openHome('U0ANA');
    await rig.slack.pressHome({ user: 'U0ANA', label: 'Do something …' });
    const shown = () => {
      const view = rig.slack.views.modal('U0ANA');
      return view && viewButtons(view).includes('waiting') ? view : undefined;
    };
    await rig.slack.until(shown);
    await rig.slack.pressInModal({ user: 'U0ANA', label: 'waiting' });
    await rig.slack.until(() => (rig.slack.views.modal('U0ANA')?.view.submit ? true : undefined));
    await rig.slack.submitModal({ user: 'U0ANA' });
    expect(rig.incoming).toMatchObject([{ text: 'waiting', direct: true }]);
  });

  it('tells somebody unknown how to be added, and a guest that it is not for guests', async () => {
    const rig = await start({ home: async () => undefined });
    rig.slack.user('U0GUEST', { is_restricted: true });
    await rig.slack.openHome('U0ANA');
    await reads(rig, /add “slack: U0ANA” to your entry under people/);
    await rig.slack.openHome('U0GUEST');
    await reads(rig, /Only members of this workspace/, 'U0GUEST');
  });

  it('is drawn anew when somebody else drew it meanwhile', async () => {
    let waiting = 'C-1';
    const rig = await start({ home: async () => home(waiting) });
    await rig.slack.openHome('U0ANA');
    rig.slack.faults.script({ kind: 'error', error: 'hash_conflict', method: 'views.publish' });
    waiting = 'C-2';
    await rig.slack.openHome('U0ANA');
    await reads(rig, /C-2/);
    const calls = rig.slack.calls('views.publish');
    expect(calls.map(({ outcome }) => outcome)).toEqual(['ok', 'hash_conflict', 'ok']);
    expect(calls.map(({ args }) => 'hash' in args)).toEqual([false, true, false]);
  });

  it('follows a card that changes elsewhere, in one go, and is left alone when nothing changed', async () => {
    let asked = 0;
    let waiting: readonly string[] = ['C-1'];
    const rig = await start({
      home: async () => {
        asked += 1;
        return home(...waiting);
      },
    });
    await rig.slack.openHome('U0ANA');
    waiting = [];
    const posted = await rig.chat.post(OPERATIONS, message('Restart'), 'k');
    if (posted.kind !== 'succeeded') throw new Error('not posted');
    for (let n = 0; n < 5; n += 1) await rig.chat.update(posted.value, message(`Restart ${n}`));
    await reads(rig, /Nothing waits for you/);
    expect(asked).toBe(2);
    await rig.chat.update(posted.value, message('Restart done'));
    await rig.slack.until(() => (asked === 3 ? true : undefined));
    await pause(50);
    expect(rig.slack.calls('views.publish')).toHaveLength(2);
  });

  it('holds any number of cards and a fleet of any size', async () => {
    const many = Array.from({ length: 30 }, (_, n) => `C-${n}`);
    const big = card('C-1');
    const parts = Array.from({ length: 60 }, (_, n) => ({ kind: 'text', text: `part ${n}` }) as const);
    const { fleet } = home();
    const rig = await start({
      home: async () => ({
        waiting: many.map((id) => ({ ...big, title: id, parts })),
        fleet: { ...fleet, parts },
      }),
    });
    expect((await rig.slack.openHome('U0ANA')).acked).toBe(true);
    const view = await reads(rig, /Fleet/);
    expect(objects(view.view, 'blocks').length).toBeLessThanOrEqual(100);
    expect(rig.slack.calls('views.publish').map(({ outcome }) => outcome)).toEqual(['ok']);
  });

  it('that Slack does not take is drawn a little later, without the event coming again', async () => {
    const rig = await start();
    rig.slack.faults.script({ kind: 'http', status: 500, method: 'views.publish' });
    expect((await rig.slack.openHome('U0ANA')).acked).toBe(true);
    expect(rig.logged.some(({ message: said }) => said.includes('home tab'))).toBe(true);
    const drawn = () => rig.slack.views.home('U0ANA');
    await rig.slack.until(drawn, 12_000);
    expect(rig.slack.calls('views.publish').map(({ outcome }) => outcome)).toEqual(['http 500', 'ok']);
  });

  it('of many people is drawn within the rate Slack allows while a change goes on', async () => {
    let n = 0;
    const rig = await start({
      home: async () => {
        n += 1;
        return home(`C-${n}`);
      },
    });
    const people = Array.from({ length: 6 }, (_, index) => rig.slack.user(`U0P${index}`).id);
    for (const person of people) await rig.slack.openHome(person);
    const posted = await rig.chat.post(OPERATIONS, message('Restart'), 'k');
    if (posted.kind !== 'succeeded') throw new Error('not posted');
    for (let edit = 0; edit < 30; edit += 1) {
      await rig.chat.update(posted.value, message(`step ${edit}`));
      await pause(100);
    }
    expect(rig.slack.calls('views.publish')).toHaveLength(12);
  });
});

describe('what cannot be on the home tab', () => {
  const { start } = slackRigs({ home: async () => home('C-1') });
  const directly = (rig: SlackRig, words: RegExp) =>
    rig.slack.expectMessage({ channel: rig.slack.direct('U0ANA').id, match: words });

  it('the form does not open: said directly', async () => {
    const rig = await start();
    await rig.slack.openHome('U0ANA');
    rig.slack.faults.script({ kind: 'error', error: 'expired_trigger_id', method: 'views.open' });
    await rig.slack.pressHome({ user: 'U0ANA', label: 'Do something …' });
    await directly(rig, /did not open the form/);
    expect(rig.incoming).toEqual([]);
  });

  it('the direct conversation is not known: nothing is done, and that is said', async () => {
    const rig = await start();
    await rig.slack.openHome('U0ANA');
    rig.slack.faults.script({ kind: 'http', status: 500, method: 'conversations.open' });
    expect((await rig.slack.pressHome({ user: 'U0ANA', label: 'Approve C-1' })).acked).toBe(true);
    await directly(rig, /Nothing was done/);
    expect(rig.incoming).toEqual([]);
  });

  it('our records cannot be read: the tab says so', async () => {
    const rig = await start({
      home: async () => {
        throw new Error('disk gone');
      },
    });
    await rig.slack.openHome('U0ANA');
    await reads(rig, /cannot read its records/);
  });
});

describe('what is written to the bot directly', () => {
  const { start } = slackRigs();

  it('is a line, answered there; edits, joins and bots are none', async () => {
    const rig = await start();
    await rig.slack.writeDirectly({ user: 'U0ANA', text: 'status' });
    await rig.slack.writeDirectly({ user: 'U0ANA', text: '<@U0BOT> help' });
    for (const extra of [{ subtype: 'message_changed' }, { bot_id: 'B1' }, { edited: { ts: '1.1' } }])
      expect((await rig.slack.writeDirectly({ user: 'U0ANA', text: 'restart x', extra })).acked).toBe(true);
    const direct = rig.slack.direct('U0ANA').id;
    expect(rig.incoming.map(({ text }) => text)).toEqual(['status', 'help']);
    expect(rig.incoming[0]).toMatchObject({ direct: true, conversation: { channel: direct } });
    expect(rig.incoming[0]?.id).toMatch(/^slack:Ev/);
  });
});
