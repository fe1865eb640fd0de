import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Alert } from '../../../src/domain/alert.ts';
import { type Integration, USUAL_INCIDENTS } from '../../../src/domain/incident-settings.ts';
import { ownSignalsDuty } from '../../../src/incidents/own-signals.ts';
import type { Duty } from '../../../src/workflow/duty.ts';
import { createWakeups } from '../../../src/workflow/wakeups.ts';
import { NOON } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';

const MINUTE_MS = 60_000;

const SENDER: Integration = {
  name: 'am',
  source: 'alertmanager',
  settings: {},
  tokens: [],
  logins: [],
  secrets: [],
  services: [],
  levels: {},
  mostInFiveMinutes: 300,
};

describe('what Botswain says itself', () => {
  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  let duty: Duty | undefined;
  let now = NOON;
  beforeEach(async () => {
    bench = await sqliteBench();
    now = NOON;
  });
  afterEach(async () => {
    await duty?.stop();
    await bench.remove();
  });

  /** Looks once, and no more before the test is over. */
  async function watches(integration: Integration): Promise<void> {
    const { journal } = bench;
    duty = ownSignalsDuty({
      journal,
      wakeups: createWakeups(),
      services: [],
      integrations: [integration],
      taking: {
        settings: USUAL_INCIDENTS,
        integrations: [integration],
        known: { services: [], environments: [] },
        timezone: 'UTC',
        redact: (text) => text,
      },
      lastSeen: () => undefined,
      now: () => now,
      onError: (error) => {
        throw error;
      },
    });
    await duty.start();
  }

  const alertOf = (fingerprint: string, kind: Alert['report']['kind'] = 'alert'): Alert => ({
    integration: 'am',
    source: 'alertmanager',
    report: {
      fingerprint,
      kind,
      status: 'firing',
      level: 'critical',
      title: 'it burns',
      labels: {},
      annotations: {},
      links: [],
      expectsResolve: true,
    },
    severity: 'P0',
    status: 'firing',
    firstSeen: now,
    lastSeen: now,
    firingSince: now,
    count: 1,
    turns: [],
    isFlapping: false,
    unannounced: 'x',
    delivery: 1,
  });
  const keep = (alerts: readonly Alert[]): Promise<void> =>
    bench.journal.incidents.write(async (desk) => {
      for (const alert of alerts) await desk.putAlert(alert);
    });
  const many = (count: number): readonly Alert[] =>
    Array.from({ length: count }, (_, index) => alertOf(`f${index}`));
  const titles = async (): Promise<readonly string[]> =>
    (await bench.journal.incidents.list({ limit: 9 })).map(({ title }) => title);

  it('a sender of too much is named, once', async () => {
    await keep(many(301));
    await watches(SENDER);
    await vi.waitFor(async () => expect(await titles()).toHaveLength(1), 5_000);
    // So many new ones are a storm, too, and it is said in its thread.
    const said = (await bench.journal.incidents.timeline('INC-1')).filter(({ isSaid }) => isSaid);
    expect(said.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^am sends more than 300 alerts in five minutes: What is beyond is kept/),
    );
  });

  it('a heartbeat that thousands of alerts have come after is heard all the same', async () => {
    const sender = { ...SENDER, watchdogMs: 10 * MINUTE_MS, mostInFiveMinutes: 10_000 };
    await keep([alertOf('beat', 'heartbeat')]);
    await watches(sender);
    // It has seen the heartbeat once.
    const looks = vi.spyOn(bench.journal.incidents, 'alert');
    await vi.waitFor(() => expect(looks).toHaveBeenCalledWith('am/beat'), 5_000);
    now += 11 * MINUTE_MS;
    await keep([alertOf('beat', 'heartbeat')]);
    now += 1;
    await keep(many(1_100));
    looks.mockClear();
    await vi.waitFor(() => expect(looks.mock.calls.length).toBeGreaterThan(3), 10_000);
    expect(await titles()).toEqual([]);
  });
});
