import type { AuditEntry } from '../domain/audit-event.ts';
import { stateWords } from '../domain/status-update.ts';
import type { Posted, StatusBackend } from '../status-page/status-page.ts';
import { type Duty, inRounds } from '../workflow/duty.ts';
import type { DuePublication } from './status-book.ts';
import type { StatusPorts } from './status-ports.ts';
import { tellUntold } from './tell-status.ts';

/** Publications that are looked up at once; a page takes one after the other. */
const AT_ONCE = 20;
/** Milliseconds after the first try that failed, doubled with each, up to five minutes. */
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 300_000;
const SHORTEST_WAIT_MS = 1_000;
/** So many tries in vain, and people are told: half a minute of trouble is no news. */
const TOLD_AFTER = 4;

/** Milliseconds until it is tried again after so many tries that failed. */
export const waitAfter = (attempts: number): number =>
  Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempts, 16), LONGEST_WAIT_MS);

const wordsOf = (
  { update }: DuePublication,
  backend: StatusBackend,
  posted: Exclude<Posted, { kind: 'published' }>,
): string =>
  posted.kind === 'refused'
    ? `${backend.title} does not take "${stateWords(update.status)}": ${posted.why}. ${posted.remedy}`
    : `${backend.title} does not have "${stateWords(update.status)}" yet: ${posted.why}. It is tried again.`;

const retryLine = ({ incident }: DuePublication): string =>
  incident.kind === 'incident' ? `publish ${incident.of} retry` : `maintenance retry ${incident.of}`;

/** In the thread of the incident, or where people operate; with how to try again. */
async function tell(ports: StatusPorts, due: DuePublication, text: string): Promise<void> {
  const { incident, publication } = due;
  const at = ports.now();
  if (incident.kind === 'maintenance')
    return ports.tell({
      key: `${incident.of} ${publication.backend} ${publication.update}`,
      title: `${incident.of} ${incident.title}`.slice(0, 150),
      tone: 'warning',
      says: [text],
    });
  await ports.journal.incidents.write(async (desk) => {
    const found = await desk.find(incident.of);
    if (found === undefined) return;
    await desk.say(incident.of, [{ at, kind: 'status update', actor: 'botswain', text, isSaid: true }]);
    await desk.put(found);
  });
  ports.wakeups.nudge('incidents');
}

const auditOf = (due: DuePublication, why: string, at: number): AuditEntry => ({
  event: 'status update refused',
  at,
  actor: 'botswain',
  subject: due.incident.of,
  detail: { page: due.publication.backend, update: due.publication.update, why },
});

interface AtPage {
  readonly due: DuePublication;
  readonly backend: StatusBackend;
}

async function noteTrouble(
  ports: StatusPorts,
  { due, backend }: AtPage,
  posted: Exclude<Posted, { kind: 'published' }>,
): Promise<void> {
  const { publication } = due;
  const at = ports.now();
  const isRefused = posted.kind === 'refused';
  const isDue = isRefused || publication.attempts + 1 >= TOLD_AFTER;
  // Told before it is noted: a crash in between tells it twice rather than never.
  if (isDue && !publication.isTold)
    await tell(ports, due, `${wordsOf(due, backend, posted)} Try it now: ${retryLine(due)}`);
  const asked = posted.kind === 'later' ? posted.afterMs : undefined;
  const wait = Math.max(asked ?? waitAfter(publication.attempts), SHORTEST_WAIT_MS);
  await ports.journal.statusPage.failed(
    publication,
    {
      state: isRefused ? 'refused' : 'wished',
      notBefore: at + wait,
      isTold: publication.isTold || isDue,
      why: posted.why,
    },
    isRefused ? auditOf(due, posted.why, at) : undefined,
  );
}

async function note(ports: StatusPorts, place: AtPage, posted: Posted): Promise<void> {
  const { due, backend } = place;
  if (posted.kind !== 'published') return noteTrouble(ports, place, posted);
  await ports.journal.statusPage.published(due.publication, posted.remoteId);
  if (due.publication.isTold)
    await tell(ports, due, `${backend.title} has "${stateWords(due.update.status)}" now.`);
}

async function publishOne(ports: StatusPorts, due: DuePublication, signal: AbortSignal): Promise<void> {
  const { publication, incident, update, components } = due;
  const backend = ports.backends.find(({ name }) => name === publication.backend);
  // Taken out of the configuration since: it waits there in case it comes back.
  if (backend === undefined) return;
  const { remoteId } = publication;
  const posted = await backend.publish(
    { incident, update, components, ...(remoteId === undefined ? {} : { remoteId }) },
    signal,
  );
  if (signal.aborted && posted.kind !== 'published') return;
  await note(ports, { due, backend }, posted);
}

/** One round: what is due goes out, each page in its own order. */
export async function publishDue(ports: StatusPorts, signal: AbortSignal): Promise<void> {
  await tellUntold(ports);
  for (;;) {
    const due = await ports.journal.statusPage.due(ports.now(), AT_ONCE);
    const open = due.filter(({ publication }) =>
      ports.backends.some(({ name }) => name === publication.backend),
    );
    if (open.length === 0 || signal.aborted) return;
    const pages = [...Map.groupBy(open, ({ publication }) => publication.backend).values()];
    await Promise.all(
      pages.map(async (ofPage) => {
        for (const each of ofPage) if (!signal.aborted) await publishOne(ports, each, signal);
      }),
    );
  }
}

const EVERY_MS = 5_000;

/** The duty that brings updates to every page. */
export function statusDuty(ports: StatusPorts, onError: (error: unknown) => void): Duty {
  const stopping = new AbortController();
  let again = false;
  let under: Promise<void> | undefined;
  // A hint during a round asks for one more, so that nothing waits for the clock.
  const round = async (): Promise<void> => {
    do {
      again = false;
      await publishDue(ports, stopping.signal);
    } while (again && !stopping.signal.aborted);
  };
  const run = (): Promise<void> => {
    again = true;
    under ??= round().finally(() => {
      under = undefined;
    });
    return under;
  };
  const rounds = inRounds({ name: 'status page', everyMs: EVERY_MS, run, onError });
  const forget = ports.wakeups.on('status page', () => void run().catch(onError));
  return {
    name: rounds.name,
    start: rounds.start,
    stop: async () => {
      forget();
      stopping.abort();
      await rounds.stop();
      await under?.catch(() => undefined);
    },
  };
}
