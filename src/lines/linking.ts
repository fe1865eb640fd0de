import { randomInt } from 'node:crypto';
import type { Answer, Incoming } from '../chat/chat.ts';
import { privately } from '../dispatch/answers.ts';
import type { LinkOffer } from '../dispatch/command.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Account, Person } from '../domain/person.ts';
import { type AccountLink, type AccountLinks, StoreError } from '../workflow/journal.ts';

/** How long a code works, milliseconds. */
const CODE_LIFE_MS = 10 * 60_000;

/** Wrong codes an account may type within a code's life; eight digits leave nothing to guess. */
const MOST_TRIES = 5;

const LINK_LINE = /^\/?(?:ops\s+)?link\s+(\d{4})[-\s]?(\d{4})\s*$/i;

/** Who linked an account, and what they are told. */
export interface Linked {
  readonly person: Person;
  readonly answer: Answer;
}

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

  /** Ends what a person linked, on one platform or everywhere; the links that were. */
  async end(person: Person, platform?: string): Promise<readonly AccountLink[]> {
    const of = { person: person.key, ...(platform === undefined ? {} : { platform }), at: this.#now() };
    const ended = await this.#store.remove(of);
    this.#people = withLinks(this.#configured, await this.#store.all());
    return ended;
  }

  /** Takes a code that somebody unknown typed; undefined when the line is something else. */
  async tryLink(incoming: Incoming): Promise<Outcome<Linked> | undefined> {
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
    const code = `${match[1]}${match[2]}`;
    const offered = this.#personOf(await this.#store.offeredTo(code, at));
    const configured = offered?.[platform];
    if (offered !== undefined && configured !== undefined) return namedAlready(offered, platform, configured);
    const person = this.#personOf(await this.#store.take(code, { platform, account: id, at }));
    if (person === undefined)
      return failed(
        'DENIED_UNKNOWN_PERSON',
        'that code is wrong or has expired',
        'Type link in the chat where you are known, and use the new code within ten minutes.',
      );
    this.#people = withLinks(this.#configured, await this.#store.all());
    const text = `This ${platform} account is linked; it counts as the same person everywhere. unlink ends that.`;
    const now = this.#people.find(({ key }) => key === person.key) ?? person;
    return succeeded({ person: now, answer: privately(`You are ${person.name}`, text, 'good') });
  }

  /** Accounts that typed a code lately; each is forgotten once its tries are older than any code. */
  get triedLately(): number {
    return this.#tries.size;
  }

  #personOf(key: string | undefined): Person | undefined {
    return this.#configured.find((candidate) => candidate.key === key);
  }

  #mayTry(account: Account): boolean {
    const now = this.#now();
    const isRecent = (at: number): boolean => at > now - CODE_LIFE_MS;
    for (const [name, tries] of this.#tries) if (!tries.some(isRecent)) this.#tries.delete(name);
    const key = `${account.platform}:${account.id}`;
    const recent = (this.#tries.get(key) ?? []).filter(isRecent);
    // What is refused anyhow is not kept, so that nobody makes the list long.
    if (recent.length >= MOST_TRIES) return false;
    this.#tries.set(key, [...recent, now]);
    return true;
  }
}

/** Nobody is to believe that an account counts which the configuration keeps from counting. */
const namedAlready = (person: Person, platform: string, account: string): Outcome<never> =>
  failed(
    'DENIED_POLICY',
    `the configuration names ${platform}:${account} as ${person.name}'s account, so no other ${platform} account can be linked`,
    `Have "${platform}:" under people.${person.key} in botswain.yaml changed to this account, or taken out.`,
  );

/**
 * The links that count. Where the configuration has come to name an account, what was linked there before ends for good:
 * it must not come back when that line is taken out, because a phone was lost.
 */
export async function linksThatCount(
  configured: readonly Person[],
  store: AccountLinks,
  at: number,
): Promise<readonly AccountLink[]> {
  const links = await store.all();
  const why = 'the configuration names an account there';
  const isShadowed = ({ person, platform }: AccountLink): boolean =>
    configured.some(
      ({ key, slack, telegram }) => key === person && (platform === 'slack' ? slack : telegram) !== undefined,
    );
  for (const { person, platform } of links.filter(isShadowed))
    await store.remove({ person, platform, at, why }).catch((error: unknown) => {
      // On a full disk it stays for the next start; the configuration wins meanwhile.
      if (!(error instanceof StoreError)) throw error;
    });
  return links.filter((link) => !isShadowed(link));
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
