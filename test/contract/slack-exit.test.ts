import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('./slack-exit-script.ts', import.meta.url));

describe('a process with the Slack edge in it', () => {
  it.each(['at rest', 'mid-reconnect', 'renewing', 'over HTTP'])(
    'ends by itself with code 0 after stop(): %s',
    async (how) => {
      const ended = await execa(process.execPath, [script, how], { timeout: 15_000, reject: false });
      expect(ended).toMatchObject({ exitCode: 0, stdout: 'stopped', stderr: '', timedOut: false });
    },
  );
});
