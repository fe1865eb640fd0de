import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firing, resolved } from '../../story/stage/alerts.ts';
import { Night } from '../../story/stage/night.ts';

const MINUTE_MS = 60_000;
const DOWN = { alertname: 'KarmabotDown', service: 'karmabot', severity: 'critical' };
const SLOW = { alertname: 'KarmabotSlow', service: 'karmabot', severity: 'error' };
const BREACH = { alertname: 'KarmabotBreach', service: 'karmabot', severity: 'critical' };

describe('somebody is called', () => {
  let night: Night;
  beforeEach(async () => {
    night = await Night.begin('2026-01-05T12:00Z');
  });
  afterEach(() => night.end());

  const fire = (...labels: readonly (typeof DOWN)[]): Promise<void> =>
    night.hears('alertmanager', firing(labels, night.now));
  const whoSince = async (before: readonly string[]): Promise<readonly string[]> =>
    (await night.called()).slice(before.length).map((one) => one.split(' ')[1] ?? '');
  /** One that fired a minute and is over. */
  async function over(): Promise<void> {
    const began = night.now;
    await fire(DOWN);
    await night.passes(MINUTE_MS);
    await night.hears('alertmanager', resolved([DOWN], began));
  }

  it('when a person escalates what all alerts say is over', async () => {
    await over();
    const before = await night.called();
    await night.as('ana').escalate('INC-1', 'users still complain');
    await night.passes(MINUTE_MS);
    expect(await whoSince(before)).toEqual(['ben']);
  });

  it('when a person opens again what all alerts say is over', async () => {
    await over();
    await night.passes(6 * MINUTE_MS);
    const before = await night.called();
    await night.as('ana').reopen('INC-1', 'users still complain');
    await night.passes(6 * MINUTE_MS);
    expect(await whoSince(before)).toEqual(['ana', 'ben']);
    expect(await night.incident()).toMatchObject({ state: 'open' });
  });

  it('nobody when whoever has it is silent and all is over: it is resolved then, not open for ever', async () => {
    await fire(DOWN);
    await night.passes(MINUTE_MS);
    await night.as('ana').acknowledge('INC-1');
    await night.hears('alertmanager', resolved([DOWN], night.now - MINUTE_MS));
    const before = await night.called();
    await night.passes(50 * MINUTE_MS);
    expect(await night.incident()).toMatchObject({ state: 'resolved', resolvedBy: 'botswain' });
    const ended = (await night.said()).find(({ kind }) => kind === 'acknowledgement ended');
    expect(ended?.text).toBe(
      'Ana did not answer. All its alerts are over: it is resolved in 5m if that stays so.',
    );
    // What lasts calls whoever has it or not.
    expect(await whoSince(before)).toEqual(['eva']);
  });

  it('whoever takes it on after somebody who was silent leads it, and is asked', async () => {
    await fire(DOWN);
    await night.passes(MINUTE_MS);
    await night.as('ana').acknowledge('INC-1');
    await night.passes(41 * MINUTE_MS);
    expect(await night.incident()).toMatchObject({ state: 'open', roles: {} });
    await night.as('ben').acknowledge('INC-1');
    await night.passes(31 * MINUTE_MS);
    expect((await night.said()).findLast(({ kind }) => kind === 'reminder')).toMatchObject({
      calls: ['ben'],
    });
  });

  it('where something graver comes than what somebody has taken on', async () => {
    await fire(SLOW);
    await night.passes(MINUTE_MS);
    await night.as('cem').acknowledge('INC-1');
    const { spokenAt } = await night.incident();
    const before = await night.called();
    await fire(DOWN);
    await night.passes(MINUTE_MS);
    expect(await night.incident()).toMatchObject({ severity: 'P0', state: 'acknowledged', spokenAt });
    expect(await whoSince(before)).toEqual(['ana']);
    await night.as('ana').acknowledge('INC-1');
    await night.passes(10 * MINUTE_MS);
    expect(await whoSince(before)).toEqual(['ana']);
  });

  it('where the sender calls the same alert graver than before, and not where it fires on after a person called it mild', async () => {
    const alert = { title: 'Queue', fingerprint: 'q', service: 'karmabot' };
    await night.hears('elsewhere', { ...alert, severity: 'error' });
    await night.passes(MINUTE_MS);
    await night.hears('elsewhere', { ...alert, severity: 'critical' });
    await night.passes(MINUTE_MS);
    expect(await night.incident()).toMatchObject({ severity: 'P0' });
    await night.as('ana').changeSeverity('INC-1', 'P3', 'nobody feels it');
    await night.hears('elsewhere', { ...alert, severity: 'critical' });
    expect(await night.incident()).toMatchObject({ severity: 'P3' });
  });

  it('by the milder chain from where it would be, when a person says that it is mild', async () => {
    await fire(DOWN);
    await night.passes(MINUTE_MS);
    const before = await night.called();
    await night.as('ana').changeSeverity('INC-1', 'P2', 'one user');
    await night.passes(58 * MINUTE_MS);
    expect(await whoSince(before)).toEqual([]);
    await night.passes(3 * MINUTE_MS);
    expect(await whoSince(before)).toEqual(['ben']);
  });

  it('for three warnings of one service at once, and not for two', async () => {
    const warnings = ['A', 'B', 'C'].map((alertname) => ({
      alertname,
      service: 'karmabot',
      severity: 'warning',
    }));
    await fire(...warnings.slice(0, 2));
    await night.passes(MINUTE_MS);
    expect(await night.book.list({ limit: 9 })).toEqual([]);
    await fire(...warnings);
    await night.passes(MINUTE_MS);
    expect(await night.incident()).toMatchObject({ severity: 'P2' });
    expect(await night.book.alertCounts('INC-1')).toEqual({ all: 3, firing: 3 });
  });

  it('by the chain of a rule also where the alert joins what is open', async () => {
    await fire(DOWN);
    await night.passes(MINUTE_MS);
    await night.as('ana').acknowledge('INC-1');
    const before = await night.called();
    await fire(BREACH);
    await night.passes(6 * MINUTE_MS);
    expect(await whoSince(before)).toEqual(['ana', 'eva', 'dora', 'ben', 'fay']);
  });
});
