import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ana, ben, cleo, dora, MINUTE, StatusBench, T0, TWO_PAIRS } from './status-bench.ts';

describe('publish', () => {
  let bench: StatusBench;
  beforeEach(async () => {
    bench = await StatusBench.open();
    await bench.incident();
  });
  afterEach(() => bench.remove());

  it('shows what it would say, then says exactly that, in every place', async () => {
    const { text, button } = await bench.preview(ana, 'publish INC-1 investigating');
    expect(text).toContain(
      'We are investigating reports of a partial outage affecting Karmabot since 03:20 UTC.',
    );
    expect(text).toContain('Karmabot: operational → partial outage');
    expect(text).toContain('our page, Elsewhere');
    expect((await bench.page()).incidents).toEqual([]);

    bench.now += 2 * MINUTE;
    expect(await bench.type(ana, button)).toMatchObject({ tone: 'good' });
    const [shown] = (await bench.page()).incidents;
    expect(shown).toMatchObject({
      title: 'Karmabot: partial outage',
      status: 'investigating',
      impact: 'major',
      components: { karma: 'partial_outage' },
      nextUpdateAt: T0 + 30 * MINUTE,
    });
    expect(shown?.id).toMatch(/^[0-9a-f]{12}$/);
    const incident = await bench.journal.incidents.find('INC-1');
    expect(incident).toMatchObject({
      published: { status: 'investigating', firstAt: bench.now },
      updateDueAt: T0 + 30 * MINUTE,
    });
    expect(await bench.journal.incidents.due(T0 + 30 * MINUTE, 10)).toContainEqual({
      incident: 'INC-1',
      kind: 'update due',
      dueAt: T0 + 30 * MINUTE,
    });
    const told = (await bench.journal.incidents.timeline('INC-1')).filter(
      ({ kind }) => kind === 'status update',
    );
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ isSaid: true, actor: 'ana' });

    await bench.round();
    expect(bench.elsewhere.taken).toMatchObject([
      {
        update: { number: 1, status: 'investigating' },
        components: { karma: 'partial_outage', website: 'operational' },
      },
    ]);
    expect(await bench.type(ana, button)).toBe('DENIED_ALREADY_DECIDED: that is public already');
    const audit = await bench.journal.audit.list({ limit: 50 });
    expect(audit.filter(({ event }) => event === 'status update published')).toHaveLength(1);
  });

  it('goes through to the end, and comes back as the same entry', async () => {
    for (const state of ['investigating', 'identified', 'identified', 'monitoring', 'resolved']) {
      bench.now += MINUTE;
      await bench.type(ana, (await bench.preview(ana, `publish INC-1 ${state}`)).button);
    }
    const [over] = (await bench.page()).incidents;
    expect(over).toMatchObject({ status: 'resolved', components: {}, affected: ['karma'], impact: 'major' });
    expect(over?.updates.map(({ body }) => body.slice(0, 24))).toEqual([
      'The issue with Karmabot ',
      'A fix is in place and Ka',
      'We are working on the fi',
      'We have found the cause ',
      'We are investigating rep',
    ]);
    expect((await bench.page()).components[0]?.status).toBe('operational');
    const incident = await bench.journal.incidents.find('INC-1');
    expect(incident).not.toHaveProperty('updateDueAt');
    bench.now += MINUTE;
    await bench.type(ana, (await bench.preview(ana, 'publish INC-1 investigating')).button);
    const page = await bench.page();
    expect(page.incidents).toHaveLength(1);
    expect(page.incidents[0]).not.toHaveProperty('resolvedAt');
    expect(page.components[0]?.status).toBe('partial_outage');
  });

  it('refuses what the lint finds wrong, unless somebody says why it is right', async () => {
    const bad = await bench.type(ana, 'publish INC-1 identified "karmabot-server will be fixed by 15:00"');
    expect(bad).toMatchObject({ tone: 'bad', actions: [{ label: 'Publish anyway' }] });
    const line = typeof bad === 'string' ? '' : (bad.actions[0]?.line ?? '');
    expect(await bench.type(ana, line.replace(' --anyway', ''))).toContain('cannot go out like this');
    expect(await bench.type(ana, line)).toContain('wants a reason');
    expect((await bench.page()).incidents).toEqual([]);
    expect(await bench.type(ana, `${line} that is how we call the product`)).toMatchObject({ tone: 'good' });
    const [audited] = await bench.journal.audit.list({ limit: 1 });
    expect(audited?.detail).toMatchObject({ anyway: 'that is how we call the product' });
  });

  it('does not say that it is over while a check fails, also one that began to fail since the preview', async () => {
    await bench.type(ana, (await bench.preview(ana, 'publish INC-1 investigating')).button);
    const { button } = await bench.preview(ana, 'publish INC-1 resolved');
    const last = { verdict: 'fail', summary: 'HTTP 502', at: T0 } as const;
    const key = 'karmabot:web@production';
    await bench.journal.checks.save([{ key, verdict: 'fail', since: T0, last, streak: 0 }]);
    expect(await bench.type(ana, button)).toContain('fails by now');
    expect(await bench.type(ana, 'publish INC-1 resolved')).toMatchObject({ tone: 'bad' });
    // One of staging says nothing of production.
    await bench.journal.checks.save([
      { key, verdict: 'pass', since: T0, last: { ...last, verdict: 'pass' }, streak: 0 },
      { key: 'karmabot:web@staging', verdict: 'fail', since: T0, last, streak: 0 },
    ]);
    expect(await bench.type(ana, button)).toMatchObject({ tone: 'good' });
  });

  it('is void when something else was said meanwhile, when it is old, or when another may not', async () => {
    const one = await bench.preview(ana, 'publish INC-1 investigating');
    const two = await bench.preview(ben, 'publish INC-1 identified');
    await bench.type(ana, one.button);
    expect(await bench.type(ben, two.button)).toContain('DENIED_STALE');
    const three = await bench.preview(ben, 'publish INC-1 identified');
    expect(await bench.type(cleo, three.button)).toContain('DENIED_POLICY');
    expect(await bench.type(cleo, 'publish INC-1 identified')).toContain('DENIED_POLICY');
    bench.now += 30 * MINUTE;
    expect(await bench.type(ben, three.button)).toContain('DENIED_EXPIRED');
    expect(await bench.type(ben, 'publish INC-1 identified --draft 0123456789ab')).toContain(
      'INPUT_NO_SUCH_ID',
    );
  });

  it('says what is missing or misspelt', async () => {
    expect(await bench.type(ana, 'publish INC-1')).toContain('how far is INC-1?');
    expect(await bench.type(ana, 'publish INC-1 identifed')).toContain('Did you mean "identified"?');
    expect(await bench.type(ana, 'publish INC-1 identified --components shop')).toContain(
      'no component "shop"',
    );
    expect(await bench.type(ana, 'publish INC-1 identified --components karma=broken')).toContain(
      'no status',
    );
    expect(await bench.type(ana, 'publish INC-1 identified --template nothing')).toContain('no template');
    expect(await bench.type(ana, 'publish INC-9 identified')).toContain('INPUT_NO_SUCH_ID');
    expect(await bench.type(ana, 'publish INC-1 identified --next soon')).toContain('not a duration');
  });
});

describe('a second pair of eyes', () => {
  let bench: StatusBench;
  beforeEach(async () => {
    bench = await StatusBench.open(TWO_PAIRS);
    await bench.incident();
  });
  afterEach(() => bench.remove());

  it('is somebody else with the role', async () => {
    const { text, button } = await bench.preview(ana, 'publish INC-1 investigating');
    expect(text).toContain('until somebody else (approver or spokesman) presses');
    expect(await bench.type(ana, button)).toContain('DENIED_OWN_REQUEST');
    expect(await bench.type(cleo, button)).toContain('DENIED_NOT_AN_APPROVER');
    expect(await bench.type(ben, button)).toMatchObject({ tone: 'good' });
    const [audited] = await bench.journal.audit.list({ limit: 1 });
    expect(audited?.detail).toMatchObject({ asked: 'ana', approved: ['ben'] });
    expect(await bench.type(dora, 'publish INC-1 identified')).toContain('DENIED_POLICY');
    const own = await bench.preview(ben, 'publish INC-1 identified');
    expect(await bench.type(ben, own.button)).toContain('DENIED_OWN_REQUEST');
    expect(await bench.type(dora, own.button)).toMatchObject({ tone: 'good' });
  });
});
