import type { Tone } from '../domain/message.ts';

/** Something to choose in a picker. */
export interface PickerChoice {
  /** What is typed: `karmabot/app@production`, `C-142`. */
  readonly name: string;
  readonly summary?: string;
  readonly tone?: Tone;
}

/** A flag of a verb. */
export interface PickerOption {
  /** `--tail` */
  readonly flag: string;
  readonly summary: string;
  /** Absent = the flag takes no value; `text` = any; else one of these. */
  readonly value?: 'text' | readonly string[];
  /** Asked before the line may run. */
  readonly required?: boolean;
}

/** A verb this person may run. */
export interface PickerVerb {
  readonly name: string;
  readonly summary: string;
  readonly risk: 'read' | 'change' | 'destructive';
  readonly subject: 'none' | 'optional' | 'one' | 'several';
  /** What may be named; absent = {@link Picker.subjects}. */
  readonly choices?: readonly PickerChoice[];
  readonly options: readonly PickerOption[];
}

/** What a picker offers: verb, then subject, then options. */
export interface Picker {
  readonly verbs: readonly PickerVerb[];
  readonly subjects: readonly PickerChoice[];
}
