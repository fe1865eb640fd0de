import type { Session, SessionStore, SignInLink } from '../../../src/web/sessions.ts';

/** Sessions that are forgotten with their process; for tests and the console's dev harness. */
export function createMemorySessions(): SessionStore & { readonly kept: () => string } {
  const links = new Map<string, SignInLink>();
  const sessions = new Map<string, Session>();
  return {
    /** Everything stored, as text, to look for what must not be there. */
    kept: () => JSON.stringify([...links.values(), ...sessions.values()]),
    async saveLink(link) {
      links.set(link.tokenHash, link);
    },
    async claimLink({ tokenHash, usedBy, usedAt }) {
      const link = links.get(tokenHash);
      if (link === undefined || link.usedBy !== undefined) return link;
      const claimed = { ...link, usedBy, usedAt };
      links.set(tokenHash, claimed);
      return claimed;
    },
    async saveSession(session) {
      sessions.set(session.tokenHash, session);
    },
    async session(tokenHash) {
      return sessions.get(tokenHash);
    },
    async touchSession(tokenHash, seenAt) {
      const session = sessions.get(tokenHash);
      if (session !== undefined) sessions.set(tokenHash, { ...session, seenAt });
    },
    async endSession(tokenHash) {
      sessions.delete(tokenHash);
    },
    async endSessionsOf(person) {
      const own = [...sessions.values()].filter((session) => session.person === person);
      for (const { tokenHash } of own) sessions.delete(tokenHash);
      return own.length;
    },
  };
}
