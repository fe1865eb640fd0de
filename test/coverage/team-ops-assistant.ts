import type { Table } from './served.ts';

/** What serves the rows of Team Ops Assistant's runbook. */
export const teamOpsAssistant: Table = {};
