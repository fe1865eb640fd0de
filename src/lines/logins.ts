import { randomBytes, randomInt } from 'node:crypto';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import type { LoginOffer, Logins } from '../web/local/ports.ts';

/** How long a code works, milliseconds. */
const CODE_LIFE_MS = 10 * 60_000;
/** Terminals that may wait at once; whoever can open the socket is our own user, so this only bounds memory. */
const MOST_WAITING = 100;
/** Wrong codes one person may type within a code's life. */
const MOST_TRIES = 5;
/** Without 0/O and 1/I/L: people read them aloud. Eight of 31 leave nothing to guess in five tries. */
const LETTERS = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

interface Waiting {
  readonly offer: LoginOffer;
  readonly terminal: string;
  /** Key of who said yes. */
  readonly by?: string;
  /** That is on record, so the terminal may have its session. */
  readonly isRecorded?: true;
}

const newCode = (): string => {
  const letters = Array.from({ length: 8 }, () => LETTERS.charAt(randomInt(LETTERS.length))).join('');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
};

const GONE = failed(
  'DENIED_STALE',
  'no terminal shows that code, or it has expired',
  'Type botswain login in the terminal, and its code here within ten minutes.',
);

/** Codes are compared as people type them: in any case, with or without the dash. */
const plain = (code: string): string => code.toUpperCase().replace(/[^A-Z0-9]/g, '');

/** Terminals that want to speak as somebody: a code shown there is confirmed by that person in a chat or the console. */
export class TerminalLogins implements Logins {
  readonly #now: () => number;
  readonly #waiting = new Map<string, Waiting>();
  readonly #tries = new Map<string, readonly number[]>();

  constructor(now: () => number) {
    this.#now = now;
  }

  offer(terminal: string): LoginOffer {
    this.#forgetOld();
    const offer = {
      code: newCode(),
      ticket: randomBytes(32).toString('base64url'),
      expiresAt: this.#now() + CODE_LIFE_MS,
    };
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined && this.#waiting.size >= MOST_WAITING) this.#waiting.delete(oldest);
    this.#waiting.set(offer.ticket, { offer, terminal });
    return offer;
  }

  take(ticket: string): { readonly person: string } | 'waiting' | undefined {
    this.#forgetOld();
    const waiting = this.#waiting.get(ticket);
    if (waiting === undefined) return undefined;
    const { by, isRecorded } = waiting;
    if (by === undefined || !isRecorded) return 'waiting';
    this.#waiting.delete(ticket);
    return { person: by };
  }

  /** A person says yes to the terminal that shows this code; counts once `record` has recorded it. Gives the terminal's name. */
  async confirm(
    code: string,
    person: Person,
    record: (terminal: string) => Promise<unknown>,
  ): Promise<Outcome<string>> {
    this.#forgetOld();
    if (!this.#mayTry(person.key))
      return failed('DENIED_STALE', 'that were too many wrong codes', 'Wait ten minutes, then try again.');
    const found = [...this.#waiting.values()].find(
      ({ offer, by }) => by === undefined && plain(offer.code) === plain(code),
    );
    if (found === undefined) return GONE;
    this.#tries.delete(person.key);
    return (await this.#claim(found, person, record)) ? succeeded(found.terminal) : GONE;
  }

  /** Claimed before it is recorded, so that of two people one is told yes; false when the offer ended meanwhile. */
  async #claim(
    found: Waiting,
    person: Person,
    record: (terminal: string) => Promise<unknown>,
  ): Promise<boolean> {
    const { ticket } = found.offer;
    const claimed = { ...found, by: person.key };
    this.#waiting.set(ticket, claimed);
    const isOurs = (): boolean => this.#waiting.get(ticket) === claimed;
    try {
      await record(found.terminal);
    } catch (error) {
      if (isOurs()) this.#waiting.set(ticket, found);
      throw error;
    }
    this.#forgetOld();
    if (!isOurs()) return false;
    this.#waiting.set(ticket, { ...claimed, isRecorded: true });
    return true;
  }

  /** Terminals that this person confirmed and that did not take their session yet get none. */
  forget(person: Person): void {
    for (const [ticket, { by }] of this.#waiting) if (by === person.key) this.#waiting.delete(ticket);
  }

  #mayTry(person: string): boolean {
    const recent = (this.#tries.get(person) ?? []).filter((at) => at > this.#now() - CODE_LIFE_MS);
    this.#tries.set(person, [...recent, this.#now()]);
    return recent.length < MOST_TRIES;
  }

  #forgetOld(): void {
    for (const [ticket, { offer }] of this.#waiting)
      if (offer.expiresAt <= this.#now()) this.#waiting.delete(ticket);
  }
}
