import { describe, expect, it } from 'vitest';
import { refuseHost, refuseOrigin } from '../../../src/web/allowed.ts';
import { LineRate } from '../../../src/web/console/rate.ts';
import { lineOf, nextItems } from '../../../src/web/public/palette-steps.js';
import { picker } from '../../fakes/console/sample-fleet.ts';

describe('hosts and origins', () => {
  it('allows loopback under any port, and the names given', () => {
    for (const host of [
      'localhost',
      'localhost:1',
      '127.0.0.1:3001',
      '[::1]',
      '[::1]:3001',
      'Ops.Example:80',
    ]) {
      expect(refuseHost(host, ['ops.example']), host).toBeUndefined();
    }
    for (const host of [
      undefined,
      '',
      'ops.example.evil',
      '127.0.0.2',
      '::1',
      'localhost:80:80',
      'a@localhost',
    ]) {
      expect(refuseHost(host, ['ops.example'])?.status, host).toBe(421);
    }
  });

  it('takes a write only from the very host it is sent to', () => {
    expect(refuseOrigin('http://localhost:3001', 'localhost:3001')).toBeUndefined();
    expect(refuseOrigin('https://ops.example', 'ops.example')).toBeUndefined();
    for (const origin of [
      undefined,
      'null',
      '',
      'http://localhost',
      'http://localhost:3001.evil',
      'localhost:3001',
    ]) {
      expect(refuseOrigin(origin, 'localhost:3001')?.status, origin).toBe(403);
    }
    expect(refuseOrigin('http://undefined', undefined)?.status).toBe(403);
  });
});

describe('the rate of lines', () => {
  it('lets a burst through, then one in a while, each person on their own', () => {
    let now = 0;
    const rate = new LineRate({ burst: 2, perSecond: 0.5 }, () => now);
    expect([rate.take('ana'), rate.take('ana'), rate.take('ana'), rate.take('ben')]).toEqual([0, 0, 2000, 0]);
    now = 1999;
    expect(rate.take('ana')).toBeGreaterThan(0);
    now = 2000;
    expect(rate.take('ana')).toBe(0);
    now = 3_600_000;
    expect([rate.take('ana'), rate.take('ana'), rate.take('ana')]).toEqual([0, 0, 2000]);
  });
});

describe('the palette', () => {
  type Picked = Parameters<typeof nextItems>[1];
  const start: Picked = { subjects: [], options: [] };

  /** Types each text and takes the first item offered for it; gives the items offered after the last. */
  function walk(...texts: readonly string[]) {
    let picked = start;
    for (const text of texts) {
      const [item] = nextItems(picker, picked, text).items;
      if (item?.kind !== 'step') throw new Error(`${text} led to ${item?.kind}`);
      picked = item.next;
    }
    return { picked, items: nextItems(picker, picked, '').items };
  }

  it('leads from verb over subjects and options to a line', () => {
    const { items } = walk('rest', 'mongo', 'app@', 'that is all', '--reason', 'disk "full" at 3', '--dry');
    expect(items[0]).toMatchObject({
      kind: 'run',
      mark: 'change',
      line: `restart karmabot/mongodb@production karmabot/app@production --reason "disk 'full' at 3" --dry-run`,
    });
  });

  it('asks no subject where none is taken, and lets an optional one go', () => {
    expect(walk('waiting').items[0]).toMatchObject({ kind: 'run', line: 'waiting' });
    expect(walk('status', 'everything').items[0]).toMatchObject({ kind: 'run', line: 'status' });
    expect(walk('logs', 'pollbot', '--since', '1h').items[0]).toMatchObject({
      line: 'logs pollbot/web@production --since 1h',
    });
  });

  it('runs nothing before a required option is given', () => {
    const { items } = walk('stop', 'pollbot', 'that is all');
    expect(items.map(({ kind, name }) => [kind, name])).toEqual([['step', '--reason']]);
    expect(walk('stop', 'pollbot', 'that is all', '--reason', 'why').items[0]).toMatchObject({ kind: 'run' });
  });

  it('finds by every word typed, names first', () => {
    const names = (text: string) => nextItems(picker, start, text).items.map(({ name }) => name);
    expect(names('st')).toEqual(['status', 'stop', 'restart', 'logs']);
    expect(names('waits me')).toEqual(['waiting']);
    expect(names('zzz')).toEqual([]);
    expect(nextItems(picker, start, 'zzz').foot).toBe('Nothing matches.');
  });

  it('says the line so far', () => {
    expect(nextItems(picker, walk('rest', 'app@').picked, '').said).toBe(
      '/ops restart karmabot/app@production',
    );
    expect(lineOf(start)).toBe('');
  });
});
