import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AuditRecord } from '../../../src/domain/audit-event.ts';
import { openJournal } from '../../../src/store/open-journal.ts';
import { buttonsIn, readable } from '../../fakes/slack/content.ts';
import { type FakeSlack, startFakeSlack } from '../../fakes/slack/fake-slack.ts';
import { markOf } from '../../fakes/slack/methods.ts';
import type { FakeEphemeral, FakeMessage } from '../../fakes/slack/types.ts';
import type { SshTarget } from '../../rig/ssh-client.ts';
import { BotProcess, publicUrlOf } from './botswain.ts';
import { hire, slackHttpVariables, slackVariables, team } from './team.ts';
import { Yard } from './yard.ts';

/** What differs from the usual scene: one service `shop` on this machine, the team's people and policy. */
export interface SceneSettings {
  readonly components: (yard: Yard) => Promise<Readonly<Record<string, object>>>;
  /** Keys of botswain.yaml that replace the team's. */
  readonly botswain?: object;
  /** Targets by environment and name, besides `here` in production. */
  readonly targets?: (yard: Yard) => Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly services?: (yard: Yard) => Promise<Readonly<Record<string, object>>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** What stands in the fake workspace before the bot starts. */
  readonly prepare?: (slack: FakeSlack) => void;
  /** How Slack reaches the bot; by socket unless told. */
  readonly delivery?: 'socket' | 'http';
}

/** A change's card in a channel. */
export interface Card {
  readonly id: string;
  readonly channel: string;
  readonly ts: string;
}

/** A service file as the stories have it: verified within a moment. */
export const serviceOf = (name: string, components: object, more: object = {}): object => ({
  service: name,
  title: name,
  target: 'here',
  verify: { hold: '200ms', within: '3s' },
  components,
  ...more,
});

/** Nobody has to approve anything. */
export const FREELY = [{ risk: 'read', allow: ['operator', 'viewer'] }, { allow: ['operator'] }] as const;

const ANA = 'U0ANA';
const OPS = 'C0OPS';
const run = promisify(execFile);

/** A fake Slack, a bot on it, and real programs to operate. */
export class Scene {
  readonly slack: FakeSlack;
  readonly yard: Yard;
  readonly bot: BotProcess;
  readonly #seen = new Set<string>();

  private constructor(parts: { readonly slack: FakeSlack; readonly yard: Yard; readonly bot: BotProcess }) {
    this.slack = parts.slack;
    this.yard = parts.yard;
    this.bot = parts.bot;
  }

  /** Sets everything up and starts the bot. */
  static async open(settings: SceneSettings): Promise<Scene> {
    const slack = await startFakeSlack({ delivery: settings.delivery ?? 'socket' });
    hire(slack);
    settings.prepare?.(slack);
    const yard = await Yard.open();
    const components = await settings.components(yard);
    const targets = settings.targets?.(yard) ?? {};
    const bot = await BotProcess.prepare({
      botswain: { ...team, ...settings.botswain },
      targets: { ...targets, production: { here: hereIn(yard), ...targets.production } },
      services: { shop: serviceOf('shop', components), ...(await settings.services?.(yard)) },
      environment: {
        ...(settings.delivery === 'http' ? slackHttpVariables(slack) : slackVariables(slack)),
        ...settings.environment,
      },
    });
    const scene = new Scene({ slack, yard, bot });
    await scene.boot().catch(async (error: unknown) => {
      await scene.close();
      throw error;
    });
    return scene;
  }

  /** Starts the bot, the first time or again; over HTTP Slack then calls where it listens now. */
  async boot(): Promise<void> {
    await this.bot.start();
    this.slack.http.url = `${this.publicUrl}/slack/events`;
  }

  /** The address of the bot's public server. */
  get publicUrl(): string {
    return publicUrlOf(this.bot);
  }

  /** Somebody types a line; resolves when Slack has its acknowledgement. */
  async types(user: string, text: string, channel = OPS): Promise<void> {
    const ack = await this.slack.command({ user, channel, text });
    if (!ack.acked) throw new Error(`"${text}" was not acknowledged: ${ack.reason}`);
  }

