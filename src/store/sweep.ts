import { StoreError } from '../workflow/journal.ts';
import type { Store } from './store.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Longer than any platform delivers the same thing again. */
const KEEP_IDS_MS = 14 * DAY_MS;
/** Longer than any session or link lives (src/web/sign-ins.ts). */
const KEEP_SIGN_INS_MS = 14 * DAY_MS;

/** Forgets what no longer means anything to anybody: old ids of the inbox, dead links and sessions. On a full disk it waits. */
export async function sweep(store: Store): Promise<void> {
  const now = store.now();
  const swept = store.write(async ({ tx }) => {
    await tx
      .deleteFrom('inbox')
      .where('done', '=', 1)
      .where('at', '<', now - KEEP_IDS_MS)
      .execute();
    await tx
      .deleteFrom('sign_in_links')
      .where('expires_at', '<', now - KEEP_SIGN_INS_MS)
      .execute();
    await tx
      .deleteFrom('link_codes')
      .where('expires_at', '<', now - KEEP_SIGN_INS_MS)
      .execute();
    await tx
      .deleteFrom('sessions')
      .where('seen_at', '<', now - KEEP_SIGN_INS_MS)
      .execute();
  });
  await swept.catch((error: unknown) => {
    if (!(error instanceof StoreError)) throw error;
  });
}
