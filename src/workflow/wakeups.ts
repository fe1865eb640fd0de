/** A hint that something may be due; may come late, twice or for nothing. What may run is decided in the journal. */
export type Wakeup = 'changes' | 'deliveries' | 'alerts' | 'incidents' | 'status page';

/** Carries hints inside the process. */
export interface Wakeups {
  nudge(wakeup: Wakeup): void;
  /** Calls back at most once a turn of the event loop for any number of hints; returns how to stop. */
  on(wakeup: Wakeup, react: () => void): () => void;
}

/** Hints between the parts of one process. */
export function createWakeups(): Wakeups {
  const listeners = new Map<Wakeup, Set<() => void>>();
  const scheduled = new Set<Wakeup>();
  const fire = (wakeup: Wakeup): void => {
    scheduled.delete(wakeup);
    for (const react of listeners.get(wakeup) ?? []) react();
  };
  return {
    nudge(wakeup) {
      if (scheduled.has(wakeup)) return;
      scheduled.add(wakeup);
      setImmediate(fire, wakeup);
    },
    on(wakeup, react) {
      const set = listeners.get(wakeup) ?? new Set();
      listeners.set(wakeup, set.add(react));
      return () => set.delete(react);
    },
  };
}
