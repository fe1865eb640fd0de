import type { Incident } from '../domain/incident.ts';
import { isClosing, type PublicUpdate, stateWords } from '../domain/status-update.ts';
import { nameOf } from '../workflow/people.ts';
import type { UntoldUpdate } from './status-book.ts';
import type { StatusPorts } from './status-ports.ts';

/** Updates that are told in one round. */
const AT_ONCE = 20;

/** Who asked, who pressed, and why it went out in spite of errors. */
function whoWords({ configuration }: StatusPorts, { by, approvals, anyway }: UntoldUpdate): string {
  const { people } = configuration;
  const others = approvals.map(({ name }) => name).join(', ');
  const pressed = others === '' ? '' : `, ${others} pressed`;
  const despite = anyway === undefined ? '' : `, in spite of what the lint found: ${anyway}`;
  return `${nameOf(people, by)} asked for it${pressed}${despite}`;
}

const linkWords = ({ url }: StatusPorts, { incident }: UntoldUpdate): string =>
  url === undefined ? '' : `\n${url}/incidents/${incident.id}`;

/** The page has all of it. */
const MOST_CHARACTERS = 1_000;

const clipped = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;

const wordsOf = (ports: StatusPorts, untold: UntoldUpdate): string =>
  `Public now, "${stateWords(untold.update.status)}" (${whoWords(ports, untold)}): ${clipped(untold.update.body)}${linkWords(ports, untold)}`;

/** What an update alters of its incident: what is public of it, and when the next word is due. */
function after(incident: Incident, update: PublicUpdate): Incident {
  const { updateDueAt: _due, ...kept } = incident;
  const { status, at, nextUpdateAt } = update;
  const isOfIncident =
    status === 'investigating' || status === 'identified' || status === 'monitoring' || status === 'resolved';
  return {
    ...kept,
    spokenAt: at,
    ...(nextUpdateAt === undefined || isClosing(status) ? {} : { updateDueAt: nextUpdateAt }),
    ...(isOfIncident
      ? { published: { firstAt: incident.published?.firstAt ?? at, lastAt: at, status } }
      : {}),
  };
}

/** Once, however often it is tried: the line of the timeline carries the update's id. */
async function tellIncident(ports: StatusPorts, untold: UntoldUpdate): Promise<void> {
  const { incident, update, by } = untold;
  const subject = `${incident.id}/${update.number}`;
  await ports.journal.incidents.write(async (desk) => {
    const found = await desk.find(incident.of);
    const entries = found === undefined ? [] : await desk.timeline(incident.of);
    if (found === undefined || entries.some((entry) => entry.subject === subject)) return;
    await desk.say(incident.of, [
      {
        at: update.at,
        kind: 'status update',
        actor: by,
        text: wordsOf(ports, untold),
        subject,
        isSaid: true,
      },
    ]);
    const altered = after(found, update);
    await desk.setTimer(incident.of, 'update due', altered.updateDueAt);
    await desk.put(altered);
  });
  ports.wakeups.nudge('incidents');
}

async function tellOne(ports: StatusPorts, untold: UntoldUpdate): Promise<void> {
  const { incident, update } = untold;
  if (incident.kind === 'incident') return tellIncident(ports, untold);
  await ports.tell({
    key: `${incident.of} update ${update.number}`,
    title: `${incident.of} ${incident.title}`.slice(0, 150),
    tone: 'neutral',
    state: stateWords(update.status),
    says: [wordsOf(ports, untold)],
  });
}

/** Tells those who operate what the public was told; what a crash left in between is told later. */
export async function tellUntold(ports: StatusPorts): Promise<void> {
  const { statusPage } = ports.journal;
  for (const untold of await statusPage.untold(AT_ONCE)) {
    await tellOne(ports, untold);
    await statusPage.told(untold.incident.id, untold.update.number);
  }
}
