import type { WebClient } from '@slack/web-api';
import type { Account } from '../../domain/person.ts';

/** How long an answer of users.info counts (t4: 100 calls a minute). */
const FRESH_MS = 10 * 60_000;
/** How long it still counts while Slack does not answer. */
const STALE_MS = 24 * 60 * 60_000;
/** A command has to be acknowledged within 3 s, so looking the person up may not take longer than this. */
const LOOKUP_MS = 1500;
/** Slack's own helper bot, which users.info does not call a bot. */
const SLACKBOT = 'USLACKBOT';

/** What a payload says about who acted; `team` is where that account is at home. */
export interface Actor {
  readonly id: string;
  readonly name?: string;
  readonly team?: string;
  /** Set when the payload itself says a bot wrote it. */
  readonly bot?: boolean;
}

type Profile = { readonly standing: Account['standing']; readonly display: string; readonly askedAt: number };

type SlackUser = NonNullable<Awaited<ReturnType<WebClient['users']['info']>>['user']>;

const standingOf = (user: SlackUser, homeTeam: string): Account['standing'] => {
  if (user.is_bot === true || user.id === SLACKBOT) return 'bot';
  const foreign = user.team_id !== undefined && user.team_id !== homeTeam;
  if (foreign || user.deleted === true) return 'stranger';
  return user.is_restricted === true || user.is_ultra_restricted === true ? 'guest' : 'person';
};

const account = (actor: Actor, standing: Account['standing'], display = actor.name): Account => ({
  platform: 'slack',
  id: actor.id,
  standing,
  ...(display === undefined ? {} : { display }),
});

/** Who is who in the workspace, as users.info says and not as a payload claims. */
export class SlackPeople {
  readonly #web: WebClient;
  readonly #profiles = new Map<string, Profile>();
  readonly #direct = new Map<string, string>();

  constructor(web: WebClient) {
    this.#web = web;
  }

  /** The account behind an actor; undefined when Slack does not tell in time and never told before. */
  async identify(actor: Actor, homeTeam: string): Promise<Account | undefined> {
    if (actor.bot === true || actor.id === SLACKBOT) return account(actor, 'bot');
    if (actor.team !== undefined && actor.team !== homeTeam) return account(actor, 'stranger');
    const profile = await this.#profile(actor.id, homeTeam);
    return profile && account(actor, profile.standing, profile.display || actor.name);
  }

  async #profile(id: string, homeTeam: string): Promise<Profile | undefined> {
    const known = this.#profiles.get(id);
    const age = Date.now() - (known?.askedAt ?? 0);
    if (known && age < FRESH_MS) return known;
    const user = await inTime(this.#web.users.info({ user: id }).then((answer) => answer.user));
    if (!user) return known && age < STALE_MS ? known : undefined;
    const profile = {
      standing: standingOf(user, homeTeam),
      display: user.profile?.display_name || user.real_name || user.name || '',
      askedAt: Date.now(),
    };
    this.#profiles.set(id, profile);
    return profile;
  }

  /** Whether a `D…` conversation is the one with our bot: a command can also be typed in one between two people. */
  async isDirect(channel: string, user: string): Promise<boolean> {
    if (!channel.startsWith('D')) return false;
    return (await this.directWith(user)) === channel;
  }

  /** The `D…` conversation of somebody with our bot; undefined when Slack does not tell in time. */
  async directWith(user: string): Promise<string | undefined> {
    const known = this.#direct.get(user);
    if (known !== undefined) return known;
    const ours = await inTime(
      this.#web.conversations.open({ users: user }).then((answer) => answer.channel?.id),
    );
    if (ours !== undefined) this.#direct.set(user, ours);
    return ours;
  }
}

/** The value, or undefined when it fails or takes too long. */
const inTime = <T>(work: Promise<T>): Promise<T | undefined> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), LOOKUP_MS);
    const done = (value: T | undefined) => {
      clearTimeout(timer);
      resolve(value);
    };
    work.then(done, () => done(undefined));
  });
