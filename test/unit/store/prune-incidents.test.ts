import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/domain/alert.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import { message, NOON } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';

const DAY_MS = 24 * 60 * 60_000;
const OLD = NOON - 500 * DAY_MS;
const BORDERS = { chats: NOON - 90 * DAY_MS, changes: NOON - 400 * DAY_MS };
const CONSOLE = { platform: 'console', channel: 'operations' } as const;

const alertOf = (fingerprint: string, more: Partial<Alert>): Alert => ({
  integration: 'am',
  source: 'alertmanager',
  report: {
    fingerprint,
    kind: 'alert',
    status: 'firing',
    level: 'critical',
    title: 'it burns',
    labels: {},
    annotations: {},
    links: [],
    expectsResolve: true,
  },
  severity: 'P0',
  status: 'resolved',
  firstSeen: OLD,
  lastSeen: OLD,
  firingSince: OLD,
  count: 1,
  turns: [],
  isFlapping: false,
  delivery: 1,
  ...more,
});

describe('incidents that are old', () => {
  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  beforeEach(async () => {
    bench = await sqliteBench();
  });
  afterEach(() => bench.remove());

  /** Shown, with a line in its timeline, an alert, and what stands in a chat. */
  async function kept(more: Partial<Incident>, alert: Partial<Alert> = {}): Promise<string> {
    const { incidents, deliveries } = bench.journal;
    const { id, version } = await incidents.write(async (desk) => {
      const created = await desk.create({
        title: 'down',
        state: 'resolved',
        severity: 'P0',
        origin: 'alerts',
        openedBy: 'botswain',
        openedAt: OLD,
        impactSince: OLD,
        announceAt: OLD,
        resolvedAt: OLD + DAY_MS,
        reopened: 0,
        roles: {},
        ...more,
      });
      await desk.say(created.id, [{ at: OLD, kind: 'opened', actor: 'botswain', text: 'x', isSaid: true }]);
      await desk.putAlert(alertOf(created.id, { incident: created.id, ...alert }));
      return created;
    });
    await incidents.shown(id, version);
    for (const key of [`${id} card console:operations`, `${id} said 1 console:operations`]) {
      await deliveries.want({ key, conversation: CONSOLE, message: message(key) }, OLD);
      await deliveries.delivered(key, 1, { ...CONSOLE, message: key });
    }
    return id;
  }

  it('go with all that belongs to them; those that go on, wait or fire stay, with what stands in the chats', async () => {
    const { journal } = bench;
    const gone = await kept({});
    const stays = [
      await kept({ resolvedAt: NOON }),
      await kept({ state: 'open' }),
      await kept({}, { status: 'firing' }),
    ];
    const owes = await kept({});
    await journal.incidents.write((desk) => desk.setTimer(owes, 'post-mortem', NOON));
    stays.push(owes);
    await journal.incidents.write(async (desk) => {
      await desk.putAlert(alertOf('alone', { unannounced: 'silenced' }));
      await desk.putAlert(alertOf('fires', { unannounced: 'silenced', status: 'firing' }));
    });
    expect(await journal.prune(BORDERS)).toMatchObject({ incidents: 1, messages: 2 });
    expect(await journal.incidents.find(gone)).toBeUndefined();
    expect(await journal.incidents.timeline(gone)).toEqual([]);
    expect(await journal.incidents.alert(`am/${gone}`)).toBeUndefined();
    expect(await journal.incidents.alert('am/alone')).toBeUndefined();
    expect(await journal.incidents.alert('am/fires')).toBeDefined();
    for (const id of stays) {
      expect(await journal.incidents.find(id)).toBeDefined();
      // Without it the thread would be told everything once more.
      expect(await journal.deliveries.find(`${id} said 1 console:operations`)).toBeDefined();
    }
    expect(await journal.prune(BORDERS)).toMatchObject({ incidents: 0, messages: 0 });
  });
});
