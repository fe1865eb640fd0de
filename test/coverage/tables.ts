import { ajudadorabot } from './ajudadorabot.ts';
import { chataiBackend } from './chatai-backend.ts';
import { karmabot } from './karmabot.ts';
import { katanaBot } from './katana-bot.ts';
import type { Table } from './served.ts';
import { teamOpsAssistant } from './team-ops-assistant.ts';

/** A bot with its runbook's rows. */
export interface Bot {
  readonly name: string;
  /** With which its ids begin. */
  readonly letter: string;
  readonly table: Table;
  /** Whether every row must be served; the others may still be on the way. */
  readonly whole: boolean;
}

/** The five bots, in the inventory's order. */
export const BOTS: readonly Bot[] = [
  { name: 'karmabot', letter: 'K', table: karmabot, whole: true },
  { name: 'katana-bot', letter: 'N', table: katanaBot, whole: true },
  { name: 'chatai-backend', letter: 'C', table: chataiBackend, whole: true },
  { name: 'team-ops-assistant', letter: 'T', table: teamOpsAssistant, whole: false },
  { name: 'ajudadorabot', letter: 'A', table: ajudadorabot, whole: false },
];
