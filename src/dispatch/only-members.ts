import type { Incoming } from '../chat/chat.ts';
import { type Failed, failed } from '../domain/outcome.ts';

/** Why an account may not open another way in, or undefined when it may: what comes by that way counts as a full member's. */
export function whyNotMember({ account }: Incoming): Failed | undefined {
  if (account.standing === 'person') return undefined;
  return failed(
    'DENIED_GUEST',
    'guests and people of other workspaces cannot link accounts or sign in: what is typed there would count as a full member’s',
    'Type it here, or have your other account named under people in botswain.yaml.',
  );
}
