import { describe, expect, it } from 'vitest';
import { auditEvents } from '../contract/journal-samples.ts';
import { message } from '../contract/slack-rig.ts';
import { readable } from '../fakes/slack/content.ts';
import type { FakeSlack } from '../fakes/slack/fake-slack.ts';
import type { Fault } from '../fakes/slack/faults.ts';
import { slackOutbox, slackWish } from './outbox-rig.ts';

const shown = (slack: FakeSlack, channel = 'C0OPS'): readonly string[] =>
  slack.messages(channel).map(({ look }) => readable(look));

const posted = (slack: FakeSlack, match: string) =>
  slack.expectMessage({ channel: 'C0OPS', match, withinMs: 9000 });

const updates = (slack: FakeSlack) => slack.calls('chat.update');

describe.concurrent('the outbox before Slack', () => {
  it('merges quick progress into few edits, and says nothing of it', async (test) => {
    const { slack, want } = await slackOutbox(test);
    await want(slackWish('card', message('step 0')));
    await posted(slack, 'step 0');
    for (const step of [1, 2, 3, 4, 5]) await want(slackWish('card', message(`step ${step}`)));
    await posted(slack, 'step 5');
    expect(updates(slack).length).toBeLessThan(3);
    expect(shown(slack).join()).not.toContain('merged');
  });

  it('rests as long as Slack asks, that channel only, and says how many updates it merged', async (test) => {
    const { slack, want } = await slackOutbox(test);
    await want(slackWish('card', message('step 0')));
    await posted(slack, 'step 0');
    slack.faults.script({ kind: 'rate_limit', retryAfter: 4, method: 'chat.update', channel: 'C0OPS' });
    await want(slackWish('card', message('step 1'), { lane: 'decision' }));
    await slack.until(() => updates(slack)[0]);
    const asked = Date.now();
    for (const step of [2, 3]) await want(slackWish('card', message(`step ${step}`)));
    await want(slackWish('elsewhere', message('elsewhere'), { channel: 'C0INC' }));
    await want(slackWish('here', message('here too')));
    await slack.expectMessage({ channel: 'C0INC', match: 'elsewhere' });
    expect(Date.now() - asked).toBeLessThan(3000);
    await posted(slack, '3 updates merged');
    await posted(slack, 'here too');
    expect(shown(slack)[0]).toContain('step 3');
    const [, second] = updates(slack);
    expect((second?.at ?? 0) - asked).toBeGreaterThan(3900);
    await want(slackWish('card', message('step 4')));
    await posted(slack, 'step 4');
    expect(shown(slack).join()).not.toContain('merged');
  });

  it('says at a stop also what waits for the pace of its channel', async (test) => {
    const { slack, want, stop } = await slackOutbox(test);
    for (const number of [1, 2, 3]) await want(slackWish(`end ${number}`, message(`ended ${number}`)));
    await stop();
    expect(shown(slack)).toHaveLength(3);
  });

  it('posts what is urgent before what has waited longer', async (test) => {
    const { slack, want } = await slackOutbox(test);
    for (const count of [1, 2, 3]) await want(slackWish(`line ${count}`, message(`line ${count}`)));
    await posted(slack, 'line 1');
    await want(slackWish('ended', message('ended'), { lane: 'decision' }));
    await want(slackWish('alarm', message('alarm'), { lane: 'P0' }));
    await posted(slack, 'line 3');
    expect(shown(slack)).toEqual(['line 1', 'alarm', 'ended', 'line 2', 'line 3']);
  });

  it('does not let a call that hangs hold up what is urgent', async (test) => {
    const { slack, want } = await slackOutbox(test, 9000);
    slack.faults.script({ kind: 'late', ms: 6000, method: 'chat.postMessage' });
    await want(slackWish('slow', message('slow')));
    await slack.until(() => slack.calls('chat.postMessage')[0]);
    const at = Date.now();
    await want(slackWish('alarm', message('alarm'), { lane: 'P0', channel: 'C0OPS' }));
    await posted(slack, 'alarm');
    expect(Date.now() - at).toBeLessThan(4000);
  });

  const doubtful: readonly (readonly [string, Fault])[] = [
    ['500 before it did anything', { kind: 'http', status: 500 }],
    ['500 in Slack words', { kind: 'error', error: 'internal_error' }],
    ['a cut before', { kind: 'reset', when: 'before' }],
    ['a cut after', { kind: 'reset', when: 'after' }],
    ['an answer too late', { kind: 'late', ms: 3000 }],
    ['an HTML page', { kind: 'garbage' }],
  ];
  it.for(doubtful)('posts once over %s, in the channel and in a thread', async ([_, fault], test) => {
    const { slack, want } = await slackOutbox(test);
    slack.faults.script({ ...fault, method: 'chat.postMessage' });
    await want(slackWish('card', message('card')));
    const card = await posted(slack, 'card');
    slack.faults.script({ ...fault, method: 'chat.postMessage' });
    await want(slackWish('reply', message('reply'), { parent: 'card' }));
    await slack.expectMessage({ channel: 'C0OPS', thread_ts: card.ts, match: 'reply', withinMs: 9000 });
    expect(slack.faults.pending).toBe(0);
    expect(slack.thread('C0OPS', card.ts).map(({ look }) => readable(look))).toEqual(['card', 'reply']);
    expect(shown(slack)).toEqual(['card']);
  });

  it('posts a deleted card anew, once; then it gives up and says so in the audit', async (test) => {
    const { slack, want, journal } = await slackOutbox(test);
    await want(slackWish('card', message('running')));
    slack.remove(await posted(slack, 'running'));
    await want(slackWish('card', message('succeeded'), { lane: 'decision' }));
    await want(slackWish('note', message('it went well'), { lane: 'decision', parent: 'card' }));
    const again = await posted(slack, 'succeeded');
    await slack.expectMessage({ channel: 'C0OPS', thread_ts: again.ts, match: 'it went well' });
    slack.remove(again);
    await want(slackWish('card', message('succeeded!'), { lane: 'decision' }));
    await test.expect.poll(() => auditEvents(journal), { timeout: 5000 }).toContain('delivery given up');
    expect(shown(slack)).toEqual([]);
    expect((await journal.deliveries.find('card'))?.givenUp).toContain('message_not_found');
  });

  it('gives up one wording, not the next one', async (test) => {
    const { slack, want, journal, errors } = await slackOutbox(test);
    await want(slackWish('card', message('running')));
    await posted(slack, 'running');
    slack.faults.script({ kind: 'error', error: 'invalid_blocks', method: 'chat.update' });
    await want(slackWish('card', message('succeeded'), { lane: 'decision' }));
    await test.expect.poll(() => auditEvents(journal), { timeout: 5000 }).toContain('delivery given up');
    expect(String(errors[0])).toContain('gave up «card»');
    await want(slackWish('card', message('succeeded, really'), { lane: 'decision' }));
    await posted(slack, 'succeeded, really');
  });

  const uploads: readonly (readonly [string, Fault])[] = [
    ['no answer to the first call', { kind: 'http', status: 500, method: 'files.getUploadURLExternal' }],
    ['a cut after it was shared', { kind: 'reset', when: 'after', method: 'files.completeUploadExternal' }],
    ['a cut before it was shared', { kind: 'reset', when: 'before', method: 'files.completeUploadExternal' }],
    ['a rest', { kind: 'rate_limit', retryAfter: 1, method: 'files.completeUploadExternal' }],
  ];
  it.for(uploads)('uploads a file once over %s', async ([_, fault], test) => {
    const { slack, want, journal } = await slackOutbox(test);
    slack.faults.script(fault);
    await want(slackWish('logs', message('logs', { file: { name: 'app.log', text: 'one\ntwo ✓\n' } })));
    const root = await posted(slack, 'logs');
    await test.expect
      .poll(async () => (await journal.deliveries.find('logs'))?.fileDue, { timeout: 9000 })
      .toBeUndefined();
    expect(slack.faults.pending).toBe(0);
    const names = slack.thread('C0OPS', root.ts).flatMap(({ files }) => files.map(({ name }) => name));
    expect(names).toEqual(['app.log']);
  });
});
