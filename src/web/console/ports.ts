import type { Receive } from '../../chat/chat.ts';
import type { ConsoleFeed } from '../../chat/console/feed.ts';
import type { Picker } from '../../chat/picker.ts';
import type { Tone } from '../../domain/message.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { WebLog } from '../errors.ts';
import type { SignIns } from '../sign-ins.ts';

/** Who looks at the console. */
export interface Viewer {
  /** Person key. */
  readonly key: string;
  readonly name: string;
}

/** One service in one environment, as the checks last saw it. */
export interface FleetRow {
  readonly service: string;
  readonly environment: string;
  readonly tone: Tone;
  /** A few words: `3 of 3 running`, `web: connection refused`. */
  readonly summary: string;
  /** How long ago it was looked at; absent = never yet. */
  readonly ageMs?: number;
}

/** A value that somebody is to give, for one variable of a change. */
export interface ValueAsked {
  readonly change: string;
  readonly name: string;
  readonly subject: string;
}

/** What the console gets from the composition root. `person` parameters are person keys. */
export interface ConsolePorts {
  readonly feed: ConsoleFeed;
  readonly signIns: SignIns;
  readonly receive: Receive;
  /** The person behind a key; undefined signs them out. */
  readonly person: (key: string) => Promise<Viewer | undefined>;
  readonly overview: (person: string) => Promise<readonly FleetRow[]>;
  /** Whole lines as they would read after taking each suggestion; best first, at most a dozen. */
  readonly complete: (person: string, text: string) => Promise<readonly string[]>;
  readonly picker: (person: string) => Promise<Picker>;
  /** How many changes wait for this person's decision. */
  readonly waiting: (person: string) => Promise<number>;
  /** Values that changes wait for; each is given once, by the person who asked for the change. */
  readonly values: {
    wanted(change: string, person: string): ValueAsked | undefined;
    give(change: string, person: string, value: string): Outcome<ValueAsked>;
  };
  /** Takes known secrets out of a line before it is shown to others. */
  readonly redact: (text: string) => string;
  /** How to get a new sign-in link, one sentence: `Run "botswain login" on the server.` */
  readonly howToSignIn: string;
  readonly log: WebLog;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How often the fleet is asked for, in milliseconds; 5,000 unless told. */
  readonly refreshMs?: number;
}
