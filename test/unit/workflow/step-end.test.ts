import { describe, expect, it } from 'vitest';
import { succeeded } from '../../../src/domain/outcome.ts';
import { endOf } from '../../../src/workflow/step-end.ts';
import { component } from '../../contract/journal-samples.ts';

const step = {
  id: '1',
  title: 'restart unit shop',
  component: component('shop/app'),
  target: 'server',
  effect: 'change',
  call: { kind: 'argv', argv: ['systemctl', 'restart', 'shop'] },
  deadlineMs: 1_000,
  outputCapBytes: 1_000,
  acceptedCodes: [0],
} as const;

/** What a card says of a step that ended with code 1 and this on stderr. */
function said(stderr: string): string | undefined {
  const ended = succeeded({ code: 1, stdout: '', stderr, truncated: false, durationMs: 1 });
  return endOf(step, ended, { now: () => 0, redact: (text) => text }).message;
}

describe('a step that failed', () => {
  it.each([
    ['git: no such file\nfatal: not a repository\n', ': fatal: not a repository'],
    ['', ''],
    [
      'Job for shop.service failed because the control process exited with error code.\nSee "systemctl status shop.service" and "journalctl -xeu shop.service" for details.\n',
      ': Job for shop.service failed because the control process exited with error code.',
    ],
    [
      'Job for shop.service failed because start of the service was attempted too often.\nSee "systemctl status shop.service" for details.\nTo force a start use "systemctl reset-failed shop.service"\nfollowed by "systemctl start shop.service" again.',
      ': Job for shop.service failed because start of the service was attempted too often.',
    ],
    [
      'See "systemctl status shop.service" for details.',
      ': See "systemctl status shop.service" for details.',
    ],
  ])('says why, and not only where to look: %j', (stderr, words) => {
    expect(said(stderr)).toBe(`it ended with code 1${words}`);
  });
});
