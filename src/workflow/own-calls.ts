import type { Call } from '../domain/call.ts';
import { succeeded } from '../domain/outcome.ts';
import type { Executor } from '../executors/executor.ts';
import type { Effects } from './fleet.ts';

/** How Botswain itself carries out a kind of call: waiting, asking a person, streaming a backup. Never throws for what the world does. */
export type OwnExecutor = Pick<Executor, 'run' | 'observe' | 'reconcile'>;

/** What Botswain carries out itself, by kind of call; the others go to the executor of their target. */
export type OwnExecutors = Partial<Readonly<Record<Call['kind'], OwnExecutor>>>;

/** Effects of which some kinds of call are Botswain's own; where a step stands is still said by its target's executor. */
export const withOwn = (effects: Effects, own: OwnExecutors): Effects => ({
  executorOf(target, call) {
    const executor = effects.executorOf(target, call);
    const mine = own[call.kind];
    if (executor.kind !== 'succeeded' || mine === undefined) return executor;
    const { value } = executor;
    return succeeded({
      describe: (place) => value.describe(place),
      close: () => value.close(),
      run: (request) => mine.run(request),
      observe: (place, asked) => mine.observe(place, asked),
      reconcile: (question) => mine.reconcile(question),
    });
  },
});
