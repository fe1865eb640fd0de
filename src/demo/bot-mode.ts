/** How a demo bot behaves from its next start on; what `<component>.mode` in its folder says. */
export const BOT_MODES = ['ok', 'crash', 'broken', 'slow'] as const;

/** One of {@link BOT_MODES}: well; ends after a second; runs and answers 503; answers 503 for its first six seconds. */
export type BotMode = (typeof BOT_MODES)[number];

/** A mode file as read. */
export interface ModeFile {
  readonly mode: BotMode;
  /** `crash once`: the start after that one is well again. */
  readonly once: boolean;
}

/** Reads the text of a mode file; what is absent or not understood means well. */
export function readMode(text: string): ModeFile {
  const [word, often] = text.trim().toLowerCase().split(/\s+/);
  return { mode: BOT_MODES.find((mode) => mode === word) ?? 'ok', once: often === 'once' };
}
