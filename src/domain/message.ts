/** How a thing stands; each renderer shows it as colour, word and icon together. */
export type Tone = 'neutral' | 'waiting' | 'running' | 'good' | 'warning' | 'bad' | 'unknown';

/** Text from people or targets is always data: renderers escape it and it can mention nobody. */
export type Part =
  /** A paragraph; `text` is plain, newlines kept. */
  | { readonly kind: 'text'; readonly text: string }
  /** Label and value pairs in two columns where there is room. */
  | { readonly kind: 'fields'; readonly fields: readonly Field[] }
  /** Output or a command, monospaced, never interpreted. */
  | { readonly kind: 'code'; readonly text: string; readonly title?: string }
  /** Rows of short cells. */
  | {
      readonly kind: 'table';
      readonly columns: readonly string[];
      readonly rows: readonly (readonly Cell[])[];
    }
  /** Lines with a tone each: steps, checks, components. */
  | { readonly kind: 'list'; readonly items: readonly ListItem[] }
  /** Small print: ids, times, links. */
  | { readonly kind: 'context'; readonly text: string };

/** A label with its value. */
export interface Field {
  readonly label: string;
  readonly value: string;
}

/** One cell of a table; with a tone it shows its icon. */
export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

/** One line of a list. */
export interface ListItem {
  readonly text: string;
  readonly tone: Tone;
  readonly detail?: string;
}

/** A button; pressing it is exactly typing its line. */
export interface Action {
  readonly label: string;
  /** What it types, without `/ops`: `approve C-142 3fa94b…`. At most 1,500 characters. */
  readonly line: string;
  readonly style: 'primary' | 'danger' | 'plain';
  /** Asked before it counts, naming target and effect. */
  readonly confirm?: string;
  /** What must be said with it: `What did you find?`; where it cannot be asked for, people type the line. */
  readonly asks?: string;
}

/** Addressed by the platform's own mention; the only way a message mentions anybody. */
export interface Mention {
  /** Person key; the edge gets the account id. */
  readonly person: string;
  readonly name: string;
  readonly slack?: string;
  readonly telegram?: string;
}

/** What Botswain says, before any platform's markup. */
export interface Message {
  /** What and where, at most 150 characters: `Restart karmabot/app in production`. */
  readonly title: string;
  readonly tone: Tone;
  /** The word beside the colour: `awaiting approval`. */
  readonly state?: string;
  readonly parts: readonly Part[];
  readonly actions: readonly Action[];
  readonly mentions?: readonly Mention[];
  /** The whole of a long output, offered as a file beside the message. */
  readonly file?: AttachedFile;
  /** Name of the topic it opens, with its thread inside, in groups that have topics; at most 128 characters. */
  readonly topic?: string;
}

/** A file beside a message; text only. */
export interface AttachedFile {
  readonly name: string;
  readonly text: string;
}
