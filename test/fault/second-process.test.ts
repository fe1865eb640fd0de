import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FREELY, Scene } from '../story/stage/scene.ts';
import { slackVariables } from '../story/stage/team.ts';
import { judgeRun, rowOf, saidIn } from './oracle.ts';
import { reportFault } from './table.ts';

const TRIES = 5;
const main = join(import.meta.dirname, '../../src/main.ts');

interface Refusal {
  readonly code: number | null;
  readonly said: string;
  readonly cpuMs: number;
  readonly ms: number;
}

/** Prints at its end how much of a processor it took: on a busy machine its own time says more than the clock. */
const METER = `data:text/javascript,process.on('exit', () => { const { user, system } = process.cpuUsage(); console.error('cpu ' + (user + system) / 1000); });`;

describe('a second process on the same data folder', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.open({
      components: async (yard) => ({ app: await yard.program('app') }),
      botswain: { policy: FREELY },
    });
    await scene.yard.start('app');
  });
  afterAll(() => scene?.close());

  function startAnother(): Promise<Refusal> {
    const began = performance.now();
    const child = spawn(process.execPath, ['--import', METER, main, 'start'], {
      env: {
        PATH: process.env.PATH ?? '',
        BOTSWAIN_CONFIG: join(scene.bot.folder, 'config'),
        BOTSWAIN_DATA: join(scene.bot.folder, 'data'),
        PORT: '0',
        CONSOLE_PORT: '0',
        ...slackVariables(scene.slack),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    return new Promise((resolve) =>
      child.once('close', (code) => {
        const cpuMs = Number(/cpu (\S+)/.exec(said)?.[1] ?? Number.NaN);
        resolve({ code, said, cpuMs, ms: performance.now() - began });
      }),
    );
  }

  it('is refused in words within a second, starts nothing, and disturbs nothing', async () => {
    const connections = scene.slack.calls('apps.connections.open').length;
    const card = await scene.requests('restart shop/app --reason "beside a second"');
    const refusals: Refusal[] = [];
    for (let number = 0; number < TRIES; number += 1) refusals.push(await startAnother());
    for (const { code, said } of refusals) {
      expect(said).toMatch(
        /is in use by another Botswain[\s\S]*Stop that one, or give this one its own folder/,
      );
      expect(code).toBe(2);
    }
    expect(Math.min(...refusals.map(({ cpuMs }) => cpuMs))).toBeLessThan(1000);
    console.info(
      `refused after ${refusals.map(({ ms }) => Math.round(ms)).join(', ')} ms, of these on a processor ${refusals.map(({ cpuMs }) => Math.round(cpuMs)).join(', ')}`,
    );
    await scene.shows(card, /\*succeeded\*/);
    expect(scene.slack.calls('apps.connections.open')).toHaveLength(connections);
    const effects = [{ component: 'shop/app@production' }];
    expect(scene.yard.starts('app')).toBe(2);
    await scene.bot.stop();
    const verdict = await judgeRun({
      data: join(scene.bot.folder, 'data'),
      said: saidIn(scene.slack),
      effects,
      accepted: ['beside a second'],
    });
    reportFault(rowOf('#18 a second process on one data folder', TRIES, verdict));
    expect(verdict.problems).toEqual([]);
  });
});
