import type { Threat } from './threat.ts';
import { APPROVAL_THREATS } from './threats-approvals.ts';
import { EXECUTION_THREATS } from './threats-execution.ts';
import { OPERATION_THREATS } from './threats-operation.ts';
import { PEOPLE_THREATS } from './threats-people.ts';
import { REACH_THREATS } from './threats-reach.ts';

/** The threat model as data: every row of facts §3, in its order, with what holds it back and what proves that. */
export const THREATS: readonly Threat[] = [
  ...PEOPLE_THREATS,
  ...APPROVAL_THREATS,
  ...EXECUTION_THREATS,
  ...REACH_THREATS,
  ...OPERATION_THREATS,
];
