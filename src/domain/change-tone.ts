import type { ChangeState } from './change.ts';
import type { Tone } from './message.ts';

/** The tone of a change's state, on its card and in lists. */
export const CHANGE_TONES: Readonly<Record<ChangeState, Tone>> = {
  requested: 'waiting',
  'awaiting approval': 'waiting',
  running: 'running',
  verifying: 'running',
  unknown: 'unknown',
  succeeded: 'good',
  'not verified': 'warning',
  failed: 'bad',
  denied: 'bad',
  expired: 'neutral',
  voided: 'neutral',
  cancelled: 'neutral',
};
