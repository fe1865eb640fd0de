import { proofs, type Threat } from './threat.ts';

/** Who may do what, and what an approval is good for. */
export const APPROVAL_THREATS: readonly Threat[] = [
  {
    threat: 'RBAC',
    controls: [
      {
        file: 'src/domain/policy.ts',
        does: 'the first rule that matches decides, and nothing matching means no',
      },
      { file: 'src/dispatch/dispatch.ts', does: 'asks it at the request, for every subject' },
      {
        file: 'src/lines/replan.ts',
        does: 'asks it again just before the first step, with the roles of then',
      },
    ],
    proofs: [
      ...proofs(
        'test/security/rbac.test.ts',
        'on $platform with the role "$role": every verb',
        'has every verb, and both answers for each of them',
      ),
      ...proofs(
        'test/unit/domain/policy-laws.test.ts',
        'what no rule speaks of is denied, and so is everything under an empty policy',
      ),
      ...proofs(
        'test/unit/lines/replan.test.ts',
        'does not run on fewer approvals than the policy wants by now, nor on those of people who may not approve',
      ),
      ...proofs(
        'test/unit/commands/object-rights.test.ts',
        'shows no card of a service they may not look at, whatever id they try',
      ),
    ],
  },
  {
    threat: 'Self/sybil approval',
    controls: [
      { file: 'src/workflow/decide.ts', does: 'who asked never decides, and each person once' },
      {
        file: 'src/lines/linking.ts',
        does: 'a second account becomes the same person, only by a code shown to that person',
      },
      {
        file: 'src/workflow/break-glass.ts',
        does: 'an own role, a reason, told to everybody, reviewed by another person',
      },
    ],
    proofs: [
      ...proofs(
        'test/security/identity.test.ts',
        'stays one person after a second account was linked: neither asks and approves, nor counts twice',
      ),
      ...proofs(
        'test/story/break-glass.test.ts',
        'not without the role, not without a reason, not against a rule that denies, not through a lock',
        'it stays open for review until another person with the role signs it, and is asked for again',
      ),
      ...proofs(
        'test/story/two-chats.test.ts',
        'the asker is the same person in both chats, and may not approve from the other one',
      ),
      ...proofs(
        'test/fault/chat-decide.test.ts',
        'one transition; people count, never accounts; the asker and the roleless never',
      ),
      ...proofs(
        'test/story/people.test.ts',
        'a code shown in one chat joins the account that types it in the other, once',
      ),
    ],
  },
  {
    threat: 'Approve X, run Y',
    controls: [
      {
        file: 'src/domain/plan.ts',
        does: 'the approval signs the sha256 of the whole plan in canonical form',
      },
      {
        file: 'src/workflow/run-change.ts',
        does: 'has the plan made again before the first step; another digest voids it',
      },
    ],
    proofs: [
      ...proofs(
        'test/security/plan-digest.test.ts',
        'is another thing after any change to any field of the plan',
        'is the same in whatever order the keys come',
        'keeps the borders between words',
      ),
      ...proofs(
        'test/story/approvals.test.ts',
        'a card that shows another plan decides nothing',
        'what was approved must still be what would run',
      ),
      ...proofs(
        'test/fault/chat-approvals.test.ts',
        '#6 an approval of a plan that is not what would be done any more: voided, no effect',
      ),
    ],
  },
  {
    threat: 'TOCTOU on the world',
    controls: [
      {
        file: 'src/workflow/plan-action.ts',
        does: 'the plan holds the identity of what it alters: image, unit files, revision, host key',
      },
      { file: 'src/lines/replan.ts', does: 'reads it again just before the first step' },
      {
        file: 'src/workflow/gate.ts',
        does: 'reads it again just before every later step, against what the earlier ones should have left',
      },
    ],
    proofs: [
      ...proofs(
        'test/unit/workflow/engine-rest.test.ts',
        'is not done on a component that has changed since it was planned',
      ),
      ...proofs(
        'test/story/targets-down.test.ts',
        'a host key pinned anew after a change was planned voids it',
      ),
      ...proofs(
        'test/contract/components-systemd-host.test.ts',
        'notices a unit file that was changed since',
      ),
    ],
  },
  {
    threat: 'Expiry/reuse',
    controls: [
      {
        file: 'src/workflow/decide.ts',
        does: 'an approval counts once, within its time, for a change that still waits',
      },
      { file: 'src/store/after-restore.ts', does: 'after a restore every older approval is void' },
    ],
    proofs: [
      ...proofs(
        'test/story/approvals.test.ts',
        'nobody answers in time: the card says so, has no buttons, and a late click changes nothing',
      ),
      ...proofs(
        'test/fault/chat-approvals.test.ts',
        '#6 a double click, and a button on a card that has ended: refused with the reason, no effect',
        '#6 an approval at the very moment it expires counts or is refused as expired, never both',
      ),
      ...proofs(
        'test/fault/store-restored.test.ts',
        'knows nothing of what came after: nothing runs twice, old approvals are void, the targets are asked',
      ),
    ],
    otherwise:
      'nobody takes an approval back: deny or cancel ends the change, which says so on the card and in the audit',
  },
];
