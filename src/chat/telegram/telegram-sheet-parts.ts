import type { Action, Message, Part } from '../../domain/message.ts';

/** Where somebody stands in a picker; absent = not chosen yet. */
export interface Spot {
  readonly verb?: string | undefined;
  /** A service with its environment; its components are being chosen. */
  readonly service?: string | undefined;
  /** What the verb is about; empty = nothing in particular. */
  readonly subject?: string | undefined;
  /** Flags that were typed with the verb. */
  readonly flags?: string | undefined;
  readonly page?: number | undefined;
}

/** What a button of a picker does. */
export type Move =
  | { readonly kind: 'show'; readonly spot: Spot }
  /** Types the line; `stays` = the picker is not over by that. */
  | { readonly kind: 'run'; readonly line: string; readonly stays?: boolean | undefined }
  | { readonly kind: 'close' };

/** One step of a picker: what it says, and what each of its message's actions does. */
export interface Sheet {
  readonly message: Message;
  readonly moves: readonly Move[];
  /** Which actions begin a row of buttons, so that a thumb on a choice does not meet Back or Close. */
  readonly rows: readonly number[];
}

/** A button with what it does; `row` = it begins a row. */
export interface Choice {
  readonly label: string;
  readonly move: Move;
  readonly style?: Action['style'];
  readonly row?: 'new';
}

/** Choices on one sheet of subjects; beside them stand Back, Close and the ways to other pages. */
export const PAGE = 8;
const CLOSE: Choice = { label: 'Close', move: { kind: 'close' } };

/** Which page of how many, and what stands below every page. */
export interface Paging {
  readonly page: number | undefined;
  readonly spot?: Spot;
  readonly size?: number;
  readonly back: readonly Choice[];
}

/** One page of choices, the ways to the others, and Back and Close. */
export function paged(
  choices: readonly Choice[],
  { page, spot = {}, size = PAGE, back: backward }: Paging,
): readonly Choice[] {
  const at = pageOf(page, choices.length, size);
  const from = at * size;
  const to = (next: number): Move => ({ kind: 'show', spot: { ...spot, page: next } });
  const last = Math.min(choices.length, from + size);
  const pages: readonly Choice[] = [
    ...(from > 0 ? [{ label: '‹ Earlier', move: to(at - 1) }] : []),
    ...(last < choices.length ? [{ label: `More (${last} of ${choices.length}) ›`, move: to(at + 1) }] : []),
  ];
  return [...choices.slice(from, last), ...beginningRow(pages), ...closing(backward)];
}

const beginningRow = ([first, ...others]: readonly Choice[]): readonly Choice[] =>
  first === undefined ? [] : [{ ...first, row: 'new' }, ...others];

/** Back and Close in a row of their own. */
export const closing = (backward: readonly Choice[]): readonly Choice[] => beginningRow([...backward, CLOSE]);

/** The page that is shown: the last one when there are fewer than before. */
export const pageOf = (page: number | undefined, count: number, size: number): number =>
  Math.min(page ?? 0, Math.max(0, Math.ceil(count / size) - 1));

/** The way back to a spot. */
export const back = (spot: Spot): readonly Choice[] => [{ label: '‹ Back', move: { kind: 'show', spot } }];

/** A sheet with these choices as its buttons. */
export function sheet(title: string, parts: readonly Part[], choices: readonly Choice[]): Sheet {
  const actions = choices.map(({ label, style = 'plain' }): Action => ({ label, line: '', style }));
  return {
    message: { title, tone: 'neutral', parts, actions },
    moves: choices.map(({ move }) => move),
    rows: choices.flatMap(({ row }, index) => (row === 'new' ? [index] : [])),
  };
}
