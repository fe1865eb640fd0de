import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ana, MINUTE, StatusBench } from './status-bench.ts';

describe('the way to the pages', () => {
  let bench: StatusBench;
  beforeEach(async () => {
    bench = await StatusBench.open();
    await bench.incident();
  });
  afterEach(() => bench.remove());

  it('tells what a crash kept it from telling, once', async () => {
    const { button } = await bench.preview(ana, 'publish INC-1 investigating');
    const { incidents } = bench.journal;
    const isolated = bench.journal;
    bench.journal = {
      ...isolated,
      incidents: { ...incidents, write: () => Promise.reject(new Error('killed')) },
    };
    await expect(bench.type(ana, button)).rejects.toThrow('killed');
    bench.journal = isolated;
    await bench.restart();
    const entries = async () =>
      (await bench.journal.incidents.timeline('INC-1')).filter(({ kind }) => kind === 'status update');
    expect(await entries()).toHaveLength(0);
    await bench.round();
    await bench.round();
    expect(await entries()).toHaveLength(1);
    expect(bench.elsewhere.taken).toHaveLength(1);
  });

  it('keeps trying where a page does not answer, says so, and says when it is through', async () => {
    bench.elsewhere.answer = { kind: 'later', why: 'no answer came' };
    await bench.type(ana, (await bench.preview(ana, 'publish INC-1 investigating')).button);
    const said = async () =>
      (await bench.journal.incidents.timeline('INC-1'))
        .filter(({ kind, actor }) => kind === 'status update' && actor === 'botswain')
        .map(({ text }) => text);
    for (let round = 0; round < 3; round += 1) {
      await bench.round();
      bench.now += MINUTE;
    }
    expect(await said()).toEqual([]);
    await bench.round();
    expect(await said()).toEqual([expect.stringContaining('publish INC-1 retry')]);
    await bench.type(ana, (await bench.preview(ana, 'publish INC-1 identified')).button);
    bench.elsewhere.answer = { kind: 'published', remoteId: 'r7' };
    bench.elsewhere.taken.length = 0;
    bench.now += 10 * MINUTE;
    await bench.round();
    expect(bench.elsewhere.taken.map(({ update, remoteId }) => [update.number, remoteId])).toEqual([
      [1, undefined],
      [2, 'r7'],
    ]);
    expect(await said()).toHaveLength(2);
  });

  it('gives up what a page refuses, until somebody has mended it', async () => {
    bench.elsewhere.answer = { kind: 'refused', why: 'the key is wrong', remedy: 'Set another.' };
    await bench.type(ana, (await bench.preview(ana, 'publish INC-1 investigating')).button);
    await bench.round();
    bench.now += 60 * MINUTE;
    await bench.round();
    expect(bench.elsewhere.taken).toHaveLength(1);
    bench.elsewhere.answer = { kind: 'published' };
    expect(await bench.type(ana, 'publish INC-1 retry')).toMatchObject({
      parts: [{ text: 'INC-1 is on its way again (1).' }],
    });
    await bench.round();
    expect(bench.elsewhere.taken).toHaveLength(2);
  });
});
