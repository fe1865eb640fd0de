import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { inputLine } from '../../../src/executors/receipt-carry.ts';
import { scriptArguments } from '../../../src/executors/receipt-script.ts';

const SHELLS = [['dash'], ['bash', '--posix'], ['bash'], ['busybox', 'sh']] as const;

describe('the transfer script', () => {
  for (const [shell, ...options] of SHELLS)
    it(`under ${[shell, ...options].join(' ')} takes its lines and not one byte more`, () => {
      const bytes = Buffer.concat([Buffer.from('=x\n.\n\0\n'), randomBytes(300_000)]);
      const lines = ['mark-1', '=', ...['cat', '-'].map(inputLine), '.'];
      const input = Buffer.concat([Buffer.from(`${lines.join('\n')}\n`), bytes]);
      const ran = spawnSync(shell, [...options, ...scriptArguments('transfer')], { input });
      expect(ran.status).toBe(0);
      const line = /^mark-1 run \d+\n/.exec(ran.stdout.toString('latin1'))?.[0] ?? '';
      expect(line).not.toBe('');
      expect(ran.stdout.subarray(line.length).equals(bytes)).toBe(true);
      expect(ran.stderr.toString()).toBe('mark-1\n');
    });

  it('runs nothing where its lines were cut off', () => {
    const ran = spawnSync('sh', scriptArguments('transfer'), { input: 'mark-1\n=\n=echo\n=ran\n' });
    expect(ran.status).toBe(125);
    expect(ran.stdout.toString()).toBe('');
  });
});
