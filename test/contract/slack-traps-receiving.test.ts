import { describe, expect, it } from 'vitest';
import { message, OPERATIONS } from './slack-rig.ts';
import { slackRigs } from './slack-rigs.ts';

/** Traps 6 and 7 of shared/facts/slack-and-telegram.md §0, as far as they concern Slack; each has its own test. */

describe.each(['socket', 'http'] as const)('by %s', (delivery) => {
  const { start } = slackRigs({ delivery });

  describe('6: everything is acknowledged', () => {
    it('a button that is not ours, an unknown shortcut, an unknown view', async () => {
      const { slack, incoming } = await start();
      const user = { id: 'U0ANA', name: 'ana', team_id: 'T0TEAM' };
      const base = { user, team: { id: 'T0TEAM', domain: 'fake' }, trigger_id: 't', enterprise: null };
      const container = { type: 'message', message_ts: '1.1', channel_id: 'C0OPS' };
      const channel = { id: 'C0OPS', name: 'ops' };
      const action = {
        type: 'button',
        action_id: 'someone-elses',
        block_id: 'b',
        value: 'x',
        action_ts: '1.1',
      };
      const payloads = [
        { ...base, type: 'block_actions', container, channel, actions: [action] },
        { ...base, type: 'shortcut', callback_id: 'unknown' },
        {
          ...base,
          type: 'view_submission',
          view: { id: 'V1', callback_id: 'unknown', state: { values: {} } },
        },
      ];
      for (const payload of payloads) {
        const ack = await slack.deliver({ type: 'interactive', payload });
        expect(ack.acked, payload.type).toBe(true);
      }
      expect(incoming).toEqual([]);
    });

    it('any slash command, whatever its name', async () => {
      const { slack, incoming } = await start();
      const ack = await slack.command({
        user: 'U0ANA',
        channel: 'C0OPS',
        text: 'status',
        command: '/botswain',
      });
      expect(ack.acked).toBe(true);
      expect(incoming[0]?.text).toBe('status');
    });

    it('a payload we cannot read, with words to the person', async () => {
      const { slack, logged } = await start();
      const payload = { command: '/ops', team_id: 'T0TEAM', user_id: 'U0ANA', text: 'status' };
      const ack = await slack.deliver({ type: 'slash_commands', payload });
      expect(ack.acked && ack.payload.text).toMatch(/nothing was done/);
      expect(logged.some(({ level }) => level === 'error')).toBe(true);
    });

    it('what could not be recorded, with words to the person', async () => {
      const refuse = async () => {
        throw new Error('disk full');
      };
      const { slack } = await start({ receive: refuse });
      expect((await slack.command({ user: 'U0ANA', channel: 'C0OPS', text: 'restart x' })).acked).toBe(true);
      await slack.expectEphemeral('U0ANA', 'Nothing was done');
      const { ack } = await slack.mention({ user: 'U0ANA', channel: 'C0OPS', text: 'restart x' });
      expect(ack.acked).toBe(true);
      await slack.until(() => (slack.ephemerals('U0ANA').length === 2 ? true : undefined));
    });

    it('a command after 2.5 s at the latest, an event only once it is recorded', async () => {
      const record = Promise.withResolvers<void>();
      const { slack } = await start({ receive: () => record.promise });
      const mention = slack.mention({ user: 'U0ANA', channel: 'C0OPS', text: 'status' });
      const command = await slack.command({ user: 'U0ANA', channel: 'C0OPS', text: 'status' });
      expect(command.acked && command.ms).toBeGreaterThan(2000);
      expect(command.acked && command.ms).toBeLessThan(3000);
      expect((await mention).ack).toMatchObject({ acked: false });
      record.resolve();
    });
  });

  describe('7: the same thing again has the same id', () => {
    it('what is replayed, on whichever connection; over HTTP it is refused', async () => {
      const { slack, incoming } = await start();
      const first = await slack.command({ user: 'U0ANA', channel: 'C0OPS', text: 'restart x' });
      if (!first.acked) throw new Error('not acked');
      const again = await slack.replay(first.delivery);
      if (delivery === 'http') expect(again).toMatchObject({ acked: false, status: 401 });
      else expect(again.acked).toBe(true);
      expect([...new Set(incoming.map(({ id }) => id))]).toHaveLength(1);
      expect(incoming).toHaveLength(delivery === 'http' ? 1 : 2);
    });

    it('an event that is redelivered in a new envelope', async () => {
      const { slack, incoming } = await start();
      const { ack } = await slack.mention({ user: 'U0ANA', channel: 'C0OPS', text: 'restart x' });
      if (!ack.acked) throw new Error('not acked');
      await slack.redeliver(ack.delivery);
      expect(incoming).toHaveLength(2);
      expect(incoming[0]?.id).toMatch(/^slack:Ev/);
      expect(incoming[1]?.id).toBe(incoming[0]?.id);
    });

    it('two presses have two ids: they are two wishes', async () => {
      const { slack, chat, incoming } = await start();
      const actions = [{ label: 'Approve', line: 'approve C-1 abc', style: 'primary' }] as const;
      const posted = await chat.post(OPERATIONS, message('Restart', { actions }), 'k');
      if (posted.kind !== 'succeeded') throw new Error('not posted');
      const press = { user: 'U0ANA', channel: 'C0OPS', ts: posted.value.message, label: 'Approve' };
      await slack.click(press);
      await slack.click(press);
      expect(new Set(incoming.map(({ id }) => id)).size).toBe(2);
    });

    it('an edited mention is not run again', async () => {
      const { slack, incoming } = await start();
      const edited = { edited: { user: 'U0ANA', ts: '1.1' } };
      const { ack } = await slack.mention({
        user: 'U0ANA',
        channel: 'C0OPS',
        text: 'restart x',
        extra: edited,
      });
      expect(ack.acked).toBe(true);
      expect(incoming).toEqual([]);
    });
  });
});
