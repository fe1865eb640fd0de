import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firing } from '../../story/stage/alerts.ts';
import { Night } from '../../story/stage/night.ts';

const MINUTE_MS = 60_000;

describe('a storm', () => {
  let night: Night;
  beforeEach(async () => {
    night = await Night.begin('2026-01-05T12:00Z');
  });
  afterEach(() => night.end());

  const labelsOf = (number: number) => ({
    alertname: `Down${number}`,
    service: `unknown-${number}`,
    severity: 'critical',
    incident_key: `key ${number % 12}`,
  });
  const rage = (alerts: number): Promise<void> =>
    night.hears(
      'alertmanager',
      firing(
        Array.from({ length: alerts }, (_, number) => labelsOf(number)),
        night.now,
      ),
    );

  it('leaves nothing behind that fires, however much it is, and is not opened again by what it absorbed', async () => {
    // The cap of the integration is 300 in five minutes: what is beyond comes to it a little later.
    await rage(700);
    await night.passes(7 * MINUTE_MS);
    const [storm] = await night.book.list({ states: ['open'], limit: 99 });
    expect(storm).toMatchObject({ origin: 'storm' });
    const { firing: fires } = await night.book.alertCounts(storm?.id ?? '');
    expect(fires).toBe(700);
    await night.passes(25 * MINUTE_MS);
    expect(await night.incident(storm?.id)).toMatchObject({ state: 'resolved', reopened: 0 });
    expect(await night.book.leftFiring(10)).toEqual([]);
    const open = await night.book.list({ states: ['open'], limit: 99 });
    expect(open.every(({ origin }) => origin === 'alerts')).toBe(true);
    const counts = await Promise.all(open.map(({ id }) => night.book.alertCounts(id)));
    expect(counts.reduce((sum, count) => sum + count.firing, 0)).toBe(700);
  });
});
