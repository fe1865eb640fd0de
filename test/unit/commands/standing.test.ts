import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check } from '../../../commands/check.ts';
import { status } from '../../../commands/status.ts';
import type { Component, Read } from '../../../src/components/component.ts';
import type { Context } from '../../../src/dispatch/command.ts';
import { dispatch } from '../../../src/dispatch/dispatch.ts';
import type { Configuration, PlacedCheck } from '../../../src/domain/configuration.ts';
import type { Message } from '../../../src/domain/message.ts';
import { failed, succeeded } from '../../../src/domain/outcome.ts';
import type { CheckState, Verdict } from '../../../src/domain/verdict.ts';
import type { Fleet } from '../../../src/workflow/fleet.ts';
import { incoming, NOON } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { contextOf } from '../workflow/context.ts';
import { configuration, fleetWith, person } from '../workflow/yard.ts';

const HOUR = 3_600_000;

const web: PlacedCheck = {
  service: 'karmabot',
  environment: 'production',
  name: 'web',
  kind: 'http',
  settings: {},
  everyMs: 30_000,
  timeoutMs: 10_000,
  thresholds: { failures: 2, recoveries: 2 },
};

/** Karmabot with one check, its nginx in a container's place. */
function withCheck(): Configuration {
  const usual = configuration();
  const [karmabot] = usual.services;
  if (karmabot === undefined) throw new Error('there is a service');
  const components = karmabot.components.map((placed) => ({
    ...placed,
    kind: 'compose',
    settings: { sudo: true },
  }));
  return { ...usual, services: [{ ...karmabot, components, checks: [web] }] };
}

const state = (verdict: Verdict, since: number): CheckState => ({
  key: 'karmabot:web@production',
  verdict,
  since,
  last: { verdict, summary: verdict === 'pass' ? 'HTTP 200 in 4 ms' : 'HTTP 502 in 4 ms', at: NOON },
  streak: 0,
});

/** A fleet whose host tells how it stands, or does not answer. */
function fleetThat(answers: boolean, onAsked: (program: string) => void): Fleet {
  const texts: Readonly<Record<string, string>> = {
    sh: '== name\nip-10\n== load\n0.10 0.20 0.30 1/99 7\n2\n== processes\n 77 2048 1.5 python bot.py --token=hunter2\n',
    docker: 'karmabot-app|0.5%|30MiB / 1GiB|2.9%\n',
  };
  const read: Read = async (call) => {
    const [program = ''] = call.kind === 'argv' ? call.argv : [];
    onAsked(program);
    if (!answers) return failed('TARGET_UNREACHABLE', 'karmabot-server does not answer');
    return succeeded({ code: 0, stdout: texts[program] ?? '', stderr: '', truncated: false, durationMs: 1 });
  };
  return fleetWith({ configuration: withCheck(), read: () => read, component: () => able });
}

const never = () => Promise.reject(new Error('not asked'));
const able: Component = {
  actions: ['restart'],
  steps: () => [],
  status: never,
  identity: never,
  logs: never,
};

const flat = (message: Message): string => JSON.stringify(message.parts);

describe('how something stands, and since when', () => {
  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  beforeEach(async () => {
    bench = await sqliteBench();
  });
  afterEach(() => bench.remove());

  async function typed(text: string, seen: CheckState, more: Partial<Context> = {}): Promise<Message> {
    const parts = { journal: bench.journal, configuration: withCheck(), line: incoming('x', text) };
    const context = {
      ...contextOf(parts, person('ana', 'operator')),
      commands: [check, status],
      fleet: fleetThat(false, () => {}),
      lastSeen: {
        lastSeen: (key: string) => (key === seen.key ? seen : undefined),
        lookAtComponent: async () => ({ verdict: 'pass' as const, summary: 'active', at: NOON }),
        lookAtCheck: async () => seen.last,
      },
      ...more,
    };
    const came = await dispatch(context, text, () => Promise.reject(new Error('nothing is planned')));
    if (came.kind !== 'succeeded' || came.value.kind !== 'answer') throw new Error(JSON.stringify(came));
    return came.value.answer.message;
  }

  it('status says since when a check fails, and nothing of the kind of one that is well', async () => {
    expect(flat(await typed('status karmabot', state('fail', NOON - 3 * HOUR)))).toContain(
      'HTTP 502 in 4 ms (0s ago); failing since 09:00 (3h)',
    );
    expect(flat(await typed('status karmabot', state('pass', NOON - 3 * HOUR)))).not.toContain('since');
  });

  it('a look that says something else than what is settled is shown so, and said to count for nothing yet', async () => {
    const odd: CheckState = { ...state('fail', NOON), verdict: 'pass', streak: 1 };
    const shown = await typed('status karmabot', odd);
    expect(flat(shown)).toContain('HTTP 502 in 4 ms (0s ago); failing in 1 look so far, not counted yet');
    expect(flat(shown)).toMatch(/"text":"web","tone":"bad"/);
    const well: CheckState = { ...state('pass', NOON), verdict: 'fail', streak: 2 };
    expect(flat(await typed('status karmabot', well))).toContain('well in 2 looks so far, not counted yet');
  });

  it('check shows the last turns, newest first, and none where there was never one', async () => {
    expect(flat(await typed('check karmabot', state('pass', NOON)))).not.toContain('turned');
    for (const [verdict, at] of [
      ['pass', NOON - 30 * HOUR],
      ['fail', NOON - 3 * HOUR],
    ] as const)
      await bench.journal.checks.turned(state(verdict, at));
    const shown = flat(await typed('check karmabot', state('fail', NOON - 3 * HOUR)));
    expect(shown).toContain('HTTP 502 in 4 ms; failing since 09:00 (3h)');
    expect(shown).toMatch(/turned.*09:00 failing: HTTP 502 in 4 ms.*-04 06:00 well: HTTP 200 in 4 ms/);
  });

  it('--host asks each host once, redacts what runs there, and shows the rest where it cannot be had', async () => {
    const asked: string[] = [];
    const host = (answers: boolean) => fleetThat(answers, (program) => asked.push(program));
    const redact = (text: string) => text.replaceAll('hunter2', '[redacted]');
    const more = (answers: boolean) => ({ fleet: host(answers), redact });
    const shown = flat(await typed('status karmabot --host', state('pass', NOON), more(true)));
    expect(shown).toContain('Host karmabot-server (ip-10)');
    expect(shown).toContain('0.10 0.20 0.30 on 2 processors');
    expect(shown).toContain('python bot.py --token=[redacted]');
    expect(shown).toContain('30MiB / 1GiB (2.9%)');
    expect(asked.toSorted()).toEqual(['docker', 'sh']);
    const silent = flat(await typed('status karmabot --host', state('pass', NOON), more(false)));
    expect(silent).toContain('It could not be looked at: karmabot-server does not answer');
    expect(silent).toContain('HTTP 200 in 4 ms');
  });

  it('offers the host with one press', async () => {
    const { actions } = await typed('status karmabot', state('pass', NOON));
    expect(actions.map(({ line }) => line)).toContain('status karmabot@production --host');
  });
});
