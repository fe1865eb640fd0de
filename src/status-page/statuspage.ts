import { z } from 'zod';
import { type Diagnosis, failure, good, wrong } from '../domain/diagnosis.ts';
import type { Posted, Posting, StatusBackend, StatusBackendKind, StatusBackendPorts } from './status-page.ts';
import { type Call, type Called, callStatuspage, Pace } from './statuspage-calls.ts';
import { type StatuspageSettings, statuspageSettings } from './statuspage-settings.ts';

const ROOT = 'https://api.statuspage.io/v1';

/** https://developer.statuspage.io: name ≤ 255, body ≤ 25,000 characters. */
const LIMITS = { title: 255, body: 25_000 } as const;

/** What is read of an incident; `metadata.bot` is what we put there. */
const remoteIncident = z.object({
  id: z.string(),
  metadata: z
    .object({
      bot: z.object({ incident: z.string(), update: z.coerce.number() }).optional().catch(undefined),
    })
    .nullish()
    .catch(undefined),
});

type Remote = z.infer<typeof remoteIncident>;

type Looked =
  | { readonly kind: 'looked'; readonly incident: Remote | undefined }
  | Exclude<Posted, { kind: 'published' }>;

interface Page {
  readonly settings: StatuspageSettings;
  readonly call: (call: Omit<Call, 'signal'>) => Promise<Called>;
}

/** Their search by `q` looks at names only, so the newest hundred are looked through. */
const NEWEST = 100;

async function look({ settings, call }: Page, { incident, remoteId }: Posting): Promise<Looked> {
  const base = `/pages/${settings.page}/incidents`;
  if (remoteId !== undefined) {
    const one = await call({ method: 'GET', path: `${base}/${encodeURIComponent(remoteId)}` });
    if (one.kind !== 'answered') return one;
    const read = remoteIncident.safeParse(one.json);
    return read.success ? { kind: 'looked', incident: read.data } : UNREADABLE;
  }
  const all = await call({ method: 'GET', path: `${base}?limit=${NEWEST}` });
  if (all.kind !== 'answered') return all;
  const read = z.array(remoteIncident).safeParse(all.json);
  if (!read.success) return UNREADABLE;
  return {
    kind: 'looked',
    incident: read.data.find(({ metadata }) => metadata?.bot?.incident === incident.id),
  };
}

const UNREADABLE = { kind: 'later', why: 'its answer is not what Statuspage answers' } as const;

/** Components by their ids over there; those that the settings do not map are ours alone. */
function components(
  ids: Readonly<Record<string, string>>,
  statuses: Posting['components'],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(statuses).flatMap(([name, status]) => {
      const id = ids[name];
      return id === undefined ? [] : [[id, status]];
    }),
  );
}

const iso = (at: number): string => new Date(at).toISOString();

function times({ scheduled }: Posting['incident']): object {
  if (scheduled === undefined) return {};
  return { scheduled_for: iso(scheduled.from), scheduled_until: iso(scheduled.until) };
}

/** Parts whose status this update touches: announced work touches none before it begins. */
function affected({ incident, update, components: page }: Posting): Posting['components'] {
  if (update.status === 'scheduled' && incident.kind === 'maintenance') return {};
  return Object.fromEntries(
    Object.keys(update.components).map((name) => [name, page[name] ?? 'operational']),
  );
}

/** Absent keys would leave it to Statuspage whom it tells and how bad it calls it. */
function fields(posting: Posting, ids: Readonly<Record<string, string>>): Record<string, unknown> {
  const { incident, update } = posting;
  const touched = components(ids, affected(posting));
  const named = Object.keys(components(ids, update.components));
  return {
    name: incident.title,
    status: update.status,
    body: update.body,
    deliver_notifications: update.isLoud,
    metadata: { bot: { incident: incident.id, update: update.number } },
    ...(named.length === 0 ? {} : { component_ids: named }),
    ...(Object.keys(touched).length === 0 ? {} : { components: touched }),
    // Computed from the components where there are any.
    ...(named.length === 0 && incident.kind === 'incident' ? { impact_override: incident.impact } : {}),
    ...times(incident),
  };
}

