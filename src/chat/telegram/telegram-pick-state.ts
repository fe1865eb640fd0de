import { z } from 'zod';
import type { Move } from './telegram-sheet-parts.ts';

/** What the buttons of one picker sheet stand for; kept behind a token, so that a restart loses nothing. */
export interface PickState {
  /** User id of the only one who may press. */
  readonly by: string;
  /** The thread in which the picker was opened; the picked line comes from there. */
  readonly thread?: string | undefined;
  readonly moves: readonly Move[];
}

/** Begins the text behind a picker's token; no typed line has it. */
const MARK = '\u001epick ';

const spot = z.object({
  verb: z.string().optional(),
  service: z.string().optional(),
  subject: z.string().optional(),
  flags: z.string().optional(),
  page: z.int().min(0).optional(),
});

const move = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('show'), spot }),
  z.object({ kind: z.literal('run'), line: z.string(), stays: z.boolean().optional() }),
  z.object({ kind: z.literal('close') }),
]);

const state = z.object({ by: z.string(), thread: z.string().optional(), moves: z.array(move) });

/** True for a text that no button but a picker's may stand for. */
export function isPickText(text: string): boolean {
  return text.startsWith(MARK);
}

/** A picker's state as the text behind its token. */
export function writePick(pick: PickState): string {
  return `${MARK}${JSON.stringify(pick)}`;
}

/** Reads it back; undefined when it is none, or one of a version that wrote it otherwise. */
export function readPick(text: string): PickState | undefined {
  if (!isPickText(text)) return undefined;
  try {
    const read = state.safeParse(JSON.parse(text.slice(MARK.length)));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}
