import { afterEach, beforeEach, describe } from 'vitest';
import { alertDeliveriesContract } from './journal-alerts.ts';
import { approvalsContract } from './journal-approvals.ts';
import { auditContract } from './journal-audit.ts';
import { booksContract } from './journal-books.ts';
import { changesContract } from './journal-changes.ts';
import { deliveriesContract } from './journal-deliveries.ts';
import { locksContract } from './journal-locks.ts';
import type { JournalBench } from './journal-samples.ts';
import { stepsContract } from './journal-steps.ts';
import { upkeepContract } from './journal-upkeep.ts';

/** How a part of the contract reaches the journal of the test that runs. */
export type Current = () => JournalBench;

/** What every journal must do, whatever it stores in; `open` gives an empty one. */
export function journalContract(name: string, open: () => Promise<JournalBench>): void {
  describe(`the journal on ${name}`, () => {
    let bench: JournalBench | undefined;
    beforeEach(async () => {
      bench = await open();
    });
    afterEach(async () => {
      await bench?.remove();
    });
    const current: Current = () => {
      if (bench === undefined) throw new Error('the journal is open during tests only');
      return bench;
    };
    describe('changes', () => changesContract(current));
    describe('approvals, broken glass and tries', () => approvalsContract(current));
    describe('steps', () => stepsContract(current));
    describe('deliveries', () => deliveriesContract(current));
    describe('inbox, locks, checks and tokens', () => booksContract(current));
    describe('locks, those who wait for them, and freezes', () => locksContract(current));
    describe('what senders of alerts deliver', () => alertDeliveriesContract(current));
    describe('audit', () => auditContract(current));
    describe('upkeep', () => upkeepContract(current));
  });
}
