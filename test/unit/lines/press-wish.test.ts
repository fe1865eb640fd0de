import { describe, expect, it } from 'vitest';
import { privately } from '../../../src/dispatch/answers.ts';
import { defineRecord } from '../../../src/dispatch/command.ts';
import { succeeded } from '../../../src/domain/outcome.ts';
import { changeAudit } from '../../../src/workflow/change-ending.ts';
import { StoreError } from '../../../src/workflow/journal.ts';
import { incoming, NOON } from '../../contract/journal-samples.ts';
import { press, receiverBench } from './receiver-bench.ts';

const MINUTE_MS = 60_000;

describe('one wish', () => {
  const bench = receiverBench();
  const said = () => bench.told.map(({ message }) => message.title);

  async function end(id: string): Promise<void> {
    const change = await bench.journal.changes.find(id);
    if (change === undefined) throw new Error(`there is no ${id}`);
    const move = { to: 'cancelled', patch: { endedAt: NOON } } as const;
    const audit = changeAudit(change, 'change cancelled', { at: NOON });
    await bench.journal.changes.move(id, ['requested'], { ...move, audit });
  }

  it('five presses of one button are one change, and the presser is told which', async () => {
    const shown: string[] = [];
    const receiver = bench.boot({ publish: async (id) => void shown.push(id) });
    await receiver.receive(press('telegram:1'));
    await Promise.all(['2', '3', '4', '5'].map((id) => receiver.receive(press(`telegram:${id}`))));
    await receiver.drain(5_000);
    await bench.settled();
    expect(await bench.changes()).toEqual(['C-1']);
    expect(said()).toEqual(Array(4).fill('That button made C-1 already'));
    expect(shown).toEqual(Array(5).fill('C-1'));
  });

  it('a card that somebody else presses, and another card, are other wishes', async () => {
    const receiver = bench.boot();
    await receiver.receive(press('a'));
    const other = { platform: 'slack', channel: 'C0OPS', message: '1700000000.000200' } as const;
    await receiver.receive(press('b', { pressed: other }));
    await receiver.receive(incoming('c', 'restart'));
    await receiver.drain(5_000);
    expect(await bench.changes()).toEqual(['C-1', 'C-2', 'C-3']);
  });

  it('the same button asks anew once its change has ended, but not for a tired finger', async () => {
    let now = NOON;
    const receiver = bench.boot({ now: () => now });
    await receiver.receive(press('a'));
    await receiver.drain(5_000);
    await end('C-1');
    await receiver.receive(press('b'));
    await receiver.drain(5_000);
    expect(await bench.changes()).toEqual(['C-1']);
    now += 2 * MINUTE_MS;
    await receiver.receive(press('c'));
    await receiver.drain(5_000);
    expect(await bench.changes()).toEqual(['C-1', 'C-2']);
    await receiver.receive(press('d'));
    await receiver.drain(5_000);
    expect(said()).toEqual(['That button made C-1 already', 'That button made C-2 already']);
  });

  it('a press that a crash cut off behind its change is no second one, also when that has ended', async () => {
    const breaks = bench.boot({ publish: () => new Promise(() => {}) });
    await breaks.receive(press('a'));
    await expect.poll(bench.changes).toEqual(['C-1']);
    await end('C-1');
    await bench.boot({ now: () => NOON + 20 * MINUTE_MS }).resume();
    await bench.settled();
    expect(await bench.changes()).toEqual(['C-1']);
    expect(said()).toEqual(['That button made C-1 already']);
  });

  it('a press that waited for long is refused as late', async () => {
    const receiver = bench.boot();
    await receiver.receive(press('a', { saidAt: NOON - 3 * 60 * MINUTE_MS }));
    await receiver.drain(5_000);
    expect(await bench.changes()).toEqual([]);
    expect(JSON.stringify(bench.told)).toMatch(/when you pressed this, up to 180 minutes ago/);
  });

  it('says that a change was recorded when only showing it broke', async () => {
    const errors: unknown[] = [];
    const publish = () => Promise.reject(new Error('the card cannot be drawn'));
    const receiver = bench.boot({ publish, onError: (error) => errors.push(error) });
    await receiver.receive(incoming('a', 'restart'));
    await receiver.drain(5_000);
    expect(errors).toHaveLength(1);
    expect(said()).toEqual(['It was recorded as C-1']);
    await bench.settled();
  });

  it('says that a decision counts when only the row of its line was refused', async () => {
    const vote = defineRecord({
      name: 'vote',
      summary: 'decide',
      examples: ['vote'],
      subjects: 'none',
      arguments: {},
      open: 'judges itself',
      preview: async () => succeeded('It would vote.'),
      apply: async () => {
        bench.journal.audit.append = () => Promise.reject(new StoreError('STORE_FULL', 'the disk is full'));
        return succeeded(privately('Voted', 'You approved C-1.'));
      },
    });
    const receiver = bench.boot({ commands: [vote] });
    await receiver.receive(incoming('a', 'vote'));
    await receiver.drain(5_000);
    expect(said()).toEqual(['Voted']);
    expect(JSON.stringify(bench.told)).toMatch(/What this says counts, .*: the disk is full/);
  });
});
