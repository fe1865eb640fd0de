import { formatDuration } from '../domain/duration.ts';
import type { Clock } from './clock.ts';
import { type Duty, inRounds } from './duty.ts';
import type { SetBack } from './journal.ts';
import { type Noticing, tellOperations } from './notice.ts';

/** What minding the clock needs. */
export interface ClockDutyPorts extends Noticing {
  readonly clock: Clock;
  /** Shows a change whose times were moved. */
  readonly publish: (id: string) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

const LOOK_EVERY_MS = 1000;
/** Milliseconds by which the next boot may underrate how far the clock was set back meanwhile. */
const SAW_EVERY_MS = 5000;

const wholeSeconds = (ms: number): string => formatDuration(Math.round(ms / 1000) * 1000);

/** Notices that somebody set the clock of this machine, moves what waits along, and says so. */
export function clockDuty(ports: ClockDutyPorts): Duty {
  const { clock, journal, onError } = ports;
  const { time } = journal;
  let sawAt = Number.NEGATIVE_INFINITY;
  let tellsBoot = time.setBackBefore;

  const round = async (): Promise<void> => {
    if (tellsBoot !== undefined) {
      await tellSetBack(ports, tellsBoot, 'while Botswain was not running, by at least');
      tellsBoot = undefined;
    }
    const step = clock.look();
    if (step?.kind === 'back') await goBack(ports, step.byMs);
    if (step?.kind === 'ahead') await tellAhead(ports, step.byMs);
    if (step === undefined && performance.now() - sawAt < SAW_EVERY_MS) return;
    sawAt = performance.now();
    await time.saw(clock.now());
  };
  const rounds = inRounds({ name: 'clock', everyMs: LOOK_EVERY_MS, run: round, onError });
  return {
    ...rounds,
    async stop() {
      await rounds.stop();
      // On a full disk the next boot compares with what was noted before.
      await time.saw(clock.now()).catch(onError);
    },
  };
}

/** First what waits is moved, then the clock followed: a crash in between is mended by the next boot. */
async function goBack(ports: ClockDutyPorts, byMs: number): Promise<void> {
  const { clock, journal } = ports;
  const moved = await journal.time.setBack(byMs, clock.now() - byMs);
  clock.follow(byMs);
  await tellSetBack(ports, moved, 'by');
}

async function tellSetBack(ports: ClockDutyPorts, moved: SetBack, how: string): Promise<void> {
  for (const id of moved.changes) await ports.publish(id);
  const count = moved.changes.length;
  await tellOperations(ports, {
    key: `clock set back ${ports.now()}`,
    title: 'The clock of this machine was set back',
    tone: 'warning',
    says: [
      `It was set back ${how} ${wholeSeconds(moved.byMs)}. ${count === 0 ? 'No change was waiting.' : `${count === 1 ? 'One change that waits was' : `${count} changes that wait were`} moved along, so that no approval lasts longer: ${moved.changes.join(', ')}.`}`,
      'If nobody meant to, look at its time synchronisation (timedatectl, chronyc tracking).',
    ],
  });
}

async function tellAhead(ports: ClockDutyPorts, byMs: number): Promise<void> {
  const at = ports.now();
  await ports.journal.audit.append({ event: 'clock set ahead', at, actor: 'botswain', detail: { byMs } });
  await tellOperations(ports, {
    key: `clock set ahead ${at}`,
    title: 'The clock of this machine jumped ahead',
    tone: 'warning',
    says: [
      `It jumped by ${wholeSeconds(byMs)}, or the machine slept as long. What was to happen meanwhile happens now; approvals that ran out are gone.`,
      'If it did not sleep, look at its time synchronisation (timedatectl, chronyc tracking).',
    ],
  });
}
