import { describe, expect, it } from 'vitest';
import type { SessionStore } from '../../src/web/sessions.ts';

/** What every {@link SessionStore} must do; `open` gives an empty one. */
export function describeSessionStore(name: string, open: () => Promise<SessionStore>): void {
  describe(`sessions, ${name}`, () => {
    const link = { tokenHash: 'h', person: 'ana', expiresAt: 5000 };

    it('lets the first browser claim a link, and tells later ones who has it', async () => {
      const store = await open();
      await store.saveLink(link);
      const [one, two] = await Promise.all([
        store.claimLink({ tokenHash: 'h', usedBy: 'firefox', usedAt: 1 }),
        store.claimLink({ tokenHash: 'h', usedBy: 'curl', usedAt: 2 }),
      ]);
      expect(one).toEqual({ ...link, usedBy: 'firefox', usedAt: 1 });
      expect(two).toEqual(one);
      expect(await store.claimLink({ tokenHash: 'other', usedBy: 'x', usedAt: 1 })).toBeUndefined();
    });

    it('keeps, touches and ends sessions', async () => {
      const store = await open();
      const session = { tokenHash: 's', person: 'ana', createdAt: 1, seenAt: 1 };
      await store.saveSession(session);
      await store.touchSession('s', 9);
      expect(await store.session('s')).toEqual({ ...session, seenAt: 9 });
      await store.endSession('s');
      expect(await store.session('s')).toBeUndefined();
      await store.touchSession('s', 10);
      expect(await store.session('s')).toBeUndefined();
    });
  });
}
