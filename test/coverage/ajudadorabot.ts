import type { Table } from './served.ts';

/** What serves the rows of AjudadoraBot's runbook. */
export const ajudadorabot: Table = {};
