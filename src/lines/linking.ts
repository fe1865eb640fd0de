import { randomInt } from 'node:crypto';
import type { Answer, Incoming } from '../chat/chat.ts';
import { privately } from '../dispatch/answers.ts';
import type { LinkOffer } from '../dispatch/command.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Account, Person } from '../domain/person.ts';
import type { AccountLink, AccountLinks } from '../workflow/journal.ts';

/** How long a code works, milliseconds. */
const CODE_LIFE_MS = 10 * 60_000;

/** Wrong codes an account may type within a code's life; eight digits leave nothing to guess. */
const MOST_TRIES = 5;

const LINK_LINE = /^\/?(?:ops\s+)?link\s+(\d{4})[-\s]?(\d{4})\s*$/i;

/** People of the configuration with the accounts they linked themselves; what the configuration names wins. */
export class Linking {
  readonly #configured: readonly Person[];
  readonly #store: AccountLinks;
  readonly #now: () => number;
  readonly #tries = new Map<string, readonly number[]>();
  #people: readonly Person[];

  constructor(
    configured: readonly Person[],
    links: readonly AccountLink[],
    ports: { readonly store: AccountLinks; readonly now: () => number },
  ) {
    this.#configured = configured;
    this.#store = ports.store;
    this.#now = ports.now;
    this.#people = withLinks(configured, links);
  }

  /** Everybody, as of now. */
  get people(): readonly Person[] {
    return this.#people;
  }

  /** Offers a person a code to type in the other chat. */
  async offer(person: Person): Promise<LinkOffer> {
    const digits = String(randomInt(100_000_000)).padStart(8, '0');
    const expiresAt = this.#now() + CODE_LIFE_MS;
    await this.#store.offer(digits, person.key, expiresAt);
    return { code: `${digits.slice(0, 4)}-${digits.slice(4)}`, expiresAt };
  }

  /** Takes a code that somebody unknown typed; undefined when the line is something else. */
  async tryLink(incoming: Incoming): Promise<Outcome<Answer> | undefined> {
    const match = LINK_LINE.exec(incoming.text.trim());
    if (match === null || incoming.account.platform === 'console') return undefined;
    if (!this.#mayTry(incoming.account))
      return failed(
        'DENIED_UNKNOWN_PERSON',
        'too many wrong codes from this account',
        'Wait ten minutes, then get a new code.',
      );
    const { platform, id } = incoming.account;
    const at = this.#now();
    const key = await this.#store.take(`${match[1]}${match[2]}`, { platform, account: id, at });
    const person = this.#configured.find((candidate) => candidate.key === key);
    if (person === undefined)
      return failed(
        'DENIED_UNKNOWN_PERSON',
        'that code is wrong or has expired',
        'Type link in the chat where you are known, and use the new code within ten minutes.',
      );
    this.#people = withLinks(this.#configured, await this.#store.all());
    return succeeded(
      privately(
        `You are ${person.name}`,
        `This ${platform} account is linked; it counts as the same person everywhere.`,
        'good',
      ),
    );
  }

  #mayTry(account: Account): boolean {
    const key = `${account.platform}:${account.id}`;
    const recent = (this.#tries.get(key) ?? []).filter((at) => at > this.#now() - CODE_LIFE_MS);
    this.#tries.set(key, [...recent, this.#now()]);
    return recent.length < MOST_TRIES;
  }
}

function withLinks(configured: readonly Person[], links: readonly AccountLink[]): readonly Person[] {
  // An account that the configuration gives to somebody is nobody else's, whatever was linked before.
  const isFree = ({ platform, account }: AccountLink): boolean =>
    !configured.some((person) => (platform === 'slack' ? person.slack : person.telegram) === account);
  return configured.map((person) => {
    const own = links.filter((link) => link.person === person.key && isFree(link));
    const linked = (platform: string): string | undefined =>
      own.findLast((link) => link.platform === platform)?.account;
    const slack = person.slack ?? linked('slack');
    const telegram = person.telegram ?? linked('telegram');
    return {
      ...person,
      ...(slack === undefined ? {} : { slack }),
      ...(telegram === undefined ? {} : { telegram }),
    };
  });
}
