import { describe, expect, it } from 'vitest';
import { parseDirect, parseMention, parsePress } from '../../../src/chat/slack/slack-incoming.ts';

/** Where a line was said decides which change or incident it is about. */
const mention = (event: object) => ({
  event_id: 'Ev1',
  event: { user: 'U0ANA', text: '<@U0BOT> approve', channel: 'C0OPS', ts: '1763600000.000200', ...event },
});

const press = (container: object) => ({
  user: { id: 'U0ANA' },
  channel: { id: 'C0OPS' },
  container: { message_ts: '1.1', ...container },
  actions: [{ action_id: 'line:0', value: 'approve C-1' }],
});

const CONTEXT = { deliveryId: 'e1' };

describe('the thread a line was said in', () => {
  it('is the root it hangs below, for mentions, direct messages and presses', () => {
    const thread = { thread_ts: '1763600000.000100' };
    expect(parseMention(mention(thread), 'U0BOT')?.conversation.thread).toBe('1763600000.000100');
    const direct = mention({ ...thread, channel_type: 'im', text: 'approve' });
    expect(parseDirect(direct, 'U0BOT')?.conversation.thread).toBe('1763600000.000100');
    expect(parsePress(press({ thread_ts: '1.0' }), CONTEXT)?.conversation.thread).toBe('1.0');
  });

  it('is none in the channel itself, also where a root names itself', () => {
    const self = { thread_ts: '1763600000.000200' };
    for (const event of [{}, self])
      expect(parseMention(mention(event), 'U0BOT')?.conversation).toEqual({
        platform: 'slack',
        channel: 'C0OPS',
      });
    expect(parsePress(press({ thread_ts: '1.1' }), CONTEXT)?.conversation).not.toHaveProperty('thread');
  });

  it('comes with the time it was said, because events may come late', () => {
    expect(parseMention(mention({}), 'U0BOT')?.saidAt).toBe(1_763_600_000_000);
    const action = { action_id: 'line:0', value: 'approve C-1', action_ts: '1763600000.000200' };
    expect(parsePress({ ...press({}), actions: [action] }, CONTEXT)?.saidAt).toBe(1_763_600_000_000);
    expect(parsePress(press({}), CONTEXT)).not.toHaveProperty('saidAt');
  });
});
