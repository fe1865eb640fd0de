import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CAST, type IncidentStage, incidentStage } from './incident-stage.ts';

const { ana, ben, vic, kim } = CAST;

describe('who may', () => {
  let stage: IncidentStage;
  beforeEach(async () => {
    stage = await incidentStage();
    await stage.type(ana, 'incident open "karma" --service karmabot');
    await stage.type(ana, 'incident open "katana" --service katana');
  });
  afterEach(() => stage.remove());

  it('whoever may only look sees all and alters nothing', async () => {
    expect((await stage.type(vic, 'incident list')).text).toContain('INC-1');
    const lines = ['ack INC-1', 'note INC-1 hm', 'resolve INC-1', 'severity INC-1 P3', 'incident open "x"'];
    for (const line of [...lines, 'silence karmabot 1h --reason "quiet please"', 'escalate INC-1'])
      expect(await stage.type(vic, line), line).toMatchObject({ code: 'DENIED_POLICY' });
    expect((await stage.incident('INC-1')).version).toBe(1);
  });

  it('whoever works on one service alters and sees what is of that', async () => {
    expect(await stage.type(kim, 'ack INC-1')).toMatchObject({ code: 'DENIED_POLICY' });
    expect(await stage.type(kim, 'show INC-1')).toMatchObject({ code: 'DENIED_POLICY' });
    expect(await stage.type(kim, 'merge INC-2 INC-1')).toMatchObject({ code: 'DENIED_POLICY' });
    expect((await stage.type(kim, 'ack INC-2')).text).toMatch(/^You have INC-2\n/);
    expect((await stage.type(kim, 'incident')).text).not.toContain('INC-1 ');
    expect(await stage.type(kim, 'silence karmabot 1h --reason "quiet please"')).toMatchObject({
      code: 'DENIED_POLICY',
    });
    expect(await stage.type(kim, 'silence alertname=X 1h --reason "quiet please"')).toMatchObject({
      code: 'DENIED_POLICY',
    });
    expect(await stage.type(kim, 'silence katana 1h --reason "quiet please"')).toMatchObject({ code: 'ok' });
  });

  it('a dry run alters nothing', async () => {
    const lines = [
      'ack INC-1',
      'resolve INC-1',
      'severity INC-1 P0',
      'assign INC-1 lead me',
      'merge INC-1 INC-2',
    ];
    for (const line of [...lines, 'escalate INC-1', 'mitigated INC-1', 'incident open "x"'])
      expect((await stage.type(ana, `${line} --dry-run`)).text, line).toContain('Nothing has been done.');
    expect((await stage.type(ana, 'note INC-1 --dry-run --text "x"')).text).toContain(
      'Nothing has been done.',
    );
    expect((await stage.type(ana, 'note INC-1 x --dry-run')).code).toBe('INPUT_INVALID_VALUE');
    expect((await stage.incident('INC-1')).version).toBe(1);
    expect(await stage.book.find('INC-3')).toBeUndefined();
  });
});

describe('at the same moment', () => {
  let stage: IncidentStage;
  beforeEach(async () => {
    stage = await incidentStage();
    await stage.type(ana, 'incident open "first" --service karmabot');
  });
  afterEach(() => stage.remove());

  it('two people acknowledge: one has it, the other is told who', async () => {
    const told = await Promise.all([stage.type(ana, 'ack INC-1'), stage.type(ben, 'ack INC-1')]);
    const { acknowledgedBy } = await stage.incident('INC-1');
    const winner = acknowledgedBy === 'ana' ? 0 : 1;
    expect(told[winner]?.text).toMatch(/^You have INC-1\n/);
    expect(told[1 - winner]?.text).toMatch(/^(Ana|Ben) has INC-1 already/);
    expect((await stage.said('INC-1')).filter((text) => text.includes('acknowledged'))).toHaveLength(1);
  });

  it('one acknowledges while the other resolves: it stays resolved, whoever comes first', async () => {
    const [, acked] = await Promise.all([stage.type(ben, 'resolve INC-1'), stage.type(ana, 'ack INC-1')]);
    expect((await stage.incident('INC-1')).state).toBe('resolved');
    const after = await stage.type(ana, 'ack INC-1');
    expect(after).toMatchObject({ code: 'DENIED_STALE', lines: ['reopen INC-1'] });
    expect(['ok', 'DENIED_STALE']).toContain(acked.code);
    expect((await stage.incident('INC-1')).state).toBe('resolved');
  });

  it('whoever is called by an escalation answers it, and nobody else is called', async () => {
    await stage.type(ana, 'ack INC-1');
    const incident = await stage.incident('INC-1');
    await stage.book.write(async (desk) => {
      const steps = ['ana', 'ben', 'vic'].map((key, index) => ({
        afterMs: index * 300_000,
        call: [key],
        webhooks: [],
      }));
      const escalation = {
        chain: { steps, repeat: 0, repeatAfterMs: 0 },
        since: stage.now(),
        done: 1,
        rounds: 0,
      };
      await desk.put({ ...incident, escalation: { ...escalation, paused: 'acknowledged by Ana' } });
    });
    for (const line of ['escalate INC-1 it is the database', 'escalate INC-1'])
      expect(await stage.type(ana, line)).toMatchObject({ code: 'ok' });
    expect((await stage.said('INC-1')).filter((text) => text.includes('escalated'))).toHaveLength(1);
    expect(await stage.book.nextDue()).toBeLessThanOrEqual(stage.now());
    expect((await stage.type(ben, 'ack INC-1')).text).toMatch(/^Noted: you are on INC-1/);
    expect((await stage.incident('INC-1')).escalation?.paused).toBe('answered by Ben');
    const due = await stage.book.due(stage.now() + 3_600_000, 10);
    expect(due.filter(({ kind }) => kind === 'escalate')).toEqual([]);
    expect(await stage.incident('INC-1')).toMatchObject({ acknowledgedBy: 'ana', roles: { lead: 'ana' } });
  });

  it('a double press resolves once', async () => {
    const told = await Promise.all([stage.type(ana, 'resolve INC-1'), stage.type(ana, 'resolve INC-1')]);
    expect(told.map(({ code }) => code)).toEqual(['ok', 'ok']);
    expect((await stage.said('INC-1')).filter((text) => text.includes('resolved'))).toHaveLength(1);
  });

  it('one line that comes again after a crash counts once', async () => {
    for (const line of [
      'note INC-1 the disk is full',
      'incident open "second"',
      'escalate INC-1',
      'silence karmabot 1h --reason "a test"',
    ]) {
      await stage.type(ana, line, { id: `slack:again ${line}` });
      await stage.type(ana, line, { id: `slack:again ${line}` });
    }
    expect((await stage.said('INC-1')).filter((text) => text === 'the disk is full')).toHaveLength(1);
    expect(await stage.book.find('INC-3')).toBeUndefined();
    expect(await stage.book.silences(stage.now())).toHaveLength(1);
  });
});
