import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ana, MINUTE, StatusBench } from './status-bench.ts';

describe('maintenance', () => {
  let bench: StatusBench;
  beforeEach(async () => {
    bench = await StatusBench.open();
  });
  afterEach(() => bench.remove());

  it('is announced, begins, is checked and ends, each with a preview', async () => {
    const schedule =
      'maintenance schedule "Moving the database" --from 22:00 --until 23:00 --components website --impact "the website cannot be reached"';
    const { text, button } = await bench.preview(ana, schedule);
    expect(text).toContain('We will carry out maintenance on Website from 22:00 to 23:00 UTC.');
    await bench.type(ana, button);
    expect((await bench.page()).components[1]?.status).toBe('operational');
    expect(await bench.type(ana, 'maintenance')).toMatchObject({
      parts: [{ rows: [[{ text: 'M-1' }, { text: 'Moving the database' }, { text: 'scheduled' }, {}]] }],
    });
    const stood: string[] = [];
    for (const line of ['extend M-1 --until 23:30', 'start m-1', 'verify M-1', 'complete M-1']) {
      bench.now += MINUTE;
      await bench.type(ana, (await bench.preview(ana, `maintenance ${line}`)).button);
      stood.push((await bench.page()).components[1]?.status ?? '');
    }
    expect(stood).toEqual(['operational', 'under_maintenance', 'under_maintenance', 'operational']);
    const [work] = (await bench.page()).incidents;
    expect(work).toMatchObject({ kind: 'maintenance', status: 'completed', of: 'M-1' });
    expect(work?.updates.map(({ body }) => body)).toEqual([
      'Maintenance on Website is complete. All services are now operating normally.',
      'The work on Website is done, and we are checking the result.',
      'Maintenance on Website has started. It is planned to last until 23:30 UTC.',
      'Maintenance on Website has moved: it now takes place from 22:00 to 23:30 UTC.',
      'We will carry out maintenance on Website from 22:00 to 23:00 UTC. Expected effect: the website cannot be reached. You do not need to do anything.',
    ]);
    expect(bench.told).toHaveLength(5);
  });

  it('says what is missing', async () => {
    expect(await bench.type(ana, 'maintenance schedule "x"')).toContain('wants a beginning and an end');
    expect(await bench.type(ana, 'maintenance start M-9')).toContain('no maintenance "M-9"');
    expect(await bench.type(ana, 'maintenance begin M-1')).toContain('does not know "begin"');
    expect(await bench.type(ana, 'maintenance start')).toContain('of what?');
  });
});
