import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FREELY, Scene, serviceOf } from './scene.ts';
import type { Yard } from './yard.ts';

/** Adds a line to a file, so that a test can count how often it was done. */
const note = (yard: Yard, name: string, word: string): readonly string[] => [
  'sh',
  '-c',
  'printf "%s\\n" "$2" >> "$1"',
  'sh',
  join(yard.folder, name),
  word,
];

/** The procedures of the kiosk. */
const proceduresIn = (yard: Yard): object => ({
  sizes: {
    title: 'how large its files are',
    risk: 'read',
    component: 'app',
    note: 'The runbook counts the wrong folder; this counts the right one.',
    runbook: 'shop.md:12',
    parameters: {
      lines: { type: 'integer', min: 1, max: 5000, default: 3, summary: 'how many lines' },
      word: { type: 'text', pattern: '[a-z ]+', default: 'line', summary: 'what stands in them' },
    },
    steps: [
      {
        title: 'lines',
        effect: 'read',
        run: [
          'sh',
          '-c',
          'i=0; while [ $i -lt "$1" ]; do i=$((i+1)); echo "$2 $i"; done',
          'sh',
          '{lines}',
          '{word}',
        ],
      },
      { title: 'where', effect: 'read', folder: yard.folder, run: ['pwd'] },
    ],
  },
  broken: {
    title: 'looks at what is not there',
    risk: 'read',
    component: 'app',
    steps: [
      { title: 'absent', effect: 'read', run: ['cat', join(yard.folder, 'nowhere')] },
      { title: 'after', effect: 'read', run: ['echo', 'never printed'] },
    ],
  },
  sweep: {
    title: 'sweep a table',
    risk: 'destructive',
    component: 'app',
    parameters: { table: { type: 'text', pattern: '[a-z_]+', summary: 'the table' } },
    steps: [
      { title: 'look at {table}', effect: 'read', run: ['echo', 'rows of {table}'] },
      { ask: 'Sweep {table}?', from: 'approver', by_other: true },
      {
        title: 'sweep {table}',
        effect: 'destructive',
        run: note(yard, 'swept', '{table}'),
        undo: note(yard, 'unswept', '{table}'),
      },
      { wait: '300ms' },
      {
        title: 'log it',
        effect: 'change',
        run: note(yard, 'logged', '{table}'),
        undo: note(yard, 'unlogged', '{table}'),
      },
    ],
  },
  daily: {
    title: 'the daily duties',
    risk: 'change',
    component: 'app',
    verify: false,
    steps: [
      { by_hand: 'Read the error channel' },
      { by_hand: 'Look at the dashboard' },
      { by_hand: 'Water the plants' },
    ],
  },
  gated: {
    title: 'goes on only where it is open',
    risk: 'change',
    component: 'app',
    verify: false,
    steps: [
      { check: 'door', timeout: '3s' },
      { title: 'walk in', effect: 'change', run: note(yard, 'walked', 'in') },
    ],
  },
  quick: {
    title: 'asks, and does not wait for long',
    risk: 'change',
    component: 'app',
    verify: false,
    steps: [
      { ask: 'Now?', timeout: '1s' },
      { title: 'too late', effect: 'change', run: note(yard, 'late', 'x') },
    ],
  },
  pause: {
    title: 'waits in the middle',
    risk: 'change',
    component: 'app',
    verify: false,
    steps: [
      { title: 'before', effect: 'change', run: note(yard, 'before', 'x') },
      { wait: '4s' },
      { title: 'after', effect: 'change', run: note(yard, 'after', 'x') },
    ],
  },
  around: {
    title: 'stop, do, start',
    risk: 'change',
    component: 'app',
    steps: [
      { stop: 'app' },
      { title: 'while it is down', effect: 'change', run: note(yard, 'down', 'x') },
      { start: 'app' },
    ],
  },
});

/** A kiosk with procedures, nobody has to approve anything. */
export async function openKiosk(): Promise<Scene> {
  const scene = await Scene.open({
    components: async (yard) => ({ spare: await yard.program('spare') }),
    botswain: { policy: FREELY },
    services: async (yard) => ({
      kiosk: serviceOf(
        'kiosk',
        { app: await yard.program('app'), hall: await yard.program('hall') },
        {
          checks: {
            door: {
              kind: 'file',
              component: 'hall',
              path: join(yard.folder, 'door'),
              target: 'here',
              every: '1h',
            },
          },
          procedures: proceduresIn(yard),
        },
      ),
    }),
  });
  await scene.yard.start('app');
  return scene;
}

/** What its procedures wrote into a file, line by line. */
export function linesOf({ yard }: Scene, name: string): readonly string[] {
  const path = join(yard.folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}
