import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textOf } from '../house/tree.ts';
import { THREATS } from './threats.ts';

const root = join(import.meta.dirname, '../..');

/** The rows of the model, word by word: none may be forgotten, renamed or made up here. */
const NAMES: readonly string[] = [
  ...[
    'Forged/replayed Slack call',
    'Wrong workspace/guest/bot user',
    'Telegram',
    'Forged alert',
    'Identity in payload',
  ],
  ...[
    'RBAC',
    'Self/sybil approval',
    'Approve X, run Y',
    'TOCTOU on the world',
    'Expiry/reuse',
    'Command injection',
  ],
  ...[
    'Option injection',
    'Template injection',
    'Output injection',
    'Secrets in output/logs',
    'SSH MITM',
    'Key theft',
  ],
  ...[
    'Over-privilege on host',
    'Docker socket',
    'K8s',
    'SSRF',
    'Web UI/API',
    'Audit tampering',
    'DoS by users/alerts',
  ],
  ...['Supply chain', 'Container', 'Stolen bot token'],
];

/** A title as it stands in a source, in whichever quotes. */
const holds = (path: string, title: string): boolean =>
  [`'${title.replaceAll("'", "\\'")}'`, `\`${title}\``, `"${title}"`].some((written) =>
    textOf(path).includes(written),
  );

describe('the threat model', () => {
  it('has every row once, in the order of the model', () => {
    expect(THREATS.map(({ threat }) => threat)).toEqual(NAMES);
  });

  it.each(THREATS)('$threat: its controls are there, and the tests that fail without them', (row) => {
    const gone = row.controls.map(({ file }) => file).filter((file) => !existsSync(join(root, file)));
    expect(gone).toEqual([]);
    const untested = row.proofs.filter(
      ({ test, title }) => !existsSync(join(root, test)) || !holds(test, title),
    );
    expect(untested).toEqual([]);
    if (row.notYet === undefined)
      expect([row.controls.length > 0, row.proofs.length > 0]).toEqual([true, true]);
  });

  it('no row has a control without a test, nor a test without a control', () => {
    for (const { threat, controls, proofs } of THREATS)
      expect(controls.length > 0, threat).toBe(proofs.length > 0);
  });

  it('says what is not there yet, and what is done otherwise', () => {
    const later = THREATS.flatMap(({ threat, notYet }) =>
      notYet === undefined ? [] : [`${threat}: not yet: ${notYet}`],
    );
    const otherwise = THREATS.flatMap(({ threat, otherwise: why }) =>
      why === undefined ? [] : [`${threat}: otherwise: ${why}`],
    );
    console.info([...later, ...otherwise].join('\n'));
    expect(THREATS.filter(({ controls }) => controls.length === 0)).toEqual([]);
  });
});
