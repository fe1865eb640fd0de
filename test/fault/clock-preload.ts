import { readFileSync } from 'node:fs';

/**
 * Loaded before a bot under test (`NODE_OPTIONS=--import …`): its wall clock is off by what the file BOTSWAIN_TEST_CLOCK
 * says in milliseconds, and may be set at any moment. The steady clock and all timers stay as they are, as when somebody
 * sets the clock of a machine.
 */
const path = process.env.BOTSWAIN_TEST_CLOCK ?? '';
const RealDate = Date;
const READ_EVERY_MS = 5;
let shift = 0;
let readAt = Number.NEGATIVE_INFINITY;

function now(): number {
  const at = performance.now();
  if (at - readAt >= READ_EVERY_MS) {
    readAt = at;
    try {
      shift = Number(readFileSync(path, 'utf8'));
    } catch {
      shift = 0;
    }
  }
  return RealDate.now() + shift;
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) =>
    Reflect.construct(
      target,
      given.length === 0 ? [now()] : given,
      newTarget === globalThis.Date ? target : newTarget,
    ),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
});
