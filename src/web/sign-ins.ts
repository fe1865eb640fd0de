import { createHash, randomBytes } from 'node:crypto';
import { StoreError } from '../workflow/journal.ts';
import type { Session, SessionStore } from './sessions.ts';

/** What {@link createSignIns} needs. */
export interface SignInOptions {
  readonly store: SessionStore;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** A link just made; its path is shown once and stored nowhere. */
export interface IssuedLink {
  /** `/sign-in?token=…` */
  readonly path: string;
  readonly expiresAt: number;
}

/** How using a link ended. */
export type Redeemed =
  | { readonly kind: 'signed-in'; readonly person: string; readonly sessionToken: string }
  | { readonly kind: 'refused'; readonly why: 'unknown' | 'expired' | 'used elsewhere' };

/** Sign-in links and the sessions that come of them. */
export interface SignIns {
  issueLink(person: string): Promise<IssuedLink>;
  /** Uses a link; `browser` is the mark of the browser ({@link newToken}), which owns the link from then on. */
  redeem(token: string, browser: string): Promise<Redeemed>;
  /** Begins a session of a person who proved who they are in another way; gives its token. */
  open(person: string): Promise<string>;
  /** Whose session this is; undefined when it ended, expired or never was. */
  who(sessionToken: string): Promise<string | undefined>;
  signOut(sessionToken: string): Promise<void>;
}

/** How long a link may be used. */
export const LINK_LIFE_MS = 24 * 60 * 60_000;
/** A session ends this long after its last use: a shift. */
export const SESSION_IDLE_MS = 12 * 60 * 60_000;
/** A session ends this long after it began, however busy. */
export const SESSION_LIFE_MS = 7 * 24 * 60 * 60_000;
const TOUCH_EVERY_MS = 5 * 60_000;

/** 256 random bits, base64url. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/**
 * Signs people in. A link belongs to the first browser that uses it: there a second click works until the link expires
 * or the person signs out, anywhere else it is refused.
 */
export function createSignIns({ store, now }: SignInOptions): SignIns {
  const alive = (session: Session): boolean =>
    now() - session.seenAt < SESSION_IDLE_MS && now() - session.createdAt < SESSION_LIFE_MS;

  const open = async (person: string): Promise<string> => {
    const sessionToken = newToken();
    const session = { tokenHash: digest(sessionToken), person };
    await store.saveSession({ ...session, createdAt: now(), seenAt: now() });
    return sessionToken;
  };

  return {
    async issueLink(person) {
      const token = newToken();
      const expiresAt = now() + LINK_LIFE_MS;
      await store.saveLink({ tokenHash: digest(token), person, expiresAt });
      return { path: `/sign-in?token=${token}`, expiresAt };
    },

    async redeem(token, browser) {
      const usedBy = digest(browser);
      const link = await store.claimLink({ tokenHash: digest(token), usedBy, usedAt: now() });
      if (link === undefined) return { kind: 'refused', why: 'unknown' };
      if (link.usedBy !== usedBy) return { kind: 'refused', why: 'used elsewhere' };
      if (link.expiresAt <= now()) return { kind: 'refused', why: 'expired' };
      return { kind: 'signed-in', person: link.person, sessionToken: await open(link.person) };
    },

    open,

    async who(sessionToken) {
      const session = await store.session(digest(sessionToken));
      if (session === undefined || !alive(session)) return undefined;
      // On a full disk nobody is signed out for it.
      if (now() - session.seenAt > TOUCH_EVERY_MS)
        await store.touchSession(session.tokenHash, now()).catch(unlessFull);
      return session.person;
    },

    signOut: (sessionToken) => store.endSession(digest(sessionToken)),
  };
}

const unlessFull = (error: unknown): void => {
  if (!(error instanceof StoreError)) throw error;
};

const digest = (token: string): string => createHash('sha256').update(token).digest('base64url');
