import { type Target, targetKey } from '../domain/fleet.ts';
import type { Failed } from '../domain/outcome.ts';
import { type Noticing, tellOperations } from './notice.ts';

/** What the alarm needs. */
export interface HostKeyAlarmPorts extends Noticing {
  readonly onError: (error: unknown) => void;
}

const PREFIX = 'host key of ';

/** A refusal that everybody was told of and that stands. */
interface Raised {
  readonly key: string;
  readonly said: string;
}

/** Tells everybody on call once when a host shows a key that nobody vouches for, and again when it shows the right one. */
export class HostKeyAlarm {
  readonly #ports: HostKeyAlarmPorts;
  #raised: Promise<Map<string, Raised>> | undefined;
  #telling: Promise<void> = Promise.resolve();

  constructor(ports: HostKeyAlarmPorts) {
    this.#ports = ports;
  }

  /** A host showed its key; `refused` says why it was not taken. Returns at once. */
  note(target: Target, refused: Failed | undefined): void {
    this.#telling = this.#telling
      .then(() => this.#tell(targetKey(target), refused))
      .catch((error: unknown) => this.#ports.onError(error));
  }

  async #tell(target: string, refused: Failed | undefined): Promise<void> {
    this.#raised ??= this.#standing();
    const raised = await this.#raised.catch((error: unknown) => {
      this.#raised = undefined;
      throw error;
    });
    const before = raised.get(target);
    if (refused === undefined) {
      if (before !== undefined) await this.#clear(target, before);
      raised.delete(target);
    } else if (before?.said !== refused.message)
      raised.set(target, await this.#raise(target, refused, before));
  }

  /** What earlier boots told and nothing has put right yet. */
  async #standing(): Promise<Map<string, Raised>> {
    const standing = new Map<string, Raised>();
    for (const { key, message } of await this.#ports.journal.deliveries.withPrefix(PREFIX)) {
      const [target = '', at = ''] = key.slice(PREFIX.length).split(' ');
      const [said] = message.parts;
      if (message.tone === 'bad' && said?.kind === 'text')
        standing.set(target, { key: `${PREFIX}${target} ${at}`, said: said.text });
    }
    return standing;
  }

  async #raise(target: string, refused: Failed, before: Raised | undefined): Promise<Raised> {
    const at = this.#ports.now();
    const { code, message: said, remedy } = refused;
    const raised = { key: `${PREFIX}${target} ${at}`, said };
    await this.#ports.journal.audit.append({
      event: 'host key refused',
      at,
      actor: 'botswain',
      subject: target,
      code,
      detail: { why: said },
    });
    if (before !== undefined) await this.#replace(target, before, 'It shows yet another one by now.');
    await tellOperations(this.#ports, {
      key: raised.key,
      title: `${target} shows a host key that nobody vouches for`,
      tone: 'bad',
      state: 'refused',
      says: [said, ...(remedy === undefined ? [] : [remedy])],
    });
    return raised;
  }

  #clear(target: string, before: Raised): Promise<void> {
    return this.#replace(target, before, 'It shows a key that is vouched for again.');
  }

  #replace(target: string, { key, said }: Raised, now: string): Promise<void> {
    return tellOperations(this.#ports, {
      key,
      title: `${target} showed a host key that nobody vouched for`,
      tone: 'neutral',
      state: 'over',
      says: [said, now],
    });
  }
}
