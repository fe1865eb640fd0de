import type { Incident, PostMortemRecord } from '../domain/incident.ts';
import type { Actor, Alteration } from '../domain/incident-alteration.ts';
import { USUAL_INCIDENTS } from '../domain/incident-settings.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import { blanksIn, postMortemMark, postMortemText, postMortemTitle } from '../domain/post-mortem.ts';
import type { PostMortemFacts } from '../domain/post-mortem-facts.ts';
import type { KeptAs, Shelf, Shelved } from '../github/shelf.ts';
import { alter } from './alter.ts';
import type { WrittenPostMortem } from './incident-control.ts';
import { type PostMortemSources, postMortemFacts } from './post-mortem-sources.ts';

/** What writing post-mortems needs. */
export interface PostMortemPorts extends PostMortemSources {
  /** Where they are kept outside; failed where nobody configured that. */
  readonly shelf: () => Outcome<Shelf>;
}

/** Drafts the post-mortem of an incident; `as` says where it is to be opened, absent = where it is already, else nowhere. */
export type WritePostMortem = (
  who: Actor,
  id: string,
  as: KeptAs | undefined,
) => Promise<Outcome<WrittenPostMortem>>;

type Facts = Omit<PostMortemFacts, 'mostLines'>;

/** Lines of the timeline that are tried until the whole is short enough. */
const MOST_LINES = [300, 150, 80, 40, 20];

function fitting(facts: Facts, current: string | undefined, mostCharacters: number): string {
  let text = '';
  for (const mostLines of MOST_LINES) {
    text = postMortemText({ ...facts, mostLines }, current);
    if (text.length <= mostCharacters) return text;
  }
  return text;
}

const keptAs = (url: string): KeptAs => (url.includes('/pull/') ? 'pull request' : 'issue');

/** What is kept of it; nothing is demanded where its severity demands none, and it has its time all the same. */
const FREE_MS = 5 * 24 * 60 * 60_000;

function recordOf({ configuration }: PostMortemPorts, incident: Incident, who: Actor): PostMortemRecord {
  const { severities } = configuration.incidents ?? USUAL_INCIDENTS;
  const { postMortemMs = FREE_MS } = severities[incident.severity];
  const dueAt = incident.postMortem?.dueAt ?? (incident.resolvedAt ?? who.at) + postMortemMs;
  return { ...incident.postMortem, dueAt, draftedAt: who.at };
}

/** What the incident says of it: only the first time, and once it has an address. */
function alteration(incident: Incident, who: Actor, after: PostMortemRecord): Alteration {
  const { postMortem: before } = incident;
  const isNew = before?.draftedAt === undefined || before.url !== after.url;
  const text = `${who.name} ${after.url === undefined ? 'drafted the post-mortem.' : `opened the post-mortem: ${after.url}`}`;
  return {
    incident: { ...incident, postMortem: after },
    entries: isNew ? [{ at: who.at, kind: 'post-mortem', actor: who.key, text, isSaid: true }] : [],
    timers: [],
    event: 'incident altered',
    detail: { postMortem: after.url ?? 'drafted' },
  };
}

async function shelve({ shelf }: PostMortemPorts, facts: Facts, as: KeptAs): Promise<Outcome<Shelved>> {
  const open = shelf();
  if (open.kind !== 'succeeded') return open;
  const { incident } = facts;
  const url = incident.postMortem?.url;
  return open.value.put({
    name: incident.id,
    mark: postMortemMark(incident),
    title: postMortemTitle(facts),
    as,
    since: incident.openedAt,
    ...(url === undefined ? {} : { url }),
    write: (current, most) => fitting(facts, current, most),
  });
}

async function written(
  ports: PostMortemPorts,
  incident: Incident,
  as: KeptAs | undefined,
): Promise<Outcome<Omit<WrittenPostMortem, 'incident' | 'blanks'>>> {
  const facts = await postMortemFacts(ports, incident);
  const kept = incident.postMortem?.url;
  const where = as ?? (kept === undefined ? undefined : keptAs(kept));
  if (where !== undefined) return shelve(ports, facts, where);
  return succeeded({ text: fitting(facts, undefined, Number.POSITIVE_INFINITY), became: 'drafted' });
}

async function write(
  ports: PostMortemPorts,
  ...[who, id, as]: Parameters<WritePostMortem>
): ReturnType<WritePostMortem> {
  const { incidents } = ports.journal;
  const incident = await incidents.find(id);
  if (incident === undefined)
    return failed('INPUT_NO_SUCH_ID', `there is no incident "${id}"`, 'See incident list.');
  const { mergedInto: into } = incident;
  if (into !== undefined)
    return failed(
      'INPUT_NOT_SUPPORTED',
      `${incident.id} went into ${into}`,
      `It is told there: postmortem ${into}`,
    );
  const draft = await written(ports, incident, as);
  if (draft.kind !== 'succeeded') return draft;
  const { url } = draft.value;
  const after = await incidents.write(async (desk) => {
    const now = (await desk.find(incident.id)) ?? incident;
    const record = { ...recordOf(ports, now, who), ...(url === undefined ? {} : { url }) };
    return alter(desk, who, alteration(now, who, record));
  });
  return succeeded({ ...draft.value, incident: after, blanks: blanksIn(draft.value.text) });
}

/** Writes post-mortems, those of one incident one after the other: two at once would open two issues. */
export function createPostMortems(ports: PostMortemPorts): WritePostMortem {
  const running = new Map<string, Promise<unknown>>();
  return (who, id, as) => {
    const turn = (running.get(id) ?? Promise.resolve()).then(() => write(ports, who, id, as));
    const done = turn
      .catch(() => {})
      .then(() => {
        if (running.get(id) === done) running.delete(id);
      });
    running.set(id, done);
    return turn;
  };
}
