import { createHash } from 'node:crypto';
import type { Tokens } from '../workflow/journal.ts';
import type { Store } from './store.ts';

/** 132 bits; Telegram's callback data holds 64 bytes. */
const TOKEN_LENGTH = 22;

/** Milliseconds within which a line that is shown again need not be noted again. */
const FRESH_MS = 24 * 60 * 60_000;

/** A token is a hash of its line, so drawing the same card again gives the same buttons. It grants nothing by itself. */
export function createTokens(store: Store): Tokens {
  return {
    async issue(line, at) {
      const token = createHash('sha256').update(line, 'utf8').digest('base64url').slice(0, TOKEN_LENGTH);
      const known = await store.read((db) =>
        db.selectFrom('tokens').select('at').where('token', '=', token).executeTakeFirst(),
      );
      if (known !== undefined && at - known.at < FRESH_MS) return token;
      await store.write(({ tx }) =>
        tx
          .insertInto('tokens')
          .values({ token, line, at })
          // What is shown again is kept on.
          .onConflict((conflict) => conflict.column('token').doUpdateSet({ at }))
          .execute(),
      );
      return token;
    },
    lineOf: (token) =>
      store.read(async (db) => {
        const row = await db
          .selectFrom('tokens')
          .select('line')
          .where('token', '=', token)
          .executeTakeFirst();
        return row?.line;
      }),
  };
}
