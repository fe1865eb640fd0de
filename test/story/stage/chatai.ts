import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readable } from '../../fakes/slack/content.ts';
import type { SystemdHost } from '../../rig/systemd-host.ts';
import { chataiSettings, settleChatai } from './chatai-host.ts';
import type { Desk } from './real-service.ts';
import { type Card, Scene } from './scene.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';

/** Milliseconds: PostgreSQL, two units and a bot on one loaded machine. */
export const PATIENCE_MS = 60_000;

const policy = [
  { risk: 'read', allow: ['operator', 'viewer'] },
  { risk: 'change', allow: ['operator'] },
  { risk: 'destructive', allow: ['operator'], approvals: 1, from: ['approver'] },
];

/** How a change is to end, and what is to be read on the way. */
interface Course {
  /** What stands in the thread while it is asked whether to go on. */
  readonly sees?: RegExp;
  /** How its card reads in the end; `succeeded` unless told. */
  readonly ends?: RegExp;
  /** What its thread says in the end. */
  readonly says?: RegExp;
}

/** The ChatAI backend on a host of its own, and a bot with the real settings that operates it. */
export class ChataiStage {
  readonly host: SystemdHost;
  readonly scene: Scene;
  /** Where its new versions are pushed from. */
  readonly desk: Desk;
  readonly #storage: string;

  private constructor(parts: {
    readonly host: SystemdHost;
    readonly scene: Scene;
    readonly desk: Desk;
    readonly storage: string;
  }) {
    this.host = parts.host;
    this.scene = parts.scene;
    this.desk = parts.desk;
    this.#storage = parts.storage;
  }

  static async open(host: SystemdHost): Promise<ChataiStage> {
    const desk = await settleChatai(host);
    const storage = await mkdtemp(join(tmpdir(), 'chatai-storage-'));
    const { service, targets, storages, environment } = await chataiSettings(host, storage);
    const scene = await Scene.open({
      components: async (yard) => ({ other: await yard.program('other') }),
      targets: () => ({ production: targets }),
      services: async () => ({ 'chatai-backend': service }),
      botswain: { policy, storages },
      environment,
    });
    return new ChataiStage({ host, scene, desk, storage });
  }

  async close(): Promise<void> {
    await this.scene.close();
    await rm(this.#storage, { recursive: true, force: true });
  }

  /** How many backups are stored whole: each has a manifest, written last. */
  async backups(): Promise<number> {
    const all = await readdir(this.#storage, { recursive: true });
    return all.filter((name) => name.endsWith('.json')).length;
  }

  /** Asks the database itself. */
  sql(text: string): Promise<string> {
    return this.host.exec('runuser', '-u', 'postgres', '--', 'psql', '-X', '-At', '-d', 'chatai', '-c', text);
  }

  /** What is answered to a line of the service that only looks, once it reads like this. */
  async answers(line: string, match: RegExp): Promise<string> {
    const before = this.scene.slack.messages('C0OPS').length;
    await this.scene.types(ANA, line);
    const found = await this.scene.slack.until(() => {
      const all = this.scene.slack.messages('C0OPS').slice(before);
      return all.find(({ look }) => match.test(readable(look)));
    }, PATIENCE_MS);
    return readable(found.look);
  }

  /** What a procedure that only looks answers. */
  looks(procedure: string): Promise<string> {
    const [name] = procedure.split(' ');
    return this.answers(`run chatai-backend ${procedure}`, new RegExp(`${name} of chatai-backend`));
  }

  /** Requests a line, goes on past its question where it has one; how its card reads in the end. */
  async changes(line: string, course: Course = {}): Promise<string> {
    return this.#follow(await this.scene.requests(line), course);
  }

  /** The same of a line that destroys, approved by Ben. */
  async destroys(line: string, course: Course = {}): Promise<string> {
    const card = await this.scene.requests(line);
    await this.scene.shows(card, /awaiting approval/);
    await this.scene.presses(BEN, card, 'Approve');
    return this.#follow(card, course);
  }

  async #follow(card: Card, { sees, ends = /\*succeeded\*/, says }: Course): Promise<string> {
    if (sees !== undefined) {
      await this.scene.shows(card, /Go on\?/, PATIENCE_MS);
      await this.#threadSays(card, sees);
      await this.scene.presses(ANA, card, 'Go on');
    }
    const shown = await this.scene.shows(card, ends, 3 * PATIENCE_MS);
    if (says !== undefined) await this.#threadSays(card, says);
    return shown;
  }

  async #threadSays({ channel, ts }: Card, match: RegExp): Promise<void> {
    await this.scene.slack.expectMessage({ channel, thread_ts: ts, match, withinMs: PATIENCE_MS });
  }
}
