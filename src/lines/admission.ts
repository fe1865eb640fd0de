import type { Incoming } from '../chat/chat.ts';
import type { Configuration } from '../domain/configuration.ts';
import { type Failed, failed } from '../domain/outcome.ts';
import type { CountedAudit } from '../upkeep/counted-audit.ts';
import { personOf } from '../workflow/people.ts';
import { type Admitted, LineRate } from './line-rate.ts';

/** What admitting lines needs. */
export interface AdmissionPorts {
  readonly configuration: Pick<Configuration, 'people'>;
  readonly counted: CountedAudit;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** A line that is not taken in. */
export interface Held {
  readonly why: Failed;
  /** False when this account was told a moment ago. */
  readonly sayIt: boolean;
}

/** Somebody who types as fast as they can stays below it; a script does not. */
const KNOWN = { burst: 200, perMinute: 60 } as const;
/** Somebody unknown needs a line or two to be told how to become known. */
const UNKNOWN = { burst: 10, perMinute: 10 } as const;
/** All unknown accounts of a platform together: anybody may write to a bot of Telegram, under as many names as they like. */
const ALL_UNKNOWN = { burst: 60, perMinute: 60 } as const;

/** Milliseconds after which a line is not carried out any more: it waited while nobody listened. */
const LATE_MS = 15 * 60_000;

/** What ends or forbids something is never held up by a flood of other lines: it has a budget of its own. */
const brakes = (text: string): boolean => /^\s*(?:deny|cancel|freeze)(?:\s|$)/i.test(text);

/** Lets lines in as fast as people type them; a flood costs its account alone, neither the journal nor other people. */
export class Admission {
  readonly #ports: AdmissionPorts;
  readonly #known: LineRate;
  readonly #unknown: LineRate;
  readonly #allUnknown: LineRate;

  constructor(ports: AdmissionPorts) {
    this.#ports = ports;
    this.#known = new LineRate(KNOWN, ports.now);
    this.#unknown = new LineRate(UNKNOWN, ports.now);
    this.#allUnknown = new LineRate(ALL_UNKNOWN, ports.now);
  }

  /** Counts a line; why it is not taken in, or undefined when it is. */
  hold(incoming: Incoming): Held | undefined {
    const admitted = this.#take(incoming);
    if (admitted.kind === 'admitted') return undefined;
    const why = failed(
      'DENIED_TOO_FAST',
      'too many lines came from your account within a minute, so this one was not taken in',
      'Wait a moment, then type it again; deny and cancel are still taken.',
    );
    this.#note(incoming, 'line refused', { code: why.code, why: why.message });
    return { why, sayIt: admitted.sayIt };
  }

  /** A platform delivered a line once more: it is not counted, and recorded that nothing is done twice. */
  cameAgain(incoming: Incoming): void {
    if (this.#isKnown(incoming)) this.#known.giveBack(nameOf(incoming));
    this.#note(incoming, 'line came again', {
      why: 'the platform, or somebody else, delivered it once more',
    });
  }

  #take(incoming: Incoming): Admitted {
    if (this.#isKnown(incoming)) return this.#known.take(nameOf(incoming));
    const own = this.#unknown.take(nameOf(incoming));
    if (own.kind === 'held') return own;
    const all = this.#allUnknown.take(incoming.account.platform);
    return all.kind === 'held' ? { kind: 'held', sayIt: false } : all;
  }

  #isKnown({ account }: Incoming): boolean {
    return personOf(this.#ports.configuration.people, account) !== undefined;
  }

  #note(
    incoming: Incoming,
    event: 'line refused' | 'line came again',
    { code, why }: { readonly code?: Failed['code']; readonly why: string },
  ): void {
    const { account, conversation } = incoming;
    const id = `${account.platform}:${account.id}`;
    this.#ports.counted.note(`${event} ${this.#isKnown(incoming) ? id : account.platform}`, {
      event,
      actor: personOf(this.#ports.configuration.people, account)?.key ?? id,
      ...(code === undefined ? {} : { code }),
      detail: { why, account: id, where: `${conversation.platform}:${conversation.channel}` },
    });
  }
}

const nameOf = ({ account, text }: Incoming): string =>
  `${account.platform}:${account.id}${brakes(text) ? ' brake' : ''}`;

/** Why a line that waited while nobody listened is not carried out; undefined where it came in time. */
export function whyTooLate({ saidAt, pressed }: Incoming, now: number): Failed | undefined {
  if (saidAt === undefined || now - saidAt <= LATE_MS) return undefined;
  const late = Math.round((now - saidAt) / 60_000);
  return failed(
    'DENIED_STALE',
    pressed === undefined
      ? `I was away when you typed this, so nothing was done: it reached me ${late} minutes late`
      : `I was away when you pressed this, up to ${late} minutes ago, so nothing was done`,
    `${pressed === undefined ? 'Type it' : 'Look, then press it'} again if it is still wanted.`,
  );
}
