import { createHash } from 'node:crypto';
import type { Refused } from '../web/webhooks.ts';
import type { CountedAudit } from './counted-audit.ts';

/** Most characters of a reason that are kept. */
const KEPT_CHARACTERS = 200;

/** Audits a request that was turned away: forged, repeated, or unreadable; its body by its hash alone. */
export function noteRefused(counted: CountedAudit, { path, status, why, body }: Refused): void {
  const noted = {
    event: 'request refused',
    actor: 'somebody unknown',
    subject: path,
    detail: { why: why.slice(0, KEPT_CHARACTERS), status },
  } as const;
  counted.note(`${path} ${noted.detail.why}`, noted, () => ({
    bytes: body.length,
    sha256: createHash('sha256').update(body).digest('hex'),
  }));
}
