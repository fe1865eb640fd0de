import { createHash } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { AccountLink, AccountLinks } from '../workflow/journal.ts';
import type { Store, Writing } from './store.ts';
import type { Tables } from './tables.ts';

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
    offeredTo: (code, at) =>
      store.read(async (db) => {
        const found = await db
          .selectFrom('link_codes')
          .select('person')
          .where('code_hash', '=', hashOf(code))
          .where('expires_at', '>', at)
          .executeTakeFirst();
        return found?.person;
      }),
    take: (code, by) => store.write((writing) => takeCode(writing, code, by)),
    remove: (of) => store.write((writing) => removeLinks(writing, of)),
    all: () => store.read((db) => db.selectFrom('account_links').selectAll().orderBy('at').execute()),
  };
}

async function takeCode(
  writing: Writing<string | undefined>,
  code: string,
  { platform, account, at }: Omit<AccountLink, 'person'>,
): Promise<string | undefined> {
  const { tx, audit } = writing;
  const found = await tx
    .selectFrom('link_codes')
    .selectAll()
    .where('code_hash', '=', hashOf(code))
    .executeTakeFirst();
  if (found === undefined || found.expires_at <= at) return undefined;
  const { person, code_hash } = found;
  await tx.deleteFrom('link_codes').where('code_hash', '=', code_hash).execute();
  const why = `${platform}:${account} was linked instead`;
  await removeLinks(writing, { person, platform, at, why });
  await tx
    .insertInto('account_links')
    .values({ platform, account, person, at })
    .onConflict((conflict) => conflict.columns(['platform', 'account']).doUpdateSet({ person, at }))
    .execute();
  await audit({ event: 'account linked', at, actor: person, detail: { platform, account } });
  return person;
}

async function removeLinks(
  { tx, audit }: { readonly tx: Transaction<Tables>; readonly audit: Writing<unknown>['audit'] },
  { person, platform, at, why }: Parameters<AccountLinks['remove']>[0],
): Promise<readonly AccountLink[]> {
  const own = await tx
    .selectFrom('account_links')
    .selectAll()
    .where('person', '=', person)
    .orderBy('at')
    .execute();
  const removed = own.filter((link) => platform === undefined || link.platform === platform);
  for (const { platform: where, account } of removed) {
    await tx
      .deleteFrom('account_links')
      .where('platform', '=', where)
      .where('account', '=', account)
      .execute();
    const detail = { platform: where, account, ...(why === undefined ? {} : { why }) };
    await audit({ event: 'account unlinked', at, actor: person, detail });
  }
  return removed;
}
