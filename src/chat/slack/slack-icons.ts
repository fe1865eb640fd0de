import type { Tone } from '../../domain/message.ts';

/** Form and colour together, so that neither is alone; the word stands beside it. */
export const ICONS: Readonly<Record<Tone, string>> = {
  neutral: '▫️',
  waiting: '⏳',
  running: '🔄',
  good: '✅',
  warning: '⚠️',
  bad: '❌',
  unknown: '❓',
};
