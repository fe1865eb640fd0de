import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { draft, entry, NOON } from '../../contract/journal-samples.ts';
import { rule } from '../workflow/yard.ts';
import { CAST, type IncidentStage, incidentStage, stageConfiguration } from './incident-stage.ts';

const { ana, ben } = CAST;
const MINUTE = 60_000;

describe('a glass that was broken', () => {
  let stage: IncidentStage;
  beforeEach(async () => {
    stage = await incidentStage();
    await stage.type(ana, 'incident open "first" --service karmabot');
  });
  afterEach(() => stage.remove());

  const glass = {
    skipped: ['the freeze'],
    told: ['approver'],
    reviewFrom: ['approver'],
    reviewBy: NOON + 86_400_000,
  };

  async function broken(key: string, requestedAt: number): Promise<string> {
    const wanted = draft(`glass ${key} ${requestedAt}`, { keys: [key], requestedAt, breakGlass: glass });
    const { change } = await stage.journal.changes.request(wanted, entry('change requested'));
    const move = {
      to: 'failed',
      patch: { endedAt: requestedAt + 1 },
      audit: entry('change failed'),
    } as const;
    await stage.journal.changes.move(change.id, ['requested'], move);
    return change.id;
  }

  it('keeps the incident of its service open until somebody else has signed the review', async () => {
    const id = await broken('karmabot/app', NOON - 10 * MINUTE);
    const refused = await stage.type(ana, 'resolve INC-1 it works');
    expect(refused).toMatchObject({ code: 'DENIED_STALE', lines: [`show ${id}`] });
    expect(refused.text).toContain(`Ana broke the glass for ${id}`);
    expect(refused.text).toContain(`review ${id} "what you found"`);
    expect((await stage.incident('INC-1')).state).toBe('open');
    expect((await stage.type(ana, 'mitigated INC-1')).code).toBe('ok');
    const ended = await stage.type(ben, `review ${id} "it could not wait"`);
    expect(ended.code, ended.text).toBe('ok');
    expect(await stage.type(ana, 'resolve INC-1 it works')).toMatchObject({ code: 'ok' });
  });

  it('of another service, or long before, keeps none open', async () => {
    await broken('katana/app', NOON);
    await broken('karmabot/app', NOON - 120 * MINUTE);
    expect(await stage.type(ana, 'resolve INC-1')).toMatchObject({ code: 'ok' });
  });
});

describe('policy by what is open', () => {
  it('explains and decides by the gravest open incident of the service', async () => {
    const usual = stageConfiguration();
    const stage = await incidentStage({
      ...usual,
      policy: [
        rule(1, { verb: ['restart'], severity: ['P0', 'P1'] }),
        rule(2, { verb: ['restart'], approvals: 1, from: ['approver'] }),
        rule(3),
      ],
    });
    const explain = 'policy explain restart karmabot/app';
    expect((await stage.type(ana, explain)).text).toContain('rule 2');
    await stage.type(ana, 'incident open "elsewhere" --severity P0 --service katana');
    await stage.type(ana, 'incident open "slow" --severity P2 --service karmabot');
    expect((await stage.type(ana, explain)).text).toContain('While a P0 incident is open');
    await stage.type(ana, 'severity INC-2 P1');
    const told = (await stage.type(ana, explain)).text;
    expect(told).toContain('rule 1');
    await stage.type(ana, 'resolve INC-2');
    expect((await stage.type(ana, explain)).text).not.toBe(told);
    await stage.remove();
  });
});
