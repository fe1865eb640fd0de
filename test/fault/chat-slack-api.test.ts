import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import type { Fault } from '../fakes/slack/faults.ts';
import { FREELY, Scene } from '../story/stage/scene.ts';
import { cardsWith, chance, ended, judged, oneOf, programsOf, rounds } from './chat-stage.ts';

const ANA = 'U0ANA';
/** More than are worked on at one time, so that none waits for the lock of another. */
const PROGRAMS = Array.from({ length: 14 }, (_, at) => `app${at}`);
const CHANGES = rounds(5, 60);
const OUTAGE_MS = rounds(4000, 20_000);
const SEED = 3;
const METHODS = [
  'chat.postMessage',
  'chat.update',
  'chat.postEphemeral',
  'conversations.replies',
  'conversations.history',
] as const;

const FAULTS: readonly Fault[] = [
  { kind: 'rate_limit', retryAfter: 1 },
  { kind: 'rate_limit' },
  { kind: 'http', status: 500 },
  { kind: 'http', status: 503, body: '<html>' },
  { kind: 'error', error: 'internal_error' },
  { kind: 'error', error: 'fatal_error' },
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'garbage' },
];

/** Ways in which a whole Slack is away. */
const OUTAGES: readonly (readonly [name: string, fault: Fault])[] = [
  ['500', { kind: 'http', status: 500 }],
  ['429 that asks for a second', { kind: 'rate_limit', retryAfter: 1 }],
  ['cut connections', { kind: 'reset', when: 'before' }],
  ['ok: false', { kind: 'error', error: 'service_unavailable' }],
];

describe('#3 the API of Slack fails while changes are run', () => {
  let scene: Scene;
  const random = chance(SEED);
  const marks: string[] = [];
  let tries = 0;

  beforeAll(async () => {
    scene = await Scene.open({ components: programsOf(PROGRAMS), botswain: { policy: FREELY } });
    // Whom Slack has never told us of is refused while it is away; whom it has told us of is known for a while.
    await scene.asks(ANA, 'whoami');
  });
  afterAll(() => scene?.close());

  const startsOf = (program: string): number => scene.yard.starts(program);
  const calls = (): number => METHODS.reduce((sum, method) => sum + scene.slack.calls(method).length, 0);

  const nextProgram = (): string => PROGRAMS[marks.length % PROGRAMS.length] ?? '';

  async function asks(program: string): Promise<string> {
    const mark = `round ${marks.length}.`;
    marks.push(mark);
    await scene.types(ANA, `restart shop/${program} --reason "${mark}"`);
    return mark;
  }

  function spoil(): void {
    for (const method of ['chat.postMessage', 'chat.update', 'chat.update', 'conversations.history']) {
      tries += 1;
      scene.slack.faults.script({ ...oneOf(random, FAULTS), method });
    }
  }

  it('one call after the other in every way: each is done once, and each message stands once', async () => {
    for (let change = 0; change < CHANGES; change += 1) {
      const program = nextProgram();
      const before = startsOf(program);
      spoil();
      await asks(program);
      await scene.bot.until(() => startsOf(program) > before);
    }
    scene.slack.faults.clear();
    await ended(scene, marks, 90_000);
    for (const mark of marks) expect(cardsWith(scene, mark), mark).toHaveLength(1);
  }, 240_000);

  it.each(OUTAGES)(
    'all calls at once, %s: done all the same, said afterwards, no busy loop',
    async (_name, fault) => {
      const program = nextProgram();
      const before = startsOf(program);
      tries += 1;
      scene.slack.faults.script({ ...fault, times: 100_000 });
      const callsBefore = calls();
      const mark = await asks(program);
      await scene.bot.until(() => startsOf(program) > before);
      await pause(OUTAGE_MS);
      const made = calls() - callsBefore;
      // Three calls for what is urgent, then a rest of 1, 2, 5 … s.
      expect(made).toBeGreaterThan(0);
      expect(made).toBeLessThan(10 + (4 * OUTAGE_MS) / 1000);
      scene.slack.faults.clear();
      await ended(scene, [mark]);
    },
    120_000,
  );

  it('an answer that comes after the bot has stopped waiting: nothing stands twice', async () => {
    tries += 1;
    scene.slack.faults.script({ kind: 'late', ms: 20_000, method: 'chat.postMessage' });
    const mark = await asks(nextProgram());
    await ended(scene, [mark], 60_000);
    expect(cardsWith(scene, mark)).toHaveLength(1);
  }, 90_000);

  it('a thread has each of its messages once, and nothing is twice, lost or silent', async () => {
    const { slack } = scene;
    for (const { ts } of slack.messages('C0OPS').filter(({ by_bot }) => by_bot)) {
      const said = slack.thread('C0OPS', ts).map(({ look }) => readable(look));
      expect(new Set(said).size).toBe(said.length);
    }
    const components = PROGRAMS.map((name) => `shop/${name}`);
    const fault = '#3 Slack API 429, 500, ok:false, cut, late';
    const verdict = await judged(scene, { fault, tries, accepted: marks, components });
    expect(verdict.problems).toEqual([]);
    expect(verdict.states).toEqual({ succeeded: marks.length });
  });
});
