import type { Transaction } from 'kysely';
import type { LinkClaim, Session, SessionStore, SignInLink } from '../web/sessions.ts';
import type { Store } from './store.ts';
import { parsePresent } from './stored.ts';
import type { Tables } from './tables.ts';

/** Sign-in links and sessions across restarts. */
export function createSessions(store: Store): SessionStore {
  return {
    saveLink: ({ tokenHash, person, expiresAt, usedBy, usedAt }) =>
      store.write(async ({ tx }) => {
        const row = { person, expires_at: expiresAt, used_by: usedBy ?? null, used_at: usedAt ?? null };
        await tx
          .insertInto('sign_in_links')
          .values({ token_hash: tokenHash, ...row })
          .onConflict((conflict) => conflict.column('token_hash').doUpdateSet(row))
          .execute();
      }),
    claimLink: (claim) => store.write(({ tx }) => claimLink(tx, claim)),
    saveSession: ({ tokenHash, person, createdAt, seenAt }) =>
      store.write(async ({ tx }) => {
        const row = { person, created_at: createdAt, seen_at: seenAt };
        await tx
          .insertInto('sessions')
          .values({ token_hash: tokenHash, ...row })
          .onConflict((conflict) => conflict.column('token_hash').doUpdateSet(row))
          .execute();
      }),
    session: (tokenHash) =>
      store.read(async (db): Promise<Session | undefined> => {
        const row = await db
          .selectFrom('sessions')
          .selectAll()
          .where('token_hash', '=', tokenHash)
          .executeTakeFirst();
        if (row === undefined) return undefined;
        return { tokenHash, person: row.person, createdAt: row.created_at, seenAt: row.seen_at };
      }),
    touchSession: (tokenHash, seenAt) =>
      store.write(async ({ tx }) => {
        await tx
          .updateTable('sessions')
          .set({ seen_at: seenAt })
          .where('token_hash', '=', tokenHash)
          .execute();
      }),
    endSession: (tokenHash) =>
      store.conclude(async ({ tx }) => {
        await tx.deleteFrom('sessions').where('token_hash', '=', tokenHash).execute();
      }),
    endSessionsOf: (person) =>
      store.conclude(async ({ tx }) => {
        await tx.deleteFrom('sign_in_links').where('person', '=', person).execute();
        const ended = await tx.deleteFrom('sessions').where('person', '=', person).executeTakeFirstOrThrow();
        return Number(ended.numDeletedRows);
      }),
  };
}

async function claimLink(tx: Transaction<Tables>, claim: LinkClaim): Promise<SignInLink | undefined> {
  const { tokenHash, usedBy, usedAt } = claim;
  await tx
    .updateTable('sign_in_links')
    .set({ used_by: usedBy, used_at: usedAt })
    .where('token_hash', '=', tokenHash)
    .where('used_by', 'is', null)
    .execute();
  const row = await tx
    .selectFrom('sign_in_links')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const used = parsePresent({ usedBy: row.used_by, usedAt: row.used_at });
  return { tokenHash, person: row.person, expiresAt: row.expires_at, ...used };
}
