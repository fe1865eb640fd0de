import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { viewButtons } from '../fakes/slack/modals.ts';
import type { FakeView } from '../fakes/slack/views.ts';
import { MENU, offering, subjects } from './slack-picks.ts';
import { type SlackRig, slackRigs } from './slack-rigs.ts';

const ANA = { user: 'U0ANA', channel: 'C0OPS' } as const;
const { start } = slackRigs({ commands: MENU, picker: offering(subjects(3, 1)) });

const showing = ({ slack }: SlackRig, words: string): Promise<FakeView> =>
  slack.until(() => {
    const view = slack.views.modal('U0ANA');
    return view && JSON.stringify(view.view).includes(words) ? view : undefined;
  });

describe('when the modal cannot be', () => {
  it.each([
    ['the trigger is too old', { kind: 'error', error: 'expired_trigger_id' }],
    ['Slack is broken', { kind: 'http', status: 500 }],
    ['Slack wants to be left alone', { kind: 'rate_limit', retryAfter: 30 }],
    ['the connection is cut', { kind: 'reset', when: 'before' }],
    ['Slack is too slow for a trigger', { kind: 'late', ms: 4000 }],
  ] as const)('%s: the line gets its ordinary answer', async (_why, fault) => {
    const rig = await start({ timeoutMs: 10_000 });
    rig.slack.faults.script({ ...fault, method: 'views.open' });
    const ack = await rig.slack.command({ ...ANA, text: 'restart' });
    expect(ack.acked && ack.ms).toBeLessThan(3000);
    await rig.slack.until(() => (rig.incoming.length === 1 ? true : undefined));
    expect(rig.incoming[0]?.text).toBe('restart');
    expect(rig.slack.calls('views.open')).toHaveLength(1);
  });

  it('what it should show cannot be sent: the line gets its ordinary answer', async () => {
    const rig = await start();
    rig.slack.faults.script({ kind: 'error', error: 'fatal_error', method: 'views.update' });
    await rig.slack.command({ ...ANA, text: '' });
    await rig.slack.until(() => (rig.incoming.length === 1 ? true : undefined));
  });

  it('what may be chosen cannot be read: the modal says so', async () => {
    const rig = await start({
      picker: async () => {
        throw new Error('disk gone');
      },
    });
    await rig.slack.command({ ...ANA, text: 'restart' });
    await showing(rig, 'cannot read its records');
    expect(rig.incoming).toEqual([]);
  });

  it('it was closed before it was filled: nothing more is said', async () => {
    const rig = await start();
    rig.slack.faults.script({ kind: 'error', error: 'not_found', method: 'views.update' });
    await rig.slack.command({ ...ANA, text: '' });
    await rig.slack.until(() => (rig.slack.calls('views.update').length === 1 ? true : undefined));
    await pause(50);
    expect(rig.incoming).toEqual([]);
  });

  it('the same command comes again by another connection: one modal, no answer beside it', async () => {
    const rig = await start();
    const first = await rig.slack.command({ ...ANA, text: 'restart' });
    if (!first.acked) throw new Error('not acked');
    expect((await rig.slack.replay(first.delivery)).acked).toBe(true);
    expect(rig.slack.views.all()).toHaveLength(1);
    expect(rig.incoming).toEqual([]);
  });
});

describe('the trigger is used before anything else', () => {
  it('Slack gets the modal before it is asked who that is, and the person waits for nothing', async () => {
    const rig = await start({
      picker: async () => {
        await pause(800);
        return offering([])();
      },
    });
    rig.slack.faults.script({ kind: 'late', ms: 800, method: 'users.info' });
    const ack = await rig.slack.command({ ...ANA, text: '' });
    expect(ack.acked && ack.ms).toBeLessThan(700);
    expect(JSON.stringify(rig.slack.views.modal('U0ANA')?.view)).toContain('One moment');
    await showing(rig, 'pick:verb:restart');
    const methods = rig.slack.received.map(({ method }) => method);
    expect(methods.indexOf('views.open')).toBeLessThan(methods.indexOf('users.info'));
  });
});

describe('a form that is not what it was', () => {
  it('submitted after a restart of the bot it still types its line', async () => {
    const rig = await start();
    await rig.slack.command({ ...ANA, text: 'restart' });
    const form = await showing(rig, '"What"');
    const restarted = await start();
    restarted.slack.user('U0ANA');
    await restarted.slack.submitModal({ user: 'U0ANA', view: form, filled: { What: ['shop1'] } });
    expect(restarted.incoming.map(({ text }) => text)).toEqual(['restart shop1/app0@production']);
  });

  it('submitted twice it has one id, so that the inbox takes it once', async () => {
    const rig = await start();
    await rig.slack.command({ ...ANA, text: 'restart' });
    const form = await showing(rig, '"What"');
    const filled = { What: ['shop1'] };
    await rig.slack.submitModal({ user: 'U0ANA', view: form, filled });
    await rig.slack.submitModal({ user: 'U0ANA', view: form, filled });
    expect(rig.incoming.map(({ id }) => id)).toEqual([`slack:${form.id}`, `slack:${form.id}`]);
  });

  it('from before an update it says so and does nothing, pressed or submitted', async () => {
    const rig = await start();
    await rig.slack.command({ ...ANA, text: 'restart' });
    const form = await showing(rig, '"What"');
    const old = { ...form, view: { ...form.view, private_metadata: 'v0' } };
    await rig.slack.submitModal({ user: 'U0ANA', view: old, filled: { What: ['shop1'] } });
    await showing(rig, 'before Botswain was updated');
    await rig.slack.pressInModal({ user: 'U0ANA', view: old, label: 'Something else' });
    await showing(rig, 'before Botswain was updated');
    expect(rig.incoming).toEqual([]);
  });

  it('of two presses at once the first one counts', async () => {
    const rig = await start();
    await rig.slack.command({ ...ANA, text: '' });
    const verbs = await showing(rig, 'pick:verb:restart');
    await rig.slack.pressInModal({ user: 'U0ANA', view: verbs, label: 'restart' });
    await showing(rig, '"What"');
    await rig.slack.pressInModal({ user: 'U0ANA', view: verbs, label: 'waiting' });
    const last = () => rig.slack.calls('views.update').at(-1)?.outcome;
    await rig.slack.until(() => (last() === 'hash_conflict' ? true : undefined));
    expect(viewButtons(await showing(rig, '"What"'))).toEqual(['Something else']);
  });

  it('what could not be recorded is said where the form was opened', async () => {
    const rig = await start({
      receive: async () => {
        throw new Error('disk full');
      },
    });
    await rig.slack.command({ ...ANA, text: 'restart' });
    await showing(rig, '"What"');
    const ack = await rig.slack.submitModal({ user: 'U0ANA', filled: { What: ['shop1'] } });
    expect(ack.acked).toBe(true);
    await rig.slack.expectEphemeral('U0ANA', 'Nothing was done');
  });
});
