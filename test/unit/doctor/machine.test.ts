import { chmod, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretReader } from '../../../config/secrets.ts';
import { dataDiagnoses, nodeDiagnosis } from '../../../src/doctor/machine.ts';
import { groupText, totalText } from '../../../src/doctor/report.ts';
import { secretDiagnoses } from '../../../src/doctor/secrets.ts';
import { aheadByDate, clockDiagnosis, doubtful, good, wrong } from '../../../src/domain/diagnosis.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'botswain-doctor-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('this machine', () => {
  it('wants Node 24', () => {
    expect(nodeDiagnosis('24.0.0').verdict).toBe('good');
    expect(nodeDiagnosis('22.18.0')).toMatchObject({
      verdict: 'wrong',
      mend: [expect.stringContaining('npm start')],
    });
  });

  it('looks at the data folder and makes none', async () => {
    const path = join(folder, 'my data');
    expect(dataDiagnoses(path)[0]).toEqual(
      good(`data folder ${path}: not there yet, the first start makes it`),
    );
    await writeFile(path, '');
    expect(dataDiagnoses(path)).toMatchObject([
      { verdict: 'wrong', text: `data folder ${path}: it is not a folder` },
    ]);
    await rm(path);
    await mkdir(path);
    await chmod(path, 0o750);
    expect(dataDiagnoses(path)[1]).toMatchObject({ verdict: 'doubtful', mend: [`chmod 700 '${path}'`] });
  });

  it('does not take its own open files for another process', async () => {
    const path = join(folder, 'data');
    await mkdir(path, { mode: 0o700 });
    const file = await open(join(path, 'botswain.db'), 'w');
    expect(dataDiagnoses(path).map(({ text }) => text)).toContain(
      'data folder: no other process has the journal, as far as can be seen',
    );
    await file.close();
  });
});

describe('secrets', () => {
  it('are named with who uses them and what is wrong, never with their value', async () => {
    const paths = { open: join(folder, 'open'), empty: join(folder, 'empty'), gone: join(folder, 'gone') };
    await writeFile(paths.open, 'hunter2hunter2');
    await chmod(paths.open, 0o644);
    await writeFile(paths.empty, '\n', { mode: 0o600 });
    const secrets = [
      { file: paths.open },
      { file: paths.empty },
      { file: paths.gone },
      { file: folder },
      { env: 'NONE' },
      { env: 'SOME' },
    ];
    const targets = [
      { name: 'web', environment: 'production', kind: 'ssh', settings: { key: { file: paths.gone } } },
    ];
    const found = secretDiagnoses({ secrets, targets }, secretReader({ SOME: 'hunter2hunter2' }));
    expect(found).toEqual([
      doubtful(`secret file ${paths.open}: others may read it (mode 644)`, `chmod 600 ${paths.open}`),
      wrong(
        `secret file ${paths.empty}: it is empty`,
        expect.any(String),
        `(umask 077; cat > ${paths.empty})`,
      ),
      wrong(
        `secret file ${paths.gone} (production/web): it is not there`,
        expect.any(String),
        `(umask 077; cat > ${paths.gone})`,
      ),
      wrong(`secret file ${folder}: it is no file`, expect.any(String), `(umask 077; cat > ${folder})`),
      wrong('secret variable NONE: it is not set', 'Set NONE where botswain starts, then start it again.'),
      good('secrets: 1 of 6 can be read'),
    ]);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });
});

describe('clocks', () => {
  it('are good within 5 s, wrong from a minute on', () => {
    const verdicts = [-4_900, 5_100, -59_000, 61_000].map((ms) => clockDiagnosis('it', ms, 'it').verdict);
    expect(verdicts).toEqual(['good', 'doubtful', 'doubtful', 'wrong']);
    expect(clockDiagnosis("Slack's clock", -90_000, 'this machine').text).toBe(
      "Slack's clock is 1m30s behind this machine's clock",
    );
  });

  it('are read from a Date header, which is cut to the second', () => {
    const at = Date.parse('2026-11-20T10:00:00Z');
    const header = 'Fri, 20 Nov 2026 10:00:10 GMT';
    expect(aheadByDate(header, { from: at - 100, to: at + 100 })).toBe(10_500);
    expect(aheadByDate(null, { from: at, to: at })).toBeUndefined();
  });
});

describe('the report', () => {
  const group = {
    title: 'Things',
    diagnoses: [good('a'), wrong('b\nb', 'do this', 'line  1', 'line 2'), doubtful('c', 'd')],
  };

  it('has a line a thing, its mend below, and lines to copy as they are', () => {
    expect(groupText(group)).toBe(
      'Things\n  ✓ a\n  ✗ b b\n      → do this\n        line  1\n        line 2\n  ! c\n      → d\n\n',
    );
    expect(groupText({ title: 'Sly', diagnoses: [good('a\u001b[2Jb')] })).toBe('Sly\n  ✓ a [2Jb\n\n');
    expect(groupText({ title: 'None', diagnoses: [] })).toBe('');
    expect(totalText([group, group], 1_240)).toBe('2 good, 2 doubtful, 2 wrong (1.2 s)\n');
  });
});
