import type { Change } from '../domain/change.ts';
import type { ChangeFilter } from './change-book.ts';
import type { Journal } from './journal.ts';

/** Changes read at once. */
const PAGE = 200;

/** Every change that fits, whoever asked first comes first; however many there are, none keeps another from its turn. */
export async function* everyChange(
  { changes }: Pick<Journal, 'changes'>,
  filter: Pick<ChangeFilter, 'states' | 'startsBy'>,
): AsyncGenerator<Change> {
  for (let after: string | undefined; ; ) {
    const page = await changes.list({
      ...filter,
      oldestFirst: true,
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    yield* page;
    after = page.at(-1)?.id;
    if (page.length < PAGE) return;
  }
}

/** What the engine has to look at now: what is unknown, what may start by its time, and what waits for approval. */
export async function* dueChanges(journal: Pick<Journal, 'changes'>, now: number): AsyncGenerator<Change> {
  yield* everyChange(journal, { states: ['unknown'] });
  yield* everyChange(journal, { states: ['requested'], startsBy: now });
  yield* everyChange(journal, { states: ['awaiting approval'] });
}
