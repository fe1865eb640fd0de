import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Alert } from '../../src/domain/alert.ts';
import { openJournal } from '../../src/store/open-journal.ts';
import type { FakeSlack } from '../fakes/slack/fake-slack.ts';
import type { Fault } from '../fakes/slack/faults.ts';
import { Forwarder } from '../fakes/telegram/forwarder.ts';
import { hearing, INCIDENTS } from '../story/stage/alertmanager.ts';
import { Scene } from '../story/stage/scene.ts';
import { chance, oneOf } from './chat-stage.ts';

const ABSENT_MS = 5_000;
const FAULTS: readonly Fault[] = [
  { kind: 'rate_limit', retryAfter: 1, method: 'chat.postMessage' },
  { kind: 'rate_limit', retryAfter: 1, method: 'chat.update' },
  { kind: 'http', status: 500, method: 'chat.postMessage' },
  { kind: 'http', status: 500, method: 'chat.update' },
  // It stands there, and nobody was told so.
  { kind: 'reset', when: 'after', method: 'chat.postMessage' },
];

/** What a run left behind. */
export interface Left {
  /** Keys of every message that must stand in Slack, once. */
  readonly wanted: readonly string[];
  readonly alerts: readonly Alert[];
  /** Numbers of deliveries that were kept, and of those that were taken up. */
  readonly kept: number;
  readonly taken: number;
}

/** A bot that an Alertmanager reaches at one address whatever happens to it, before a Slack in a bad mood. */
export class IncidentFaults {
  readonly scene: Scene;
  readonly door: Forwarder;
  kills = 0;
  faults = 0;
  #isBad = true;
  readonly #mood: Promise<void>;

  private constructor(scene: Scene, door: Forwarder) {
    this.scene = scene;
    this.door = door;
    this.#mood = this.#beBad(scene.slack);
  }

  static async open(): Promise<IncidentFaults> {
    const door = await Forwarder.open();
    const scene = await Scene.open(hearing);
    door.leadTo(scene.publicUrl);
    return new IncidentFaults(scene, door);
  }

  /** Every now and then the next call fails, by chance, though always the same chance. */
  async #beBad(slack: FakeSlack): Promise<void> {
    const random = chance(6);
    while (this.#isBad) {
      if (slack.faults.pending === 0) {
        slack.faults.script(oneOf(random, FAULTS));
        this.faults += 1;
      }
      await pause(100 + random() * 900);
    }
    this.faults -= slack.faults.pending;
    slack.faults.clear();
  }

  /** Slack is well again. */
  async calm(): Promise<void> {
    this.#isBad = false;
    await this.#mood;
  }

  /** Waits until the bot has answered so many webhooks with 2xx since `before`. */
  async taken(before: number, count = 1): Promise<void> {
    await this.scene.slack.until(() => this.accepted >= before + count || undefined, 15_000);
  }

  /** How many webhooks were answered with 2xx. */
  get accepted(): number {
    return this.door.answers.filter((status) => status >= 200 && status < 300).length;
  }

  /** `kill -9`; nothing answers at the door until {@link rise}. */
  async fall(): Promise<void> {
    await this.scene.bot.kill();
    this.door.leadTo(undefined);
    this.kills += 1;
  }

  async rise(): Promise<void> {
    await this.scene.boot();
    this.door.leadTo(this.scene.publicUrl);
  }

  /** Waits until somebody was turned away at the door. */
  async turnedAway(): Promise<void> {
    const before = this.door.answers.length;
    await this.scene.slack.until(() => this.door.answers.length > before || undefined, ABSENT_MS);
  }

  /** Stops the bot and reads what it has kept. */
  async left(): Promise<Left> {
    await this.scene.bot.stop();
    const journal = await openJournal(join(this.scene.bot.folder, 'data'));
    if (journal.kind !== 'succeeded') throw new Error(journal.message);
    const { incidents, deliveries, close } = journal.value;
    const wanted: string[] = [];
    for (const { id } of await incidents.list({ limit: 100 })) {
      const said = (await incidents.timeline(id)).filter(({ isSaid }) => isSaid);
      // One that went into a storm before anybody heard of it has no thread.
      if ((await deliveries.find(`${id} card slack:${INCIDENTS}`)) === undefined && said.length === 0)
        continue;
      wanted.push(`${id} card slack:${INCIDENTS}`);
      wanted.push(...said.map(({ number }) => `${id} said ${number} slack:${INCIDENTS}`));
    }
    const alerts = await incidents.alerts({ limit: 1_000 });
    let [kept, taken] = [0, 0];
    for (;;) {
      const delivery = await incidents.delivery(kept + 1);
      if (delivery === undefined) break;
      kept += 1;
      if (delivery.taken !== undefined) taken += 1;
    }
    await close.call(journal.value);
    return { wanted, alerts, kept, taken };
  }

  async close(): Promise<void> {
    await this.calm();
    await this.scene.close();
    await this.door.close();
  }
}
