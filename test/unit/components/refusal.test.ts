import { describe, expect, it } from 'vitest';
import { refusal } from '../../../src/components/text/refusal.ts';

describe('what a failed read means', () => {
  it.each([
    [1, 'sudo: a password is required', 'TARGET_SUDO_DENIED'],
    [
      1,
      'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
      'TARGET_LOGIN_FAILED',
    ],
    [
      1,
      'permission denied while trying to connect to the Docker API at unix:///var/run/docker.sock',
      'TARGET_LOGIN_FAILED',
    ],
    [
      1,
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      'TARGET_UNREACHABLE',
    ],
    [
      1,
      "System has not been booted with systemd as init system (PID 1). Can't operate.",
      'TARGET_UNEXPECTED_ANSWER',
    ],
    [
      1,
      "tail: cannot open '/var/log/nginx/access.log' for reading: Permission denied",
      'TARGET_LOGIN_FAILED',
    ],
    [127, 'sh: 1: docker: not found', 'TARGET_NOT_FOUND'],
    [3, 'odd', 'TARGET_COMMAND_FAILED'],
  ])('code %d, %s', (code, stderr, expected) => {
    const told = refusal({ code, stdout: '', stderr, truncated: false, durationMs: 1 }, 'reading app');
    expect(told.code).toBe(expected);
    expect(told.message).toContain(`reading app: ${stderr}`);
    expect(told.remedy).not.toBe('');
  });
});
