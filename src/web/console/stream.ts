import type { ConsoleEntry } from '../../chat/console/feed.ts';
import { entryArticle } from './entry-render.ts';
import { fleetPanel } from './fleet-render.ts';
import type { ConsolePorts, Viewer } from './ports.ts';

/** One open tab. */
export interface StreamOptions {
  readonly ports: ConsolePorts;
  readonly viewer: Viewer;
  /** What the tab has seen already. */
  readonly revision: number;
  /** Tells the tab when its scripts are older than the server's. */
  readonly version: string;
  /** Sends; false when the tab is gone. */
  readonly write: (chunk: string) => void;
  /** Whether the session still stands. */
  readonly signedIn: () => Promise<boolean>;
  readonly close: () => void;
}

const BATCH = 100;
/** A tab further behind than this draws itself anew instead. */
const TOO_FAR = 500;
/** Proxies and laptops that slept are noticed by the absence of these. */
const BEAT_MS = 15_000;
const REFRESH_MS = 5_000;

/** Feeds one tab until it is stopped; gives back how to stop it. */
export function streamEvents(options: StreamOptions): () => void {
  const stream = new TabStream(options);
  stream.start();
  return () => stream.stop();
}

/** Owns the timers and the place in the feed of one tab. */
class TabStream {
  readonly #options: StreamOptions;
  readonly #ends: (() => void)[] = [];
  #revision: number;
  #sending: Promise<void> = Promise.resolve();
  #queued = false;
  #fleet = '';
  #waiting = '';
  #stopped = false;
  #checked = false;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#revision = options.revision;
  }

  start(): void {
    const { ports, version, write } = this.#options;
    write(`retry: 1000\n${event('hello', { version })}`);
    this.#ends.push(ports.feed.onChange(() => this.#wake()));
    this.#every(ports.refreshMs ?? REFRESH_MS, () => this.#surroundings());
    this.#every(BEAT_MS, () => this.#beat());
    this.#wake();
  }

  stop(): void {
    this.#stopped = true;
    for (const end of this.#ends.splice(0)) end();
  }

  #every(ms: number, act: () => Promise<void>): void {
    const timer = setInterval(() => this.#guarded(act), ms);
    this.#ends.push(() => clearInterval(timer));
  }

  /** Hints may come in bursts; one pass after the running one sees them all. */
  #wake(): void {
    if (this.#queued) return;
    this.#queued = true;
    this.#sending = this.#sending.then(async () => {
      this.#queued = false;
      await this.#guarded(async () => {
        await this.#notAhead();
        await this.#catchUp();
        await this.#surroundings();
      });
    });
  }

  async #guarded(act: () => Promise<void>): Promise<void> {
    if (this.#stopped) return;
    try {
      await act();
    } catch (error) {
      this.#options.ports.log('error', 'console stream failed', { error: String(error) });
      // The tab connects again and resumes where it was.
      this.#end();
    }
  }

  #end(): void {
    this.stop();
    this.#options.close();
  }

  /** A feed that was started anew knows less than the tab: the tab draws itself anew. */
  async #notAhead(): Promise<void> {
    if (this.#checked) return;
    const { ports, viewer, revision } = this.#options;
    const page = await ports.feed.page({ viewer: viewer.key, roots: 1 });
    this.#checked = true;
    if (page.revision >= revision) return;
    this.#revision = page.revision;
    this.#send(event('reset', {}));
  }

  async #catchUp(): Promise<void> {
    const { ports, viewer } = this.#options;
    let sent = 0;
    let batch: readonly ConsoleEntry[];
    do {
      batch = await ports.feed.since({ viewer: viewer.key, revision: this.#revision, limit: BATCH });
      sent += batch.length;
      if (sent > TOO_FAR) return this.#send(event('reset', {}));
      for (const entry of batch) this.#entry(entry);
    } while (batch.length === BATCH);
  }

  #entry(entry: ConsoleEntry): void {
    const { id, position, revision, thread } = entry;
    const markup = entryArticle(entry, this.#options.viewer.key).toString();
    this.#send(`id: ${revision}\n${event('entry', { id, position, revision, thread, html: markup })}`);
    this.#revision = revision;
  }

  async #surroundings(): Promise<void> {
    const { ports, viewer } = this.#options;
    const [rows, waiting] = await Promise.all([ports.overview(viewer.key), ports.waiting(viewer.key)]);
    const fleet = event('fleet', {
      html: fleetPanel(rows, { viewer: viewer.key, now: ports.now() }).toString(),
    });
    const badge = event('waiting', { count: waiting });
    if (fleet !== this.#fleet) this.#send(fleet);
    if (badge !== this.#waiting) this.#send(badge);
    this.#fleet = fleet;
    this.#waiting = badge;
  }

  async #beat(): Promise<void> {
    if (await this.#options.signedIn()) return this.#send(event('beat', {}));
    this.#send(event('signed-out', {}));
    this.#end();
  }

  #send(chunk: string): void {
    if (!this.#stopped) this.#options.write(chunk);
  }
}

const event = (name: string, content: Readonly<Record<string, unknown>>): string =>
  `event: ${name}\ndata: ${JSON.stringify(content)}\n\n`;