  /** Types a line and returns what this person alone is told then. */
  async asks(user: string, text: string, channel = OPS): Promise<string> {
    const before = this.slack.ephemerals(user).length;
    const mark = markOf(text);
    await this.types(user, text, channel);
    // A line that a kill found unanswered is answered once more, whenever that comes.
    const isAnswer = ({ look, answers = mark }: Pick<FakeEphemeral, 'look' | 'answers'>): boolean =>
      answers === mark && !/Working on it/.test(readable(look));
    const answer = await this.slack.until(
      () => this.slack.ephemerals(user).slice(before).find(isAnswer),
      20_000,
    );
    return readable(answer.look);
  }

  /** Types a line that becomes a change, and returns its card where it was asked for. */
  async requests(text: string, user = ANA, channel = OPS): Promise<Card> {
    await this.types(user, text, channel);
    return this.newCard(channel);
  }

  /** The next card in a channel that no story has looked at yet. */
  async newCard(channel = OPS): Promise<Card> {
    const found = await this.slack.until(() => this.#freshCard(channel), 15_000);
    this.#seen.add(`${channel} ${found.id}`);
    return found;
  }

  #freshCard(channel: string): Card | undefined {
    for (const { ts, look } of this.slack.messages(channel)) {
      const id = /\b(C-\d+) · plan /.exec(readable(look))?.[1];
      if (id !== undefined && !this.#seen.has(`${channel} ${id}`)) return { id, channel, ts };
    }
    return undefined;
  }

  /** Presses a button of a card as it stands now. */
  async presses(user: string, { channel, ts }: Card, label: string): Promise<void> {
    await this.slack.click({ user, channel, ts, label });
  }

  /** Waits until a card reads like this; returns how it reads then. */
  async shows(card: Card, match: RegExp, withinMs = 12_000): Promise<string> {
    const look = (): FakeMessage['look'] | undefined => this.slack.message(card.channel, card.ts)?.look;
    const found = await this.slack
      .until(() => {
        const now = look();
        return now !== undefined && match.test(readable(now)) ? now : undefined;
      }, withinMs)
      .catch(() => {
        const now = look();
        throw new Error(`${card.id} never read like ${match}:\n${now && readable(now)}\n${this.bot.printed}`);
      });
    return readable(found);
  }

  /** Labels of a card's buttons now. */
  buttons({ channel, ts }: Card): readonly string[] {
    const message = this.slack.message(channel, ts);
    return message === undefined ? [] : buttonsIn(message.look).map(({ label }) => label);
  }

  /** Waits until this person alone was told something like it. */
  async told(user: string, match: RegExp): Promise<string> {
    return readable((await this.slack.expectEphemeral(user, match, 10_000)).look);
  }

  /** Stops the bot and reads its whole audit, oldest first; fails when the chain is broken. */
  async audit(folder = join(this.bot.folder, 'data')): Promise<readonly AuditRecord[]> {
    await this.bot.stop();
    const main = join(import.meta.dirname, '../../../src/main.ts');
    await run(process.execPath, [main, 'audit', 'verify'], {
      env: { ...process.env, BOTSWAIN_DATA: folder },
    });
    const journal = await openJournal(folder);
    if (journal.kind !== 'succeeded') throw new Error(journal.message);
    const records = await journal.value.audit.list({ limit: 10_000 });
    await journal.value.close();
    return records.toReversed();
  }

  async close(): Promise<void> {
    await this.bot.remove();
    await this.slack.stop();
    await this.yard.close();
  }
}

/** The machine the stories run on as a target, its receipts out of the way. */
export const hereIn = (yard: Yard): object => ({ kind: 'local', receipts: join(yard.folder, 'receipts') });

/** A real sshd as a target, its receipts in the yard; given up after 2 s where it does not answer. */
export const hostOf = (sshd: SshTarget, yard: Yard): object => ({
  kind: 'ssh',
  host: sshd.host,
  port: sshd.port,
  user: sshd.user,
  key: { file: sshd.privateKeyPath },
  host_key: sshd.hostKeyFingerprint,
  connect_timeout: '2s',
  receipts: join(yard.folder, 'receipts'),
});
