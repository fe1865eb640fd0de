import { describe, expect, it } from 'vitest';
import { tokenize } from '../../src/dispatch/tokenize.ts';
import { fieldLabels, optionValues, viewButtons } from '../fakes/slack/modals.ts';
import { str } from '../fakes/slack/types.ts';
import { MENU, offering, subjects } from './slack-picks.ts';
import { type SlackRig, slackRigs } from './slack-rigs.ts';

const ANA = { user: 'U0ANA', channel: 'C0OPS' } as const;
const three = subjects(3, 1);

/** The modal on Ana's screen once it has this title. */
const modal = ({ slack }: SlackRig, title: string) =>
  slack.until(() => {
    const view = slack.views.modal('U0ANA');
    const shown = view?.view.title;
    const isIt = typeof shown === 'object' && shown !== null && 'text' in shown && shown.text === title;
    return isIt ? view : undefined;
  });

const opened = async (rig: SlackRig, text = '') => {
  const ack = await rig.slack.command({ ...ANA, text });
  if (!ack.acked) throw new Error(ack.reason);
  return modal(rig, text === '' ? 'What to do' : text);
};

describe.each(['socket', 'http'] as const)('the picker by %s', (delivery) => {
  const { start } = slackRigs({ delivery, commands: MENU, picker: offering(three) });

  it('from /ops to a line in four presses: /ops, the verb, the subject, submit', async () => {
    const rig = await start();
    await opened(rig);
    await rig.slack.pressInModal({ user: 'U0ANA', label: 'restart' });
    await modal(rig, 'restart');
    await rig.slack.submitModal({ user: 'U0ANA', filled: { What: 'shop1/app0@production' } });
    expect(rig.incoming).toMatchObject([
      {
        text: 'restart shop1/app0@production',
        conversation: { platform: 'slack', channel: 'C0OPS' },
        direct: false,
        account: { id: 'U0ANA', standing: 'person' },
      },
    ]);
    expect(rig.slack.views.modal('U0ANA')).toBeUndefined();
  });

  it('the answer goes to the asker by the response_url of the command that opened it', async () => {
    const rig = await start();
    await opened(rig, 'restart');
    await rig.slack.submitModal({ user: 'U0ANA', filled: { What: ['shop0'] } });
    const [heard] = rig.incoming;
    if (!heard) throw new Error('nothing was heard');
    await rig.chat.whisper(heard, { title: 'No', tone: 'bad', parts: [], actions: [] });
    expect(rig.slack.ephemerals('U0ANA').map(({ via }) => via)).toEqual(['response_url']);
  });

  it('a verb without its subject opens its form at once; a whole line opens none', async () => {
    const rig = await start();
    const view = await opened(rig, 'restart');
    expect(fieldLabels(view)).toEqual(['What', 'Options', 'reason']);
    await rig.slack.command({ ...ANA, text: 'restart shop0' });
    await rig.slack.command({ ...ANA, text: 'status' });
    expect(rig.incoming.map(({ text }) => text)).toEqual(['restart shop0', 'status']);
    expect(rig.slack.views.all()).toHaveLength(1);
  });
});

describe('what may be chosen', () => {
  const { start } = slackRigs({ commands: MENU, picker: offering(three) });

  it('every verb has a button, by what it does', async () => {
    const rig = await start();
    const view = await opened(rig);
    expect(viewButtons(view)).toEqual([
      ...['waiting', 'status', 'logs', 'show'],
      ...['restart', 'lock', 'approve'],
      'restore',
    ]);
  });

  it('several subjects, switches and values become one line that means the same', async () => {
    const rig = await start();
    await opened(rig, 'restart');
    const reason = 'say "hi" & <b> – it’s C:\\x';
    await rig.slack.submitModal({
      user: 'U0ANA',
      filled: { What: ['shop0', 'shop2'], Options: ['--dry-run', '--recreate'], reason },
    });
    const text = rig.incoming[0]?.text ?? '';
    expect(text).toContain('restart shop0/app0@production shop2/app0@production --reason "');
    const words = tokenize(text);
    expect(words.kind === 'succeeded' && words.value.map((word) => word.text)).toEqual([
      'restart',
      'shop0/app0@production',
      'shop2/app0@production',
      '--reason',
      'say "hi" & <b> – it\'s C:\\x',
      '--dry-run',
      '--recreate',
    ]);
  });

  it('a value that looks like a flag or holds typographic quotes stays one quoted word', async () => {
    const rig = await start();
    for (const typed of ['--force', '“quoted”', '&lt;', 'a  b', "o'clock"]) {
      await opened(rig, 'lock');
      await rig.slack.submitModal({ user: 'U0ANA', filled: { What: 'shop0', reason: typed } });
      const words = tokenize(rig.incoming.at(-1)?.text ?? '');
      const last = words.kind === 'succeeded' ? words.value.at(-1) : undefined;
      const straight = typed.replace(/[“”]/g, '"').replace(/\s+/g, ' ');
      expect(last).toEqual({ text: straight, quoted: true });
    }
  });

  it('what is required is asked for first, and a verb can be changed', async () => {
    const rig = await start();
    const view = await opened(rig, 'lock');
    expect(fieldLabels(view)).toEqual(['What', 'reason']);
    await rig.slack.pressInModal({ user: 'U0ANA', label: 'Something else' });
    await modal(rig, 'What to do');
    await rig.slack.pressInModal({ user: 'U0ANA', label: 'waiting' });
    await modal(rig, 'waiting');
    await rig.slack.submitModal({ user: 'U0ANA' });
    expect(rig.incoming.map(({ text }) => text)).toEqual(['waiting']);
  });

  it('an id is chosen from what there is, or typed where there is none', async () => {
    const rig = await start();
    expect(optionValues(await opened(rig, 'approve'), 'What')).toEqual(['C-142']);
    await rig.slack.submitModal({ user: 'U0ANA', filled: { What: 'C-142' } });
    await opened(rig, 'show');
    await rig.slack.submitModal({ user: 'U0ANA', filled: { What: ' C-7 ' } });
    expect(rig.incoming.map(({ text }) => text)).toEqual(['approve C-142', 'show C-7']);
  });
});

