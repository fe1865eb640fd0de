import { createHash } from 'node:crypto';
import type { AccountLinks } from '../workflow/journal.ts';
import type { Store } from './store.ts';

const hashOf = (code: string): string => createHash('sha256').update(code, 'utf8').digest('hex');

/** Accounts that people linked themselves; a code is kept as its hash and works once. */
export function createAccountLinks(store: Store): AccountLinks {
  return {
    offer: (code, person, expiresAt) =>
      store.write(async ({ tx }) => {
        await tx.deleteFrom('link_codes').where('person', '=', person).execute();
        await tx
          .insertInto('link_codes')
          .values({ code_hash: hashOf(code), person, expires_at: expiresAt })
          .execute();
      }),
    take: (code, { platform, account, at }) =>
      store.write(async ({ tx, audit }) => {
        const found = await tx
          .selectFrom('link_codes')
          .selectAll()
          .where('code_hash', '=', hashOf(code))
          .executeTakeFirst();
        if (found === undefined || found.expires_at <= at) return undefined;
        await tx.deleteFrom('link_codes').where('code_hash', '=', found.code_hash).execute();
        await tx
          .insertInto('account_links')
          .values({ platform, account, person: found.person, at })
          .onConflict((conflict) =>
            conflict.columns(['platform', 'account']).doUpdateSet({ person: found.person, at }),
          )
          .execute();
        await audit({ event: 'account linked', at, actor: found.person, detail: { platform, account } });
        return found.person;
      }),
    all: () => store.read((db) => db.selectFrom('account_links').selectAll().orderBy('at').execute()),
  };
}
