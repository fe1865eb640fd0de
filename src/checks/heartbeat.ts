import { z } from 'zod';
import { durationText, formatDuration, parseDuration } from '../domain/duration.ts';
import { HEARTBEAT_NAME, type Heartbeat, type Heartbeats } from '../domain/heartbeat.ts';
import { tokenReference } from './api/ask.ts';
import type { CheckKind, CheckPorts, Look } from './check.ts';
import { oneLine } from './status/one-line.ts';
import { untilSignal } from './status/status-look.ts';

/** Keys of a check of the kind `heartbeat`; whoever takes the calls reads `name` and `token`, too. */
export const heartbeatSettings = z.strictObject({
  name: z
    .string()
    .regex(HEARTBEAT_NAME, 'not a name for an address\nuse a-z, 0-9 and "-", starting with a letter')
    .describe(
      `The program calls /heartbeats/NAME (/start when it begins, /fail when it went wrong); one of its own in each environment: "\${server.heartbeat}"`,
    ),
  token: tokenReference
    .exactOptional()
    .describe(
      'What a call must bring as `Authorization: Bearer …` or ?token=…, by reference; absent = anybody may call',
    ),
  within: durationText.describe('How often it calls at least; silent for longer is a warning'),
  grace: durationText.default('1m').describe('How much longer it may be silent before that fails'),
  max: durationText
    .exactOptional()
    .describe('How long it may take from /start to its end; absent = as long as it may be silent'),
});

type Settings = z.infer<typeof heartbeatSettings>;

const ms = (text: string): number => parseDuration(text) ?? 0;

interface Moment {
  readonly now: number;
  readonly listeningSince: number;
}

const ago = (at: number, { now }: Moment): string => `${formatDuration(Math.max(0, now - at))} ago`;

const withNote = (words: string, { note }: Heartbeat): string => (note === '' ? words : `${words}: ${note}`);

/** What was heard last, and of what kind. */
function latestOf({ beatAt = 0, startedAt = 0, failedAt = 0 }: Heartbeat): {
  readonly kind: 'beat' | 'start' | 'fail' | 'nothing';
  readonly at: number;
} {
  const at = Math.max(beatAt, startedAt, failedAt);
  if (at === 0) return { kind: 'nothing', at };
  if (at === failedAt) return { kind: 'fail', at };
  return { kind: at === beatAt ? 'beat' : 'start', at };
}

/** A finding, and whether it is about silence that must not be forgotten. */
interface Judged extends Look {
  readonly late?: true;
}

/** What came while nobody listened is not known: silence counts from when somebody did. */
function silence(given: Settings, at: number, moment: Moment): Judged {
  const { now, listeningSince } = moment;
  const [within, grace] = [ms(given.within), ms(given.grace)];
  const last = at === 0 ? 'never heard of' : `last heard of ${ago(at, moment)}`;
  const wanted = `expected every ${formatDuration(within)}`;
  if (at !== 0 && now - at <= within) return { verdict: 'pass', summary: last };
  const silent = now - Math.max(at, listeningSince);
  if (silent > within + grace) return { verdict: 'fail', summary: `silent: ${last}, ${wanted}`, late: true };
  if (at >= listeningSince) return { verdict: 'warn', summary: `late: ${last}, ${wanted}` };
  return { verdict: 'unknown', summary: `${last}; nobody listened until ${ago(listeningSince, moment)}` };
}

function running(given: Settings, at: number, moment: Moment): Judged {
  const most = given.max === undefined ? ms(given.within) + ms(given.grace) : ms(given.max);
  const taken = moment.now - Math.max(at, moment.listeningSince);
  const words = `it began ${ago(at, moment)}`;
  if (taken <= most) return { verdict: 'pass', summary: `${words} and has not ended yet` };
  return {
    verdict: 'fail',
    summary: `${words} and has not ended, and may take ${formatDuration(most)}`,
    late: true,
  };
}

/** What was heard of a program means this, at this moment. */
export function judgeHeartbeat(given: Settings, seen: Heartbeat | undefined, moment: Moment): Judged {
  if (seen === undefined) return silence(given, 0, moment);
  const latest = latestOf(seen);
  if (latest.kind === 'fail')
    return {
      verdict: 'fail',
      summary: withNote(`it said ${ago(latest.at, moment)} that it went wrong`, seen),
    };
  // Found silent before a restart of ours, and nothing came since: the restart is no excuse.
  const judgedAt = seen.lateSince === undefined ? moment : { ...moment, listeningSince: latest.at };
  const judged =
    latest.kind === 'start' ? running(given, latest.at, judgedAt) : silence(given, latest.at, judgedAt);
  return { ...judged, summary: withNote(judged.summary, seen) };
}

async function judged(given: Settings, heartbeats: Heartbeats, now: number): Promise<Look> {
  const { listeningSince } = heartbeats;
  const { late, ...look } = judgeHeartbeat(given, await heartbeats.heard(given.name), {
    now,
    listeningSince,
  });
  if (late === true) await heartbeats.noteLate(given.name, now);
  return { verdict: look.verdict, summary: oneLine(`${given.name}: ${look.summary}`) };
}

async function look(given: Settings, { heartbeats, now }: CheckPorts): Promise<Look> {
  if (heartbeats === undefined)
    return { verdict: 'unknown', summary: `${given.name}: nobody listens for heartbeats here` };
  return judged(given, heartbeats, now());
}

/** Looks whether a program calls us as often as it should. */
export const heartbeatCheckKind: CheckKind = {
  kind: 'heartbeat',
  summary: 'Waits for a program to call /heartbeats/NAME; its silence, and a /start without an end, fail',
  // It calls when its turn comes, not when it was restarted.
  verifiesChanges: false,
  settings: heartbeatSettings,
  bind(given, ports) {
    const bound = heartbeatSettings.parse(given);
    return { look: (signal) => untilSignal(look(bound, ports), signal) };
  },
};
