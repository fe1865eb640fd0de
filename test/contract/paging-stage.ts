import type { Conversation } from '../../src/chat/chat.ts';
import { beginEscalation } from '../../src/domain/escalation.ts';
import type { Incident } from '../../src/domain/incident.ts';
import type { Person } from '../../src/domain/person.ts';
import { Pages } from '../../src/incidents/pages.ts';
import { callWebhook } from '../../src/paging/webhook.ts';
import { createWakeups } from '../../src/workflow/wakeups.ts';
import { NOON } from './journal-samples.ts';
import { sqliteBench } from './journal-sqlite.ts';
import { Phone, QUICK } from './paging-phone.ts';

const ANA: Person = { key: 'ana', name: 'Ana', roles: [], slack: 'U0ANA', telegram: '111' };
const BEN: Person = { key: 'ben', name: 'Ben', roles: [], slack: 'U0BEN' };
const CEM: Person = { key: 'cem', name: 'Cem', roles: [] };
const chain = { steps: [{ afterMs: 0, call: ['ana'], webhooks: [] }], repeat: 0, repeatAfterMs: 0 };

/** Pages over a real journal and a phone service, with a clock that is moved. */
export class PagingStage {
  readonly phone: Phone = new Phone();
  readonly bench: Awaited<ReturnType<typeof sqliteBench>>;
  at = NOON;
  reached: (person: Person) => Conversation | undefined = ({ slack, telegram }) => {
    if (slack !== undefined) return { platform: 'slack', channel: `D${slack}` };
    return telegram === undefined ? undefined : { platform: 'telegram', channel: telegram };
  };

  private constructor(bench: Awaited<ReturnType<typeof sqliteBench>>) {
    this.bench = bench;
  }

  static async start(): Promise<PagingStage> {
    const stage = new PagingStage(await sqliteBench());
    await stage.phone.start();
    return stage;
  }

  async stop(): Promise<void> {
    await this.phone.stop();
    await this.bench.remove();
  }

  /** Those of a process that knows only what is in the journal. */
  pages(): Pages {
    return new Pages({
      book: this.bench.journal.incidents,
      deliveries: this.bench.journal.deliveries,
      wakeups: createWakeups(),
      now: () => this.at,
      people: () => [ANA, BEN, CEM],
      directly: async (person) => this.reached(person),
      webhooks: [{ name: 'phone', url: this.phone.url }],
      callWebhook: ({ key, notice }, signal) =>
        callWebhook({ url: this.phone.url, key, notice }, signal, QUICK),
      linkTo: async () => 'https://chat.example/INC-1',
      onError: (error) => {
        throw error;
      },
    });
  }

  /** An incident whose chain has just called these. */
  async calling(people: readonly string[], webhooks: readonly string[] = []): Promise<Incident> {
    const { id } = await this.bench.journal.incidents.write((desk) =>
      desk.create({
        title: 'down',
        state: 'open',
        severity: 'P0',
        service: 'karmabot',
        origin: 'alerts',
        openedBy: 'botswain',
        openedAt: this.at,
        impactSince: this.at,
        announceAt: this.at,
        reopened: 0,
        roles: {},
        escalation: { ...beginEscalation(chain, this.at), done: 1 },
      }),
    );
    return this.call(id, people, webhooks);
  }

  /** A step more of its chain. */
  call(id: string, people: readonly string[], webhooks: readonly string[] = []): Promise<Incident> {
    return this.bench.journal.incidents.write(async (desk) => {
      const detail = { step: 1, round: 1, people, webhooks };
      await desk.say(id, [
        { at: this.at, kind: 'escalated', actor: 'botswain', text: 'Ana is called.', isSaid: true, detail },
      ]);
      const incident = await desk.find(id);
      if (incident === undefined) throw new Error('it is there');
      return desk.put(incident);
    });
  }

  async post(key: string): Promise<void> {
    const claimed = await this.bench.journal.deliveries.claim(key, this.at, {
      place: 'x',
      pacedOut: 0,
      restUntil: 0,
    });
    if (claimed === undefined) throw new Error(`${key} is not due`);
    const { platform, channel } = claimed.conversation;
    await this.bench.journal.deliveries.delivered(key, claimed.revision, {
      platform,
      channel,
      message: `m-${key}`,
    });
  }

  async giveUp(key: string, why: string): Promise<void> {
    await this.bench.journal.deliveries.claim(key, this.at, { place: 'x', pacedOut: 0, restUntil: 0 });
    await this.bench.journal.deliveries.retryLater(key, {
      revision: 1,
      notBefore: this.at,
      ambiguous: false,
      givenUp: why,
    });
  }

  async told(id: string): Promise<readonly string[]> {
    return (await this.bench.journal.incidents.timeline(id))
      .filter(({ kind }) => kind === 'paged' || kind === 'page failed')
      .map(({ kind, text, isSaid }) => `${isSaid ? 'said ' : ''}${kind}: ${text}`);
  }

  async keys(id: string): Promise<readonly string[]> {
    return (await this.bench.journal.deliveries.withPrefix(`${id} page `)).map(
      ({ key, conversation: { platform }, lane }) => `${key} ${platform} ${lane}`,
    );
  }
}
