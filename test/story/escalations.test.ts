import { afterEach, describe, expect, it } from 'vitest';
import { firing, resolved } from './stage/alerts.ts';
import { Night } from './stage/night.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Monday of a week in which Ana is primary and Ben secondary. */
const QUIET = '2026-01-05T12:00Z';

const DOWN = { alertname: 'KarmabotDown', service: 'karmabot', severity: 'critical' };
const SLOW = { alertname: 'KarmabotSlow', service: 'karmabot', severity: 'error' };
const ODD = { alertname: 'KarmabotOdd', service: 'karmabot', severity: 'warning' };

describe('who is called, by the runbook of AjudadoraBot', () => {
  let night: Night | undefined;
  afterEach(async () => {
    await night?.end();
    night = undefined;
  });

  async function begin(moment: string, labels: Readonly<Record<string, string>>): Promise<Night> {
    night = await Night.begin(moment);
    await night.hears('alertmanager', firing([labels], night.now));
    await night.passes(20_000);
    return night;
  }

  it('P0: primary at once, secondary after 5 minutes, Engineering Manager, CTO, and again from the start', async () => {
    const here = await begin(QUIET, DOWN);
    expect((await here.incident()).severity).toBe('P0');
    await here.passes(26 * MINUTE_MS);
    expect(await here.called()).toEqual(['0 ana', '5 ben', '10 eva', '15 dora', '20 ana', '25 ben']);
  });

  it('P0: an outage of more than 30 minutes goes to the Engineering Manager, acknowledged or not', async () => {
    const here = await begin(QUIET, DOWN);
    await here.passes(2 * MINUTE_MS);
    await here.as('ana').acknowledge('INC-1');
    await here.passes(65 * MINUTE_MS);
    const called = await here.called();
    expect(called.slice(0, 1)).toEqual(['0 ana']);
    expect(called).toEqual(expect.arrayContaining(['30 eva', '60 dora']));
    expect(called).not.toContain('5 ben');
  });

  it('P1: secondary after 10 minutes, Engineering Manager after 25, and when it lasts 2 hours', async () => {
    const here = await begin(QUIET, SLOW);
    expect((await here.incident()).severity).toBe('P1');
    await here.passes(27 * MINUTE_MS);
    expect(await here.called()).toEqual(['0 ana', '10 ben', '25 eva']);
    await here.as('ben').acknowledge('INC-1');
    for (let hour = 0; hour < 5; hour += 1) {
      await here.passes(25 * MINUTE_MS);
      await here.as('ben').note('INC-1', 'still on it');
    }
    expect(await here.called()).toEqual(['0 ana', '10 ben', '25 eva', '120 eva']);
  });

  it('P2: a warning only once it has lasted, then the primary, an hour later the secondary', async () => {
    const here = await begin(QUIET, ODD);
    expect(await here.book.list({ limit: 10 })).toEqual([]);
    await here.passes(11 * MINUTE_MS);
    expect((await here.incident()).severity).toBe('P2');
    await here.passes(62 * MINUTE_MS);
    expect(await here.called()).toEqual(['0 ana', '60 ben']);
  });

  it('a security incident calls the whole list, and the CEO only then', async () => {
    const here = await begin(QUIET, {
      alertname: 'DataBreach',
      service: 'ajudadorabot',
      severity: 'warning',
    });
    await here.passes(6 * MINUTE_MS);
    expect(await here.called()).toEqual(['0 ana', '0 eva', '0 dora', '5 ben', '5 fay']);
  });

  it('whoever acknowledged and falls silent is asked; without an answer it is open again and others are called', async () => {
    const here = await begin(QUIET, DOWN);
    await here.as('ana').acknowledge('INC-1');
    await here.passes(31 * MINUTE_MS);
    expect((await here.said()).find(({ kind }) => kind === 'reminder')).toMatchObject({ calls: ['ana'] });
    expect((await here.incident()).state).toBe('acknowledged');
    await here.passes(11 * MINUTE_MS);
    expect((await here.incident()).state).toBe('open');
    expect((await here.called()).at(-1)).toMatch(/^4\d ana$/);
    await here.passes(6 * MINUTE_MS);
    expect((await here.called()).at(-1)).toMatch(/^4\d ben$/);
  });

  it('asked and answered, it stays theirs', async () => {
    const here = await begin(QUIET, DOWN);
    await here.as('ana').acknowledge('INC-1');
    await here.passes(31 * MINUTE_MS);
    await here.as('ana').acknowledge('INC-1');
    await here.passes(20 * MINUTE_MS);
    expect(await here.incident()).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'ana' });
  });

  it('a bot that slept for two hours calls those who are due now, each once', async () => {
    const here = await begin(QUIET, DOWN);
    await here.sleeps(2 * HOUR_MS);
    // The chain's three, and the two of what lasts.
    expect(await here.called()).toEqual(['0 ana', '120 ben', '120 eva', '120 dora', '120 eva', '120 dora']);
  });

  it('nobody is called for what is over, and it is called again when it is back', async () => {
    const here = await begin(QUIET, DOWN);
    const began = here.now;
    await here.passes(2 * MINUTE_MS);
    await here.hears('alertmanager', resolved([DOWN], began - MINUTE_MS));
    await here.passes(10 * MINUTE_MS);
    expect(await here.incident()).toMatchObject({ state: 'resolved', resolvedBy: 'botswain' });
    expect(await here.called()).toEqual(['0 ana']);
    await here.hears('alertmanager', firing([DOWN], here.now));
    await here.passes(6 * MINUTE_MS);
    expect(await here.incident()).toMatchObject({ state: 'open', reopened: 1 });
    expect((await here.called()).slice(1).map((one) => one.split(' ')[1])).toEqual(['ana', 'ben']);
  });

  it('acknowledging what is over reopens nothing', async () => {
    const here = await begin(QUIET, DOWN);
    await here.as('ana').resolve('INC-1', 'false alarm');
    const late = await here.as('ben').acknowledge('INC-1');
    expect(late).toMatchObject({ kind: 'failed' });
    expect(await here.incident()).toMatchObject({ state: 'resolved', resolvedBy: 'ana' });
  });

  it('P0 and P1 owe a post-mortem within 24 hours, and their lead is reminded', async () => {
    const here = await begin(QUIET, DOWN);
    await here.as('ana').acknowledge('INC-1');
    await here.hears('alertmanager', resolved([DOWN], Date.parse(QUIET)));
    await here.as('ana').resolve('INC-1', undefined);
    await here.passes(24 * HOUR_MS + MINUTE_MS);
    expect((await here.said()).at(-1)).toMatchObject({
      kind: 'reminder',
      calls: ['ana'],
      text: /post-mortem/,
    });
  });

  for (const [name, moment, who] of [
    // The hand-over is on Mondays at 09:00 in Berlin, whatever the clocks did the night before.
    ['an hour that is not there', '2026-03-29T00:58Z', ['0 ben', '5 cem']],
    ['an hour that comes twice', '2026-10-25T00:30Z', ['0 ben', '5 cem']],
    // Whoever was primary is secondary from the hand-over on, which comes in between.
    ['just before the hand-over after it', '2026-03-30T06:58Z', ['0 ben', '5 ben']],
    ['just after it', '2026-03-30T07:01Z', ['0 ana', '5 ben']],
  ] as const)
    it(`in the night in which the clocks change, ${name}: the right two, 5 minutes apart`, async () => {
      const here = await begin(moment, DOWN);
      await here.passes(6 * MINUTE_MS);
      expect(await here.called()).toEqual(who);
    });
});
