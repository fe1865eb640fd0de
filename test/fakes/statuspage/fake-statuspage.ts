import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { z } from 'zod';
import { complaints, createBody, patchBody, type WireIncident, type Written } from './wire.ts';

/** What goes wrong at the next request that fits. */
export interface StatuspageFault {
  /** `POST` …; absent = any. */
  readonly method?: string;
  /** `cut after`: it is carried out, and the answer is lost. */
  readonly how: 'cut before' | 'cut after' | { readonly status: number; readonly retryAfter?: number };
}

interface Reply {
  readonly status: number;
  readonly json: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const no = (status: number, ...errors: readonly string[]): Reply => ({ status, json: { error: errors } });

const IMPACTS = { major_outage: 'critical', partial_outage: 'major', degraded_performance: 'minor' } as const;

const read = (request: IncomingMessage): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
  });

/** Atlassian Statuspage at the level of the wire: one page, its components, and one request a second for each token. */
export class FakeStatuspage {
  readonly page = 'kctbh9vrtdwd';
  readonly key = 'a-key-of-forty-characters-for-the-test-0';
  readonly components = new Map<string, string>();
  readonly incidents: WireIncident[] = [];
  /** Every request, `METHOD path status`. */
  readonly seen: string[] = [];
  readonly faults: StatuspageFault[] = [];
  /** How many subscribers' mails went out. */
  notified = 0;
  readonly #now: () => number;
  #free = 0;
  #numbers = 0;
  #server: Server | undefined;

  constructor(now: () => number, components: readonly string[]) {
    this.#now = now;
    for (const id of components) this.components.set(id, 'operational');
  }

  async start(): Promise<string> {
    const server = createServer((request, response) => void this.#serve(request, response));
    this.#server = server;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('it listens');
    return `http://127.0.0.1:${address.port}/v1`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    const { method = '' } = request;
    const place = this.faults.findIndex((each) => each.method === undefined || each.method === method);
    const [fault] = place === -1 ? [] : this.faults.splice(place, 1);
    if (fault?.how === 'cut before') return void request.socket.destroy();
    const answer = typeof fault?.how === 'object' ? this.#faulty(fault.how) : this.#answer(request, body);
    this.seen.push(`${method} ${request.url} ${answer.status}`);
    if (fault?.how === 'cut after') return void request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(JSON.stringify(answer.json));
  }

  #faulty(how: { readonly status: number; readonly retryAfter?: number }): Reply {
    return {
      ...no(how.status, 'a scripted fault'),
      ...(how.retryAfter === undefined ? {} : { headers: { 'retry-after': String(how.retryAfter) } }),
    };
  }

  #answer(request: IncomingMessage, body: string): Reply {
    if (request.headers.authorization !== `OAuth ${this.key}`)
      return { status: 401, json: { error: 'Could not authenticate' } };
    const now = this.#now();
    if (now < this.#free) return no(420, 'Enhance your calm');
    this.#free = now + 1_000;
    const [path = '', query = ''] = (request.url ?? '').split('?');
    if (path === `/v1/pages/${this.page}/components`)
      return {
        status: 200,
        json: [...this.components].map(([one, status]) => ({ id: one, name: one, status })),
      };
    const [, base, id] = /^\/v1(\/pages\/[^/]+\/incidents)(?:\/([^/]+))?$/.exec(path) ?? [];
    if (base !== `/pages/${this.page}/incidents`) return no(404, 'Not found');
    if (request.method === 'GET' && id === undefined) {
      const limit = Number(new URLSearchParams(query).get('limit') ?? 100);
      return { status: 200, json: this.incidents.toReversed().slice(0, limit) };
    }
    return this.#one(request.method ?? '', id, body);
  }

  #one(method: string, id: string | undefined, body: string): Reply {
    const place = this.incidents.findIndex((each) => each.id === id);
    const there = this.incidents[place];
    if (method === 'POST' && id === undefined)
      return this.#take(createBody, body, (incident) => {
        this.#numbers += 1;
        const made = this.#applied(undefined, incident);
        this.incidents.push(made);
        return { status: 201, json: made };
      });
    if (there === undefined) return no(404, 'Not found');
    if (method === 'GET') return { status: 200, json: there };
    if (method !== 'PATCH') return no(405, 'Method not allowed');
    return this.#take(patchBody, body, (incident) => {
      const made = this.#applied(there, incident);
      this.incidents[place] = made;
      return { status: 200, json: made };
    });
  }

  #take(
    schema: z.ZodType<{ readonly incident: Written }>,
    body: string,
    work: (incident: Written) => Reply,
  ): Reply {
    const given = schema.safeParse(JSON.parse(body));
    if (!given.success) return no(422, ...given.error.issues.map(({ message }) => message));
    const wrong = complaints(given.data.incident, new Set(this.components.keys()));
    return wrong.length > 0 ? no(422, ...wrong) : work(given.data.incident);
  }

  #applied(before: WireIncident | undefined, written: Written): WireIncident {
    for (const [id, status] of Object.entries(written.components ?? {})) this.components.set(id, status);
    if (written.deliver_notifications ?? true) this.notified += 1;
    return applied(before ?? { ...NOTHING, id: `inc${this.#numbers}` }, written);
  }
}

const NOTHING: Omit<WireIncident, 'id'> = {
  name: '',
  status: 'investigating',
  impact: 'none',
  metadata: {},
  scheduled_for: null,
  scheduled_until: null,
  component_ids: [],
  incident_updates: [],
};

/** Statuspage computes the impact from the components unless it is told. */
function impactOf(before: WireIncident, { impact_override, components = {} }: Written): string {
  const touched = Object.values(components);
  const computed = Object.entries(IMPACTS).find(([status]) => touched.some((each) => each === status))?.[1];
  return impact_override ?? computed ?? before.impact;
}

/** An incident after something was written of it; what is not written stays. */
function applied(before: WireIncident, written: Written): WireIncident {
  const { impact_override, body, components, deliver_notifications, ...kept } = written;
  const given = Object.fromEntries(Object.entries(kept).filter(([name]) => name in NOTHING));
  const after = { ...before, ...given, impact: impactOf(before, written) };
  const update = {
    id: `u${before.incident_updates.length + 1}`,
    status: after.status,
    body: body ?? '',
    deliver_notifications: deliver_notifications ?? true,
  };
  return { ...after, incident_updates: [update, ...before.incident_updates] };
}
