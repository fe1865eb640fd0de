import type { AuditEntry } from '../domain/audit-event.ts';
import { StoreError } from '../workflow/journal.ts';

/** What health is judged by. */
export interface HealthPorts {
  /** Whether something can be written right now; rejects with StoreError when not. */
  readonly probe: () => Promise<void>;
  /** Milliseconds since the engine last looked at what is due. */
  readonly sinceEngineLooked: () => number;
  /** Milliseconds on a clock that only goes forward. */
  readonly steady: () => number;
}

/** Whether work may be taken, and why not. */
export interface Readiness {
  readonly ready: boolean;
  readonly why?: string;
}

/** The engine looks every second; past this it hangs. */
const ENGINE_HANGS_MS = 30_000;
/** A probe is a commit: callers within this time share one. */
const PROBE_EVERY_MS = 2000;

/** Says whether this Botswain is alive and may take work; nothing of it is guessed from the process being there. */
export class Health {
  readonly #ports: HealthPorts;
  #probed: { readonly at: number; readonly why: Promise<string | undefined> } | undefined;
  #isUp = false;

  constructor(ports: HealthPorts) {
    this.#ports = ports;
  }

  /** From the end of the start to the beginning of the stop. */
  set isUp(isUp: boolean) {
    this.#isUp = isUp;
  }

  /** False when whoever watches the process should start it anew. */
  get isAlive(): boolean {
    return !this.#isUp || this.#ports.sinceEngineLooked() < ENGINE_HANGS_MS;
  }

  async look(): Promise<Readiness> {
    if (!this.#isUp) return { ready: false, why: 'it is starting or stopping' };
    if (!this.isAlive)
      return { ready: false, why: 'the engine has not looked at what is due for half a minute' };
    const why = await this.#whyNotWritable();
    return why === undefined ? { ready: true } : { ready: false, why };
  }

  #whyNotWritable(): Promise<string | undefined> {
    const { probe, steady } = this.#ports;
    if (this.#probed === undefined || steady() - this.#probed.at > PROBE_EVERY_MS)
      this.#probed = { at: steady(), why: whyNot(probe) };
    return this.#probed.why;
  }
}

async function whyNot(probe: () => Promise<void>): Promise<string | undefined> {
  try {
    await probe();
    return undefined;
  } catch (error) {
    if (error instanceof StoreError) return `it is read-only: ${error.message}`;
    throw error;
  }
}

/** Counts audit events by name and code since the start; what metrics are made of. */
export class EventCounts {
  readonly #counts = new Map<string, { readonly event: string; readonly code: string; times: number }>();

  note({ event, code: given }: AuditEntry): void {
    const code: string = given ?? '';
    const key = `${event} ${code}`;
    const counted = this.#counts.get(key) ?? { event, code, times: 0 };
    counted.times += 1;
    this.#counts.set(key, counted);
  }

  get all(): readonly { readonly event: string; readonly code: string; readonly times: number }[] {
    return [...this.#counts.values()];
  }
}
