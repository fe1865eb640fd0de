import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWith } from '../rig/rig.ts';

describeWith(['strace'], 'the journal under strace', () => {
  it('flushes to the disk before it says that anything is committed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'store-fsync-'));
    try {
      const trace = join(folder, 'trace');
      const committer = join(import.meta.dirname, 'store-committer.ts');
      const { status } = spawnSync(
        'strace',
        [
          '-f',
          '-e',
          'trace=fsync,fdatasync,write',
          '-o',
          trace,
          process.execPath,
          committer,
          join(folder, 'data'),
        ],
        { encoding: 'utf8' },
      );
      expect(status).toBe(0);
      const calls = (await readFile(trace, 'utf8')).split('\n');
      const flushed: number[] = [];
      let flushes = 0;
      for (const call of calls) {
        if (/ (fsync|fdatasync)\(/.test(call)) flushes += 1;
        if (!call.includes('"committed ')) continue;
        flushed.push(flushes);
        flushes = 0;
      }
      expect(flushed).toHaveLength(100);
      expect(flushed.filter((count) => count === 0)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
