import { failed, unknown } from '../domain/outcome.ts';
import type { Executor } from '../executors/executor.ts';
import { within } from './patience.ts';

/** Milliseconds an executor gets beyond the deadline that it should keep itself. */
const GRACE_MS = 5000;

/** Milliseconds for what is given no deadline: looking just before a step, and asking what became of one. */
const LOOK_MS = 60_000;

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

/**
 * An executor of which nothing is waited for longer than was said: one that hangs must not hold its change, its lock and
 * the stop of the bot for ever. What might have altered something is `unknown` then, and its target is asked.
 */
export function boundedExecutor(executor: Executor): Executor {
  const { openStream, forward, transfer } = executor;
  return {
    async run(request) {
      const ms = request.deadlineMs + GRACE_MS;
      const outcome = await within(executor.run(request), ms);
      if (outcome !== undefined) return outcome;
      const why = `${request.target.name} gave no answer within ${seconds(ms)}, and what reaches it hangs`;
      return request.receipt === undefined ? failed('TARGET_TIMEOUT', why) : unknown('TARGET_TIMEOUT', why);
    },
    async observe(target, call) {
      const observed = await within(executor.observe(target, call), LOOK_MS);
      return observed ?? failed('TARGET_TIMEOUT', `${target.name} gave no answer within ${seconds(LOOK_MS)}`);
    },
    async reconcile(question) {
      const said = await within(executor.reconcile(question), LOOK_MS);
      const why = `${question.target.name} gave no answer within ${seconds(LOOK_MS)}`;
      return said ?? { kind: 'unreachable', why };
    },
    describe: (target) => executor.describe(target),
    close: () => executor.close(),
    // It keeps its own deadline: a dump may take hours.
    ...(transfer === undefined ? {} : { transfer: (request) => transfer.call(executor, request) }),
    ...(forward === undefined
      ? {}
      : { forward: (target, host, port) => forward.call(executor, target, host, port) }),
    ...(openStream === undefined
      ? {}
      : { openStream: (target, argv) => openStream.call(executor, target, argv) }),
  };
}