describe('many subjects', () => {
  it.each([
    [10, 'checkboxes'],
    [11, 'multi_static_select'],
    [100, 'multi_static_select'],
  ])('%i stand in one field (%s)', async (count, type) => {
    const rig = await rigs.start({ picker: offering(subjects(count, 1)) });
    const view = await opened(rig, 'restart');
    expect(optionValues(view, 'What')).toHaveLength(count);
    expect(JSON.stringify(view.view)).toContain(`"${type}"`);
  });

  it.each([
    [101, 1],
    [5, 30],
    [1200, 2],
  ])('%i services with %i components each: the service first', async (services, components) => {
    const rig = await rigs.start({ picker: offering(subjects(services, components)) });
    const view = await opened(rig, 'logs');
    expect(view.view).not.toHaveProperty('submit');
    await rig.slack.chooseInModal({ user: 'U0ANA', option: 'shop4' });
    const form = await rig.slack.until(() => {
      const now = rig.slack.views.modal('U0ANA');
      return now && fieldLabels(now).includes('What') ? now : undefined;
    });
    expect(optionValues(form, 'What')).toHaveLength(components);
    await rig.slack.submitModal({ user: 'U0ANA', filled: { What: 'shop4/app0@production', tail: '20' } });
    expect(rig.incoming.map(({ text }) => text)).toEqual(['logs shop4/app0@production --tail 20']);
  });

  it('names too long for a menu are counted, not cut', async () => {
    const long = { name: `shop/${'x'.repeat(80)}@production` };
    const rig = await rigs.start({ picker: offering([...three, long]) });
    const view = await opened(rig, 'restart');
    expect(optionValues(view, 'What')).toHaveLength(3);
    expect(JSON.stringify(view.view)).toContain('1 with names too long');
  });

  const rigs = slackRigs({ commands: MENU });
});

describe('who may', () => {
  it.each([
    ['somebody unknown', {}, /add “slack: U0NEW”/],
    ['a guest', { is_restricted: true }, /Only members of this workspace/],
    ['somebody of another workspace', { team_id: 'T0ELSE' }, /Only members of this workspace/],
  ])('%s sees why nothing can be chosen', async (_who, traits, words) => {
    const rig = await rigs.start({ picker: async () => ({ verbs: [], subjects: [] }) });
    rig.slack.user('U0NEW', traits);
    await rig.slack.command({ user: 'U0NEW', channel: 'C0OPS', text: '' });
    const view = await rig.slack.until(() => {
      const now = rig.slack.views.modal('U0NEW');
      return now && words.test(JSON.stringify(now.view)) ? now : undefined;
    });
    expect(view.view).not.toHaveProperty('submit');
  });

  it('a verb that is not offered is not opened', async () => {
    const rig = await rigs.start({ picker: async () => ({ verbs: [], subjects: three }) });
    await rig.slack.command({ ...ANA, text: 'restart' });
    await modal(rig, 'Botswain');
    expect(str(rig.slack.views.modal('U0ANA')?.view ?? {}, 'callback_id')).toBe('pick');
    expect(rig.incoming).toEqual([]);
  });

  const rigs = slackRigs({ commands: MENU });
});
