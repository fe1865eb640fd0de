/** Work that goes on in the background from the start of the bot to its stop; what is due is in the journal, never in memory. */
export interface Duty {
  /** For the log: `approval reminders`. */
  readonly name: string;
  start(): Promise<void>;
  /** Begins nothing any more and resolves when what runs has ended. */
  stop(): Promise<void>;
}

/** How often, and what. */
export interface Round {
  readonly name: string;
  /** Milliseconds from the end of one round to the beginning of the next. */
  readonly everyMs: number;
  /** Milliseconds from the start to the first round; 0 unless told. */
  readonly firstAfterMs?: number;
  /** One round; whether anything is due is decided inside. */
  readonly run: () => Promise<void>;
  /** A round that broke; the next one comes all the same. */
  readonly onError: (error: unknown) => void;
}

/** A duty in rounds that never overlap; the first comes at the start unless told otherwise. */
export function inRounds({ name, everyMs, firstAfterMs, run, onError }: Round): Duty {
  let timer: NodeJS.Timeout | undefined;
  let under: Promise<void> = Promise.resolve();
  let isStopped = false;
  const round = (): void => {
    under = run()
      .catch(onError)
      .finally(() => {
        if (!isStopped) timer = setTimeout(round, everyMs);
      });
  };
  return {
    name,
    start: async () => {
      if (firstAfterMs === undefined) round();
      else timer = setTimeout(round, firstAfterMs);
    },
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await under;
    },
  };
}

/** A duty in rounds that also comes at once when somebody hints that something is due; hints during a round make one more. */
export function onHints(round: Round, hints: (react: () => void) => () => void): Duty {
  let under: Promise<void> | undefined;
  let again = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let forget: (() => void) | undefined;
  const look = (): void => {
    again = true;
    if (under !== undefined || isStopped) return;
    clearTimeout(timer);
    under = (async () => {
      while (again && !isStopped) {
        again = false;
        await round.run().catch(round.onError);
      }
    })().finally(() => {
      under = undefined;
      if (!isStopped) timer = setTimeout(look, round.everyMs);
    });
  };
  return {
    name: round.name,
    start: async () => {
      forget = hints(look);
      look();
    },
    stop: async () => {
      isStopped = true;
      forget?.();
      clearTimeout(timer);
      await under;
    },
  };
}
