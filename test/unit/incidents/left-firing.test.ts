import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firing, resolved } from '../../story/stage/alerts.ts';
import { Night } from '../../story/stage/night.ts';

const MINUTE_MS = 60_000;
const DOWN = { alertname: 'KarmabotDown', service: 'karmabot', severity: 'critical' };
const SLOW = { alertname: 'KarmabotSlow', service: 'karmabot', severity: 'error' };
const ODD = { alertname: 'KarmabotOdd', service: 'karmabot', severity: 'warning' };

describe('an alert is never forgotten', () => {
  let night: Night;
  beforeEach(async () => {
    night = await Night.begin('2026-01-05T12:00Z');
  });
  afterEach(() => night.end());

  const fire = (...labels: readonly (typeof DOWN)[]): Promise<void> =>
    night.hears('alertmanager', firing(labels, night.now));
  /** Its beginning was then; it is over now. */
  const end = (began: number, ...labels: readonly (typeof DOWN)[]): Promise<void> =>
    night.hears('alertmanager', resolved(labels, began));
  const texts = async (id = 'INC-1'): Promise<readonly string[]> =>
    (await night.said(id)).filter(({ isSaid }) => isSaid).map(({ text }) => text);

  it('that fires on after somebody resolved its incident: they are told so, and it comes back after the window', async () => {
    await fire(DOWN, SLOW);
    await night.passes(MINUTE_MS);
    await night.as('ana').resolve('INC-1', 'I think so');
    expect((await texts()).at(-1)).toMatch(
      /2 alerts still fire: .*KarmabotDown.*; .*KarmabotSlow.* INC-1 comes back in 30m if that stays so/,
    );
    await night.passes(29 * MINUTE_MS);
    expect(await night.incident()).toMatchObject({ state: 'resolved' });
    await night.passes(2 * MINUTE_MS);
    expect(await night.incident()).toMatchObject({ state: 'open', reopened: 1 });
    expect(await texts()).toContainEqual(expect.stringMatching(/^It still fires, 30m/));
    expect((await night.called()).at(-1)).toMatch(/^3\d ana$/);
    expect(await night.book.list({ limit: 9 })).toHaveLength(1);
  });

  it('nor one whose sender never says that it is over: what happens after its incident was resolved counts', async () => {
    const event = { title: 'TypeError in checkout', service: 'karmabot', severity: 'critical' };
    await night.hears('elsewhere', event);
    await night.passes(MINUTE_MS);
    const { id } = await night.incident();
    const [alert] = await night.book.alertsOf(id);
    if (alert === undefined) throw new Error('it is there');
    await night.book.write((desk) =>
      desk.putAlert({ ...alert, report: { ...alert.report, expectsResolve: false } }),
    );
    await night.as('ana').resolve(id, undefined);
    await night.passes(90 * MINUTE_MS);
    expect(await night.incident(id)).toMatchObject({ state: 'resolved' });
    const [kept] = await night.book.alertsOf(id);
    if (kept === undefined) throw new Error('it is there');
    await night.book.write((desk) => desk.putAlert({ ...kept, lastSeen: night.now }));
    await night.passes(MINUTE_MS);
    expect(await night.incident(id)).toMatchObject({ state: 'open', reopened: 1 });
  });

  it('what is silenced meanwhile comes to its own when the silence ends', async () => {
    await fire(DOWN);
    await night.passes(MINUTE_MS);
    await night.as('ana').resolve('INC-1', undefined);
    const matchers = [{ name: 'service', operator: '=', value: 'karmabot' }] as const;
    await night.as('ana').silence(matchers, night.now + 120 * MINUTE_MS, 'known');
    await night.passes(60 * MINUTE_MS);
    const [quiet] = await night.book.alerts({ firing: true, unannounced: true, limit: 9 });
    expect(quiet?.unannounced).toMatch(/^silenced by S-1 until /);
    await night.passes(62 * MINUTE_MS);
    expect(await night.book.list({ states: ['open'], limit: 9 })).toHaveLength(1);
  });

  it('that begins to flap when its incident was over', async () => {
    for (let turn = 0; turn < 2; turn += 1) {
      const began = night.now;
      await fire(DOWN);
      await night.passes(MINUTE_MS);
      await end(began, DOWN);
      await night.passes(6 * MINUTE_MS);
      expect(await night.incident()).toMatchObject({ state: 'resolved' });
    }
    await fire(DOWN);
    expect(await night.incident()).toMatchObject({ state: 'open', reopened: 2 });
    expect(await night.book.alertsOf('INC-1')).toMatchObject([{ isFlapping: true, status: 'firing' }]);
  });

  it('keeps the reason for which nobody was told when it is over', async () => {
    const began = night.now;
    await fire(ODD);
    await night.passes(MINUTE_MS);
    await end(began, ODD);
    expect(await night.book.alerts({ unannounced: true, limit: 9 })).toMatchObject([
      { status: 'resolved', unannounced: 'young: it has to last 10m' },
    ]);
  });

  it('says that nobody repeated it where it counts as over for that', async () => {
    await fire(DOWN);
    await night.passes(MINUTE_MS);
    await night.as('ana').acknowledge('INC-1');
    await night.sleeps(25 * 60 * MINUTE_MS);
    expect(await texts()).toContainEqual(
      expect.stringMatching(
        /KarmabotDown on karmabot: nobody has repeated it for .* counts as over\. The alert is over/,
      ),
    );
  });

  it('is told of by name where everything was over and somebody has the incident', async () => {
    const began = night.now;
    await fire(DOWN);
    await night.passes(MINUTE_MS);
    await night.as('ana').acknowledge('INC-1');
    await end(began, DOWN);
    await night.passes(MINUTE_MS);
    await fire(DOWN);
    const last = (await night.said()).at(-1);
    expect(last).toMatchObject({ kind: 'alert fired', isSaid: true, calls: ['ana'] });
  });

  it('thousands that fire are looked at one portion after the other', async () => {
    await fire(ODD);
    const [one] = await night.book.alerts({ limit: 1 });
    if (one === undefined) throw new Error('it is there');
    const { unannounced: _why, ...alert } = one;
    await night.book.write(async (desk) => {
      for (let each = 0; each < 1_500; each += 1)
        await desk.putAlert({
          ...alert,
          unannounced: 'info opens no incident',
          report: { ...alert.report, fingerprint: `!${String(each).padStart(5, '0')}`, level: 'info' },
        });
    });
    await night.passes(11 * MINUTE_MS);
    expect(await night.book.list({ limit: 9 })).toMatchObject([{ title: 'KarmabotOdd on karmabot' }]);
  });
});
