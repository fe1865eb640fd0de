import { expect, it } from 'vitest';
import { Absence } from '../../../src/chat/telegram/telegram-absence.ts';
import { NOON } from '../../contract/journal-samples.ts';

const MINUTE = 60_000;
const absence = (heard: number | undefined, restoredAt?: number): Absence =>
  new Absence({
    ports: {
      heard: { until: async () => heard, note: async () => {}, restoredAt: () => restoredAt },
      log: () => {},
    },
    now: () => NOON,
    longMs: 15 * MINUTE,
  });

it('says how old what waits may be: after a long time, and after a restore however short it was', async () => {
  expect(await absence(undefined).since()).toBeUndefined();
  expect(await absence(NOON - MINUTE).since()).toBeUndefined();
  expect(await absence(NOON - 16 * MINUTE).since()).toBe(NOON - 16 * MINUTE);
  const restored = absence(NOON - 2 * MINUTE, NOON - MINUTE);
  expect(await restored.since()).toBe(NOON - 2 * MINUTE);
  await restored.heardAll(NOON);
  expect(await restored.since()).toBeUndefined();
  expect(await absence(NOON - MINUTE, NOON - 2 * MINUTE).since()).toBeUndefined();
});
