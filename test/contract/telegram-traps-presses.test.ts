import { describe, expect, test } from 'vitest';
import { ANA, BEN, card, GROUP, inGroup, note, started, telegramRig } from './telegram-rig.ts';

describe('presses', () => {
  test('a press types its line; data is a short token; the card knows which one it was', async () => {
    const { telegram, chat, heard } = await telegramRig();
    const posted = await chat.post(inGroup(), card(), 'k');
    if (posted.kind !== 'succeeded') throw new Error(posted.message);
    const data =
      telegram
        .fromBot(GROUP)[0]
        ?.keyboard.flat()
        .map((button) => button.callback_data ?? '') ?? [];
    expect(data.every((one) => one.length <= 64 && !one.includes('approve'))).toBe(true);
    const press = telegram.press({ user: BEN, chat: GROUP, label: 'Approve' });
    expect(await heard()).toMatchObject({
      text: 'approve C-142 3fa94b',
      pressed: posted.value,
      direct: false,
    });
    await chat.update(posted.value, note('Approved by Ben', { tone: 'good' }));
    expect(await press).toEqual({ text: '', alert: false });
  });

  test('a press that waited while nobody asked may be as old as that; one that comes now is not', async () => {
    const startedAt = Date.now();
    let now = startedAt;
    const rig = await telegramRig({ chat: { now: () => now } });
    await rig.chat.post(inGroup(), card(), 'k');
    rig.telegram.say({ user: ANA, chat: GROUP, text: '/ops status' });
    await rig.heard();
    await rig.chat.stop();
    now += 3 * 60 * 60_000;
    void rig.telegram.press({ user: ANA, chat: GROUP, label: 'Deny' });
    await started(rig.again());
    expect(await rig.heard(2)).toMatchObject({ text: expect.stringMatching(/^deny/), saidAt: startedAt });
    void rig.telegram.press({ user: BEN, chat: GROUP, label: 'Deny' });
    expect(await rig.heard(3)).not.toHaveProperty('saidAt');
  });

  test('the spinner ends by itself when nothing is said, also while recording hangs', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { telegram, chat } = await telegramRig({
      chat: { pressPatienceMs: 100 },
      receive: () => held,
    });
    await chat.post(inGroup(), card(), 'k');
    expect(await telegram.press({ user: BEN, chat: GROUP, label: 'Deny' })).toEqual({
      text: '',
      alert: false,
    });
    release();
  });

  test('stopping lets the answer out', async () => {
    const { telegram, chat, heard } = await telegramRig({ chat: { pressPatienceMs: 60_000 } });
    await chat.post(inGroup(), card(), 'k');
    const press = telegram.press({ user: BEN, chat: GROUP, label: 'Approve' });
    await heard();
    await chat.stop();
    expect(await press).toEqual({ text: '', alert: false });
  });

  test('a refusal shows to the presser alone', async () => {
    const { telegram, chat, heard } = await telegramRig();
    await chat.post(inGroup(), card(), 'k');
    const press = telegram.press({ user: ANA, chat: GROUP, label: 'Approve' });
    const refusal = note('You asked for it, so somebody else has to approve', { tone: 'bad' });
    expect(await chat.whisper(await heard(), refusal)).toMatchObject({ kind: 'succeeded' });
    expect(await press).toEqual({
      text: '❌ You asked for it, so somebody else has to approve',
      alert: true,
    });
    expect(telegram.fromBot(GROUP)).toHaveLength(1);
  });

  test('good news pass by as a toast', async () => {
    const { telegram, chat, heard } = await telegramRig();
    await chat.post(inGroup(), card(), 'k');
    const press = telegram.press({ user: BEN, chat: GROUP, label: 'Approve' });
    await chat.whisper(await heard(), note('Your approval counts', { tone: 'good', state: 'approved' }));
    expect(await press).toEqual({ text: '✅ Your approval counts · approved', alert: false });
  });

  test('what an alert cannot hold, or comes too late for one, stands below the card, marked for the presser', async () => {
    const { telegram, chat, heard } = await telegramRig();
    const posted = await chat.post(inGroup(), card(), 'k');
    if (posted.kind !== 'succeeded') throw new Error(posted.message);
    const replyTo = Number(posted.value.message);
    const press = telegram.press({ user: BEN, chat: GROUP, label: 'Approve' });
    const incoming = await heard();
    const long = note('Plan', { parts: [{ kind: 'code', text: 'step\n'.repeat(80) }] });
    await chat.whisper(incoming, long);
    expect((await press).text).toHaveLength(200);
    await telegram.expectMessage({ chat: GROUP, replyTo, text: /^👤 For Ben:\n\nPlan\n\nstep/ });
    await chat.whisper(incoming, note('Later'));
    await telegram.expectMessage({ chat: GROUP, replyTo, text: /^👤 For Ben:\n\nLater$/ });
    expect(telegram.fromBot(GROUP)).toHaveLength(2);
  });

  test('a press that Telegram no longer lets us answer still counts', async () => {
    const { telegram, chat, heard } = await telegramRig({ start: false });
    await chat.post(inGroup(), card(), 'k');
    const { answer } = telegram.beginPress({ user: BEN, chat: GROUP, label: 'Approve' });
    telegram.advance(60_000);
    await started(chat);
    const incoming = await heard();
    expect(incoming.text).toBe('approve C-142 3fa94b');
    await chat.whisper(incoming, note('Recorded'));
    await telegram.expectMessage({ chat: GROUP, text: /For Ben:\n\nRecorded/ });
    expect(await Promise.race([answer, 'nothing'])).toBe('nothing');
  });

  test('a stale button and an inaccessible message still type their line', async () => {
    const { telegram, chat, heard } = await telegramRig();
    const posted = await chat.post(inGroup(), card(), 'k');
    if (posted.kind !== 'succeeded') throw new Error(posted.message);
    const [snapshot] = telegram.fromBot(GROUP);
    if (!snapshot) throw new Error('Nothing was posted.');
    await chat.update(posted.value, note('Denied', { tone: 'bad' }));
    const stale = telegram.press({ user: BEN, chat: GROUP, snapshot, label: 'Approve', inaccessible: true });
    expect(await heard()).toMatchObject({ text: 'approve C-142 3fa94b', pressed: posted.value });
    await chat.update(posted.value, note('Denied', { tone: 'bad' }));
    expect(await stale).toEqual({ text: '', alert: false });
  });

  test('a button of a lost journal says so and does nothing', async () => {
    const { telegram, chat, received } = await telegramRig();
    await chat.post(inGroup(), card(), 'k');
    const [snapshot] = telegram.fromBot(GROUP);
    if (!snapshot) throw new Error('Nothing was posted.');
    const keyboard = [
      [
        { text: 'Old', callback_data: 'd:NEVER_ISSUED' },
        { text: 'Odd', callback_data: '{"x":1}' },
      ],
    ];
    for (const label of ['Old', 'Odd'])
      expect(
        await telegram.press({ user: BEN, chat: GROUP, snapshot: { ...snapshot, keyboard }, label }),
      ).toMatchObject({ alert: true, text: expect.stringContaining('no longer known') });
    expect(received).toEqual([]);
  });

  test('a dangerous button asks first, and Back takes it back', async () => {
    const { telegram, chat, heard, received } = await telegramRig();
    const action = {
      label: 'Stop',
      line: 'stop karmabot',
      style: 'danger',
      confirm: 'Stop karmabot/app?',
    } as const;
    await chat.post(inGroup(), note('Karmabot', { actions: [action] }), 'k');
    const press = (label: string) => telegram.press({ user: BEN, chat: GROUP, label });
    const buttons = () => telegram.fromBot(GROUP)[0]?.keyboard;
    const before = buttons();
    expect(await press('Stop')).toEqual({ text: 'Stop karmabot/app?', alert: true });
    expect(
      buttons()
        ?.flat()
        .map((one) => one.text),
    ).toEqual(['Yes, Stop', 'Back']);
    await press('Back');
    expect(buttons()).toEqual(before);
    await press('Stop');
    const yes = press('Yes, Stop');
    expect((await heard()).text).toBe('stop karmabot');
    await yes;
    expect(received).toHaveLength(1);
  });

  test('the question holds for a minute, across a restart', async () => {
    let now = Date.now();
    const { telegram, chat, received, again } = await telegramRig({ chat: { now: () => now } });
    const action = { label: 'Stop', line: 'stop karmabot', style: 'danger', confirm: 'Sure?' } as const;
    await chat.post(inGroup(), note('Karmabot', { actions: [action] }), 'k');
    await telegram.press({ user: BEN, chat: GROUP, label: 'Stop' });
    await chat.stop();
    await started(again());
    now += 62_000;
    const late = await telegram.press({ user: BEN, chat: GROUP, label: 'Yes, Stop' });
    expect(late.text).toContain('more than a minute old');
    expect(telegram.fromBot(GROUP)[0]?.buttons).toEqual(['Stop']);
    expect(received).toEqual([]);
  });
});
