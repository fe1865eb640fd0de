import { join } from 'node:path';
import type { AuditRecord } from '../../../src/domain/audit-event.ts';
import { openJournal } from '../../../src/store/open-journal.ts';
import { BotProcess } from './botswain.ts';
import { hereIn, serviceOf } from './scene.ts';
import { CREW } from './surface.ts';
import { team } from './team.ts';
import { Yard } from './yard.ts';

/** How many stories may play, each in a channel of its own, so that none waits for the pace of another. */
export const ROOMS = 12;

/** What differs from one surface's bot to the next. */
export interface Wiring {
  readonly chats: object;
  readonly environment: Readonly<Record<string, string>>;
}

/** A bot that is not started yet, and the two running programs it looks after: shop/app and shop/web. */
export async function prepareBot({ chats, environment }: Wiring): Promise<{ yard: Yard; bot: BotProcess }> {
  const yard = await Yard.open();
  const components = { app: await yard.program('app'), web: await yard.program('web') };
  await Promise.all([yard.start('app'), yard.start('web')]);
  const bot = await BotProcess.prepare({
    botswain: { timezone: 'UTC', people: CREW, chats, policy: team.policy },
    targets: { production: { here: hereIn(yard) } },
    services: { shop: serviceOf('shop', components) },
    environment,
  });
  return { yard, bot };
}

let boots: Promise<unknown> = Promise.resolve();

/** Starts bots one after the other: five boots at once on two cores take each longer than a bot may take. */
export function boot(bot: BotProcess): Promise<void> {
  const mine = boots.then(() => bot.start());
  boots = mine.catch(() => {});
  return mine;
}

/** Stops the bot and reads its audit, oldest first; rejects when the chain is broken. */
export async function auditOf(bot: BotProcess): Promise<readonly AuditRecord[]> {
  await bot.stop();
  const journal = await openJournal(join(bot.folder, 'data'));
  if (journal.kind !== 'succeeded') throw new Error(journal.message);
  const { audit, close } = journal.value;
  const verified = await audit.verify();
  const records = await audit.list({ limit: 10_000 });
  await close();
  if (verified.kind !== 'succeeded') throw new Error(verified.message);
  return records.toReversed();
}
