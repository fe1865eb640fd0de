import type { ComponentRef } from './fleet.ts';

/** How often something may be tried before a person has to look; absent keys match everything. */
export interface BudgetRule {
  readonly verb: readonly string[];
  readonly service?: readonly string[];
  readonly environment?: readonly string[];
  readonly component?: readonly string[];
  /** So many tries of one verb on one component, at least 1 … */
  readonly tries: number;
  /** … within so many milliseconds. */
  readonly withinMs: number;
  /** Milliseconds after the last try until one more is allowed; when that one is verified the budget is full again. */
  readonly restMs: number;
}

/** One time that a verb was tried on a component: by a change that began there. */
export interface Try {
  readonly change: string;
  /** Person key of who asked for it. */
  readonly by: string;
  /** When it started, epoch milliseconds. */
  readonly at: number;
  readonly result: 'verified' | 'not verified' | 'under way';
}

/** What is left of a budget. */
export type BudgetStanding =
  | { readonly kind: 'open'; readonly left: number }
  | (Spent & { readonly kind: 'half-open' })
  /** `recoversAt` is missing while a try is under way: it depends on how that ends. */
  | (Spent & { readonly kind: 'exhausted'; readonly recoversAt?: number });

interface Spent {
  /** When the try began that used up the rest, epoch milliseconds. */
  readonly since: number;
  /** All tries since the budget was full, oldest first. */
  readonly tries: readonly Try[];
}

const matches = (wanted: readonly string[] | undefined, actual: string): boolean =>
  wanted?.includes(actual) ?? true;

/** The rule for a verb on a component; first match wins, undefined = it may be tried for ever. */
export const budgetFor = (
  rules: readonly BudgetRule[],
  verb: string,
  { service, environment, component }: ComponentRef,
): BudgetRule | undefined =>
  rules.find(
    (rule) =>
      rule.verb.includes(verb) &&
      matches(rule.service, service) &&
      matches(rule.environment, environment) &&
      matches(rule.component, component),
  );

/** What one knows after a try: those since the budget was full, and since when it is exhausted. */
interface Book {
  readonly tries: readonly Try[];
  readonly since: number | undefined;
}

const FULL: Book = { tries: [], since: undefined };

const lastOf = ({ tries }: Book): number => tries.at(-1)?.at ?? Number.NEGATIVE_INFINITY;

/** Forgets what is too long ago to count: single tries, or all of it when nobody has tried for long enough. */
function aged(rule: BudgetRule, book: Book, at: number): Book {
  if (book.since !== undefined)
    return at - lastOf(book) >= Math.max(rule.withinMs, rule.restMs) ? FULL : book;
  return { ...book, tries: book.tries.filter((earlier) => at - earlier.at < rule.withinMs) };
}

function after(rule: BudgetRule, before: Book, next: Try): Book {
  const book = aged(rule, before, next.at);
  // It was tried again in spite of being exhausted, and it worked: the trouble is over.
  if (book.since !== undefined && next.result === 'verified') return FULL;
  const tries = [...book.tries, next];
  const isUsedUp = book.since === undefined && tries.length >= rule.tries;
  return { tries, since: isUsedUp ? next.at : book.since };
}

/**
 * Where a budget stands at a moment (epoch milliseconds). Every try counts, also those that were verified. A try that lies
 * ahead, because the clock was set back, counts as made now: that waits longer, never shorter.
 */
export function budgetStanding(rule: BudgetRule, tries: readonly Try[], now: number): BudgetStanding {
  const inOrder = tries
    .map((each) => ({ ...each, at: Math.min(each.at, now) }))
    .toSorted((a, b) => a.at - b.at);
  const book = aged(
    rule,
    inOrder.reduce((before, next) => after(rule, before, next), FULL),
    now,
  );
  const { since } = book;
  if (since === undefined) return { kind: 'open', left: rule.tries - book.tries.length };
  const spent = { since, tries: book.tries };
  if (book.tries.some(({ result }) => result === 'under way')) return { kind: 'exhausted', ...spent };
  const recoversAt = lastOf(book) + rule.restMs;
  return now >= recoversAt ? { kind: 'half-open', ...spent } : { kind: 'exhausted', ...spent, recoversAt };
}
