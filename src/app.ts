import { assemble, type Parts } from './assembly/assemble.ts';
import { type AppOptions, now } from './assembly/core.ts';
import { failed, type Outcome, succeeded } from './domain/outcome.ts';
import { linksThatCount } from './lines/linking.ts';
import { openJournal } from './store/open-journal.ts';
import { announceRestore } from './upkeep/announce-restore.ts';
import { configurationLoaded } from './upkeep/configuration-audit.ts';
import { StoreError } from './workflow/journal.ts';
import { chatOf } from './workflow/outbox.ts';
import { withPatience } from './workflow/patience.ts';

/** A running Botswain. */
export interface App {
  /** Opens the journal, resumes what was left, connects; failed when another process holds the data folder or a port is taken. */
  start(): Promise<Outcome<Started>>;
  /** Starts nothing new, lets running steps end (20 s), says what is to be said, closes. */
  stop(): Promise<void>;
}

/** Where a started app answers. */
export interface Started {
  readonly publicUrl: string;
  readonly consoleUrl: string;
  /** A sign-in link for a person, by key. */
  readonly signInLink: (person: string) => Promise<string>;
  /** What could not be connected, in words; the rest works. */
  readonly troubles: readonly string[];
}

/** Milliseconds that the chats and the groups they know get before the engine starts. */
const ROLES_PATIENCE_MS = 5000;

/** Milliseconds that running steps, and then lines taken in, get at a stop; the next boot finds what is left. */
const STOP_PATIENCE_MS = 20_000;

/** Milliseconds to say what is to be said, and then for each part to close. */
const SAY_PATIENCE_MS = 4000;
const CLOSE_PATIENCE_MS = 1000;

async function connect(parts: Parts): Promise<readonly string[]> {
  const started = await Promise.all(parts.chats.map((chat) => chat.start()));
  return started.flatMap((outcome) =>
    outcome.kind === 'succeeded'
      ? []
      : [
          `${outcome.message}${outcome.kind === 'failed' && outcome.remedy !== undefined ? ` ${outcome.remedy}` : ''}`,
        ],
  );
}

async function startParts(parts: Parts): Promise<Outcome<Started>> {
  const { journal, servers, signIns } = parts;
  await journal.audit.append({
    event: 'bot started',
    at: now(),
    actor: 'botswain',
    detail: { pid: process.pid },
  });
  const open = await servers.open.start();
  if (open.kind !== 'succeeded') return open;
  const console = await servers.console.start();
  if (console.kind !== 'succeeded') return console;
  const local = await servers.local.start();
  if (local.kind !== 'succeeded') return local;
  const connected = connect(parts);
  // Approvals count by the roles of groups, which a chat knows; one that does not answer must not hold up the engine.
  await withPatience(
    connected.then(() => parts.groupRoles.start(chatOf(parts.chats, 'slack'))),
    ROLES_PATIENCE_MS,
  );
  await parts.engine.start();
  const troubles = await connected;
  parts.outbox.start();
  await announceRestore({ journal, places: parts.places, timezone: parts.timezone });
  await parts.receiver.resume();
  await parts.watch.start();
  parts.health.isUp = true;
  for (const duty of parts.duties) await duty.start();
  return succeeded({
    publicUrl: open.value.url,
    consoleUrl: console.value.url,
    signInLink: async (person) => `${console.value.url}${(await signIns.issueLink(person)).path}`,
    troubles,
  });
}

/** Waits for something at a stop, but not for ever: one part that hangs must not take the time of the others. */
const leave = (work: Promise<unknown>): Promise<void> => withPatience(work, CLOSE_PATIENCE_MS);

/** Together under 30 s, after which whoever asked for the stop may kill (`docker stop -t 30`, TimeoutStopSec). */
async function stopParts(parts: Parts, log: AppOptions['log']): Promise<void> {
  parts.health.isUp = false;
  parts.groupRoles.stop();
  const duties = Promise.allSettled(parts.duties.map((duty) => duty.stop()));
  // Together: a look at a host that hangs must not let the engine begin more meanwhile.
  await Promise.all([
    parts.engine.stop(STOP_PATIENCE_MS),
    parts.receiver.drain(STOP_PATIENCE_MS),
    withPatience(Promise.allSettled([parts.watch.stop(), duties]), STOP_PATIENCE_MS),
  ]);
  await withPatience(parts.outbox.stop(), SAY_PATIENCE_MS);
  await leave(Promise.allSettled(parts.chats.map((chat) => chat.stop())));
  // Until then lines came in; the journal may not close under one that is being worked on.
  await parts.receiver.drain(CLOSE_PATIENCE_MS);
  const { open, console, local } = parts.servers;
  await leave(Promise.allSettled([open.stop(), console.stop(), local.stop()]));
  // Nothing can come in any more: what was counted since the duties ended would be lost.
  await leave(Promise.allSettled([parts.counted.flush(true), parts.bound.close()]));
  const stopped = {
    event: 'bot stopped',
    at: now(),
    actor: 'botswain',
    detail: { pid: process.pid },
  } as const;
  // A full disk must not keep the process from ending.
  await parts.journal.audit
    .append(stopped)
    .catch((error: unknown) => log('warn', 'the stop could not be recorded', { error }));
  await parts.journal.close();
}

/** The composition root: the only file that knows every part. */
export function createApp(options: AppOptions): App {
  let parts: Parts | undefined;
  return {
    async start() {
      const journal = await openJournal(options.environment.dataFolder, { now });
      if (journal.kind !== 'succeeded') return journal;
      const { accountLinks } = journal.value;
      const links = await linksThatCount(options.configuration.people, accountLinks, now());
      parts = assemble(options, journal.value, links);
      try {
        await journal.value.audit.append(configurationLoaded(options.configuration, now()));
        return await startParts(parts);
      } catch (error) {
        if (error instanceof StoreError) return failed(error.code, error.message);
        throw error;
      }
    },
    async stop() {
      if (parts !== undefined) await stopParts(parts, options.log);
    },
  };
}