/** Nothing over there moves by itself: what is said in public is said by people. */
const BY_HAND = {
  scheduled_auto_in_progress: false,
  scheduled_auto_completed: false,
  scheduled_remind_prior: false,
} as const;

async function write(page: Page, posting: Posting, there: Remote | undefined): Promise<Posted> {
  const { page: id, components: ids } = page.settings;
  const base = `/pages/${id}/incidents`;
  const incident = {
    ...fields(posting, ids),
    ...(there === undefined && posting.incident.kind === 'maintenance' ? BY_HAND : {}),
  };
  const called =
    there === undefined
      ? await page.call({ method: 'POST', path: base, body: { incident } })
      : await page.call({
          method: 'PATCH',
          path: `${base}/${encodeURIComponent(there.id)}`,
          body: { incident },
        });
  if (called.kind !== 'answered') return called;
  const read = remoteIncident.safeParse(called.json);
  return read.success ? { kind: 'published', remoteId: read.data.id } : UNREADABLE;
}

async function publish(page: Page, posting: Posting): Promise<Posted> {
  // Statuspage has no idempotency key: what an earlier try left there is looked for first.
  const looked = await look(page, posting);
  if (looked.kind !== 'looked') return looked;
  const there = looked.incident;
  const reached = there?.metadata?.bot?.update ?? 0;
  if (there !== undefined && reached >= posting.update.number)
    return { kind: 'published', remoteId: there.id };
  return write(page, posting, there);
}

const remoteComponents = z.array(z.object({ id: z.string(), name: z.string() }));

/** Whether the key opens the page, and every component of the settings is there. */
async function examine({ settings, call }: Page): Promise<readonly Diagnosis[]> {
  const answer = await call({ method: 'GET', path: `/pages/${settings.page}/components` });
  if (answer.kind === 'refused') return [wrong(`page ${settings.page}: ${answer.why}`, answer.remedy)];
  if (answer.kind === 'later')
    return [
      wrong(
        `page ${settings.page}: ${answer.why}`,
        'Try again later, or look at the way out of this machine.',
      ),
    ];
  const read = remoteComponents.safeParse(answer.json);
  if (!read.success)
    return [wrong(`page ${settings.page}: ${UNREADABLE.why}`, 'Look at STATUSPAGE_API_URL.')];
  const lost = Object.entries(settings.components).filter(
    ([, id]) => !read.data.some((component) => component.id === id),
  );
  const there = read.data.map(({ id, name }) => `${name} is ${id}`).join(', ');
  return [
    good(`page ${settings.page}: the key opens it`),
    ...lost.map(([name, id]) =>
      wrong(
        `page ${settings.page} has no component ${id} (${name})`,
        `Correct it in botswain.yaml: ${there}.`,
      ),
    ),
  ];
}

function open(given: unknown, ports: StatusBackendPorts): StatusBackend {
  const settings = statuspageSettings.parse(given);
  const root = (ports.apiUrl ?? ROOT).replace(/\/+$/, '');
  const pace = new Pace(ports);
  const pageFor = (key: string, signal: AbortSignal): Page => ({
    settings,
    call: (each) => callStatuspage({ ...each, signal }, { root, key: key.trim(), pace }),
  });
  return {
    name: 'statuspage',
    title: 'Atlassian Statuspage',
    limits: LIMITS,
    publish: async (posting, signal) => {
      const key = ports.secret(settings.api_key);
      return key.kind === 'succeeded'
        ? publish(pageFor(key.value, signal), posting)
        : { kind: 'refused', why: key.message, remedy: 'Set it where botswain starts, and try again.' };
    },
    examine: async (signal) => {
      const key = ports.secret(settings.api_key);
      return key.kind === 'succeeded'
        ? examine(pageFor(key.value, signal))
        : [failure(`page ${settings.page}`, key)];
    },
  };
}

/** A page at Atlassian Statuspage (https://developer.statuspage.io). */
export const statuspage: StatusBackendKind = {
  kind: 'statuspage',
  title: 'Atlassian Statuspage',
  summary: 'a page at Atlassian Statuspage',
  settings: statuspageSettings,
  componentsIn: (settings) => Object.keys(statuspageSettings.parse(settings).components),
  open,
};
