import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CAST, type IncidentStage, incidentStage } from './incident-stage.ts';

const { ana } = CAST;
const MINUTE = 60_000;

describe('how quickly incidents were answered', () => {
  let stage: IncidentStage;
  beforeEach(async () => {
    stage = await incidentStage();
  });
  afterEach(() => stage.remove());

  const oneOf = async (severity: string, service: string, minutes: number): Promise<void> => {
    const told = await stage.type(ana, `incident open "x" --severity ${severity} ${service}`.trim());
    const [id = ''] = /INC-\d+/.exec(told.text) ?? [];
    stage.pass(minutes * MINUTE);
    await stage.type(ana, `ack ${id}`);
    stage.pass(minutes * MINUTE);
    await stage.type(ana, `resolve ${id}`);
  };

  it('is told with the list of those that are over, by severity and service', async () => {
    await oneOf('P1', '--service karmabot', 5);
    await oneOf('P1', '--service karmabot', 10);
    await oneOf('P3', '', 1);
    const { text } = await stage.type(ana, 'incident list --all');
    expect(text).toContain(
      'P1 | 2 | 7m30s (median 7m30s, 9 of 10 within 10m) | 15m (median 15m, 9 of 10 within 20m)',
    );
    expect(text).toContain('P3 | 1 | 1m | 2m');
    expect(text).toContain('karmabot | 2 |');
    expect(text).toContain('no service | 1 |');
  });

  it('says of what nobody measured that it is not', async () => {
    await stage.type(ana, 'incident open "x" --severity P1');
    expect((await stage.type(ana, 'incident list --all')).text).toContain('P1 | 1 | — | —');
  });
});
