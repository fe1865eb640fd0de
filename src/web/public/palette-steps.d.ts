import type { Picker, PickerOption, PickerVerb } from '../../chat/picker.ts';

/** What was chosen so far. */
export interface Picked {
  readonly verb?: PickerVerb;
  readonly subjects: readonly string[];
  /** Whether the subjects are complete. */
  readonly named?: boolean;
  readonly options: readonly { readonly flag: string; readonly value?: string }[];
  /** The option that wants its value now. */
  readonly asking?: PickerOption;
}

/** One thing to choose next: a further step, or an end. */
export type Item = {
  readonly name: string;
  readonly summary?: string;
  readonly tone?: string;
  /** A word at the end of the row: a risk, `required`. */
  readonly mark?: string;
} & (
  | { readonly kind: 'step'; readonly next: Picked }
  | { readonly kind: 'run' | 'edit'; readonly line: string }
);

/** What the palette shows. */
export interface Step {
  readonly items: readonly Item[];
  readonly prompt: string;
  readonly foot: string;
  /** The line so far, with `/ops`. */
  readonly said: string;
}

/** What to choose next; `text` is what was typed into the palette. */
export declare function nextItems(picker: Picker, picked: Picked, text: string): Step;

/** The line as it would be typed. */
export declare function lineOf(picked: Picked): string;
