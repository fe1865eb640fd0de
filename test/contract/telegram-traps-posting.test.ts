import { describe, expect, test } from 'vitest';
import { ANA, BEN, card, GROUP, inGroup, logText, note, telegramRig } from './telegram-rig.ts';

describe('posting', () => {
  test('what may have arrived is unknown and is not repeated', async () => {
    const { telegram, chat } = await telegramRig();
    const internal = { kind: 'refuse', code: 500, description: 'Internal Server Error' } as const;
    for (const how of [{ kind: 'cut after' }, { kind: 'bad gateway' }, internal] as const) {
      telegram.fail({ method: 'sendMessage', how });
      const outcome = await chat.post(inGroup(), note('once'), 'k');
      expect(outcome).toMatchObject({ kind: 'unknown', code: 'CHAT_AMBIGUOUS' });
    }
    expect(telegram.calls('sendMessage')).toHaveLength(3);
    expect(JSON.stringify(await chat.post(inGroup(), note('again'), 'k'))).not.toContain(telegram.token);
  });

  test('a refused connection posted nothing', async () => {
    const { telegram, chat } = await telegramRig({ start: false });
    await telegram.close();
    const outcome = await chat.post(inGroup(), note('x'), 'k');
    expect(outcome).toMatchObject({ kind: 'failed', code: 'CHAT_UNREACHABLE' });
    expect(JSON.stringify(outcome)).not.toContain(telegram.token);
  });

  test('429 says how long, and the edge waits for nobody', async () => {
    const { telegram, chat } = await telegramRig();
    telegram.limitGroups(1);
    await chat.post(inGroup(), note('first'), 'a');
    const began = Date.now();
    const limited = await chat.post(inGroup(), note('second'), 'b');
    expect(limited).toMatchObject({ kind: 'failed', code: 'CHAT_RATE_LIMITED' });
    expect(limited.retryAfterMs).toBeGreaterThan(50_000);
    expect(Date.now() - began).toBeLessThan(1000);
    expect(telegram.calls('sendMessage')).toHaveLength(2);
  });

  test('gone for good: blocked, kicked, no such chat', async () => {
    const { telegram, chat } = await telegramRig();
    telegram.block(ANA);
    telegram.kick(GROUP);
    for (const channel of [String(ANA), String(GROUP), '-77']) {
      const outcome = await chat.post({ platform: 'telegram', channel }, note('x'), 'k');
      expect(outcome).toMatchObject({ kind: 'failed', code: 'CHAT_GONE' });
    }
  });

  test('a group that became a supergroup: posts go to the new id, once', async () => {
    const rig = await telegramRig();
    rig.telegram.migrate(GROUP, -1_009);
    expect(await rig.chat.post(inGroup(), note('moved'), 'k')).toMatchObject({
      value: { channel: String(GROUP), message: expect.stringMatching(/^\d+@-1009$/) },
    });
    expect(rig.telegram.fromBot(-1_009)).toHaveLength(1);
    expect(logText(rig)).toContain('put the new id into the configuration');
  });

  test('an edit that changes nothing is success; one of a lost message is final', async () => {
    const { telegram, chat } = await telegramRig();
    const posted = await chat.post(inGroup(), card(), 'k');
    if (posted.kind !== 'succeeded') throw new Error(posted.message);
    expect(await chat.update(posted.value, card())).toMatchObject({ kind: 'succeeded' });
    expect(await chat.update(posted.value, note('Done', { tone: 'good' }))).toMatchObject({
      kind: 'succeeded',
    });
    expect(telegram.fromBot(GROUP)[0]).toMatchObject({ buttons: [], edits: 1 });
    const lost = { ...posted.value, message: '9999' };
    expect(await chat.update(lost, card())).toMatchObject({ kind: 'failed', code: 'CHAT_GONE' });
  });

  test('outside text mentions nobody and breaks no markup', async () => {
    const { telegram, chat } = await telegramRig();
    const text = `@everyone <b>&amp; @Ana_1 </pre> <a href="tg://user?id=1">x</a> \u202eevil \ud800 @channel`;
    const hostile = note(text, {
      state: text,
      parts: [
        { kind: 'text', text },
        { kind: 'code', text, title: text },
        { kind: 'fields', fields: [{ label: text, value: text }] },
        { kind: 'list', items: [{ text, detail: text, tone: 'bad' }] },
        { kind: 'table', columns: [text], rows: [[{ text, tone: 'good' }]] },
        { kind: 'context', text },
      ],
      actions: [{ label: text, line: text, style: 'plain' }],
    });
    expect(await chat.post(inGroup(), hostile, 'k')).toMatchObject({ kind: 'succeeded' });
    const kinds = telegram.fromBot(GROUP)[0]?.entities.map((one) => one.type) ?? [];
    expect(kinds).toContain('pre');
    expect(kinds.filter((kind) => kind.includes('mention') || kind === 'text_link')).toEqual([]);
  });

  test('only the message’s own mentions mention', async () => {
    const { telegram, chat } = await telegramRig();
    const mentions = [
      { person: 'ben', name: 'Ben', telegram: String(BEN) },
      { person: 'cy', name: 'Cy' },
    ];
    await chat.post(inGroup(), note('x', { mentions }), 'k');
    const [posted] = telegram.fromBot(GROUP);
    expect(posted?.html).toContain(`<a href="tg://user?id=${BEN}">Ben</a>, Cy`);
  });

  test('too long is shortened after parsing, the end of an output and the pointer stay', async () => {
    const { telegram, chat } = await telegramRig();
    const lines = Array.from({ length: 900 }, (_, n) => `<line> & ${n} 😀`).join('\n');
    const long = note('Logs', {
      parts: [{ kind: 'code', text: lines }],
      file: { name: 'app.log', text: lines },
    });
    expect(await chat.post(inGroup(), long, 'k')).toMatchObject({ kind: 'succeeded' });
    const [posted] = telegram.fromBot(GROUP);
    expect(posted?.text.length).toBeGreaterThan(3900);
    expect(posted?.text).toContain('<line> & 899 😀');
    expect(posted?.text).toMatch(/shortened; the whole is in app\.log$/);
  });

  test('a file goes below its message, never empty, with a harmless name', async () => {
    const { telegram, chat } = await telegramRig();
    const posted = await chat.post(inGroup(), note('Logs'), 'k');
    if (posted.kind !== 'succeeded') throw new Error(posted.message);
    const file = { name: 'app "x"\r\n: y.log', text: 'whole' };
    expect(await chat.upload(chat.threadOf(posted.value), file)).toMatchObject({ kind: 'succeeded' });
    await chat.upload(inGroup(), { name: '', text: '' });
    expect(telegram.fromBot(GROUP).slice(1)).toMatchObject([
      { replyTo: Number(posted.value.message), document: { name: 'app_x_y.log', text: 'whole' } },
      { document: { name: 'output.txt', text: '(empty)\n' } },
    ]);
  });
});
