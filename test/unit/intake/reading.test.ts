import { describe, expect, it } from 'vitest';
import { at, listAt, wordsOf } from '../../../src/intake/reading/fields.ts';
import { fingerprintOf, ownFingerprint } from '../../../src/intake/reading/fingerprint.ts';
import { POINTER, pointedAt } from '../../../src/intake/reading/json-pointer.ts';
import { labelsOf } from '../../../src/intake/reading/labels.ts';
import { levelOf } from '../../../src/intake/reading/levels.ts';
import { linkOf } from '../../../src/intake/reading/links.ts';
import { linesWithin, lineWithin } from '../../../src/intake/reading/plain-text.ts';
import { reportOf } from '../../../src/intake/reading/report.ts';
import { isHmac } from '../../../src/intake/reading/signatures.ts';
import { timeOf } from '../../../src/intake/reading/times.ts';

describe('a time', () => {
  const EIGHT = '2026-11-20T08:00:00.000Z';
  for (const [said, meant] of [
    ['2026-11-20T08:00:00Z', EIGHT],
    ['2026-11-20T09:00:00+01:00', EIGHT],
    ['2026-11-20T03:30:00.000-0430', EIGHT],
    ['2026-11-20 08:00:00', EIGHT],
    ['2026-11-20 08:00', EIGHT],
    ['2026-11-20 08:00:00 UTC', EIGHT],
    ['2026.11.20 08:00:00', EIGHT],
    ['2026-11-20T08:00:00.4732079Z', '2026-11-20T08:00:00.473Z'],
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    [1_795_161_600, EIGHT],
    [1_795_161_600_000, EIGHT],
    [1_795_161_600_000_000, EIGHT],
    ['1795161600', EIGHT],
    ['1795161600000', EIGHT],
    ['0001-01-01T00:00:00Z', undefined],
    ['1970-01-01T00:00:00Z', undefined],
    [0, undefined],
    [-1, undefined],
    [1e300, undefined],
    [168_714_856_958_128.2, undefined],
    ['9000-01-01T00:00:00Z', undefined],
    ['2026-11-20T08:00:00.57Z', '2026-11-20T08:00:00.570Z'],
    ['', undefined],
    ['yesterday', undefined],
    ['2026-13-20T08:00:00Z', undefined],
    ['2026-11-20T08:61:00Z', undefined],
    [null, undefined],
    [{}, undefined],
  ] as const)
    it(`${JSON.stringify(said)} is ${meant ?? 'none'}`, () => {
      expect(timeOf(said)).toBe(meant === undefined ? undefined : Date.parse(meant));
    });

  it('nanoseconds are beyond what numbers hold exactly, and near enough', () => {
    expect(timeOf(1_795_161_600_000_000_000)).toBe(Date.parse(EIGHT));
  });
});

describe('a link', () => {
  for (const [said, url] of [
    ['https://example.org/a b', 'https://example.org/a%20b'],
    [' http://example.org ', 'http://example.org/'],
    ['https://ana:secret@example.org/x', 'https://example.org/x'],
    ['javascript:alert(1)', undefined],
    ['JaVaScRiPt:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['tg://resolve?domain=x', undefined],
    ['mailto:a@example.org', undefined],
    ['//example.org/x', undefined],
    ['?orgId=1', undefined],
    ['https://', undefined],
    ['', undefined],
    [`https://example.org/${'x'.repeat(3_000)}`, undefined],
    [7, undefined],
  ] as const)
    it(`${JSON.stringify(said).slice(0, 60)} is ${url ?? 'none'}`, () => {
      expect(linkOf('source', said)?.url).toBe(url);
    });

  it('a relative one is one of the sender, where he says who he is', () => {
    expect(linkOf('source', '?orgId=1', 'https://grafana.example.org/')?.url).toBe(
      'https://grafana.example.org/?orgId=1',
    );
    expect(linkOf('source', '?orgId=1', 'nowhere')).toBeUndefined();
  });
});

describe('a level', () => {
  for (const [level, words] of Object.entries({
    critical: ['critical', 'CRIT', 'page', 'Disaster', 'fatal', 'P1', 'sev1', 'SEV-1', 'P0'],
    error: ['error', 'err', 'major', 'High', 'P2', 'sev2', 'Average'],
    warning: ['warning', ' Warn ', 'minor', 'P3'],
    info: ['info', 'Information', 'none', 'low', 'P4', 'P5', 'ok'],
    unknown: ['', 'purple', 'constructor', '__proto__', undefined],
  }))
    it(level, () => {
      expect(words.map((word) => levelOf(word))).toEqual(words.map(() => level));
    });

  it('the sender’s own scale comes first', () => {
    expect(levelOf('High', { high: 'critical' })).toBe('critical');
  });
});

describe('text', () => {
  it('is cut with an ellipsis, and no character in halves', () => {
    expect(lineWithin('a'.repeat(151), 150)).toBe(`${'a'.repeat(149)}…`);
    expect(lineWithin(`${'a'.repeat(148)}😀😀`, 150)).toBe(`${'a'.repeat(148)}…`);
    expect(lineWithin('a'.repeat(150), 150)).toHaveLength(150);
  });

  it('is on one line, or keeps its lines; nothing in it is hidden', () => {
    expect(lineWithin(' a\r\n\tb\u202e c\0 ', 150)).toBe('a b c');
    expect(linesWithin('a\r\nb\u2066', 150)).toBe('a\nb');
    expect(lineWithin('\u200b \u0007', 150)).toBeUndefined();
  });

  it('has no half characters', () => {
    expect(lineWithin('a\ud800b', 150)?.isWellFormed()).toBe(true);
  });
});

describe('labels', () => {
  it('are text, at most 64, at most 512 characters each', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`l${n}`, 'x'.repeat(600)]));
    const labels = labelsOf({ ...many, service: 'checkout', n: 7, yes: true, no: null, list: [], deep: {} });
    expect(Object.keys(labels)).toHaveLength(64);
    expect(Math.max(...Object.values(labels).map(({ length }) => length))).toBe(512);
    expect(labels).toMatchObject({ service: 'checkout' });
    expect(labelsOf({ n: 7, yes: true, no: null, list: [], deep: {} })).toEqual({ n: '7', yes: 'true' });
  });

  it('alter no object', () => {
    const labels = labelsOf(JSON.parse('{"__proto__": "x", "constructor": "y"}'));
    expect(Object.keys(labels)).toEqual(['constructor']);
    expect(Object.getPrototypeOf(labels)).toBe(Object.prototype);
  });
});

describe('a fingerprint', () => {
  it('is of the labels, in any order, without what changes', () => {
    const of = (labels: Readonly<Record<string, string>>): string => fingerprintOf('x', labels);
    expect(of({ a: '1', b: '2' })).toBe(
      of({ b: '2', a: '1', value: '9', startsAt: '1', pod_template_hash: 'z' }),
    );
    expect(of({ a: '1', b: '2' })).not.toBe(of({ a: '1,b=2' }));
    expect(of({ a: '1' })).not.toBe(fingerprintOf('y', { a: '1' }));
  });

  it('of the sender stays as it is where it can', () => {
    expect(ownFingerprint('a221817265c1a57c')).toBe('a221817265c1a57c');
    for (const id of ['x'.repeat(129), 'ä', 'a\nb', '']) expect(ownFingerprint(id)).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('what is read', () => {
  it('is the object’s own', () => {
    expect(at({}, 'constructor')).toBeUndefined();
    expect(at([1], 'length')).toBeUndefined();
    expect(at('text', 'length')).toBeUndefined();
    expect(at({ a: [{ b: 1 }] }, 'a', '0', 'b')).toBe(1);
    expect(listAt({ a: 'text' }, 'a')).toEqual([]);
  });

  it('is text, a number, or yes and no', () => {
    expect([' a ', 7, false, '', '  ', null, [], {}, Number.NaN].map(wordsOf)).toEqual([
      ...['a', '7', 'false', undefined, undefined, undefined, undefined, undefined, undefined],
    ]);
  });
});

describe('a JSON pointer', () => {
  // https://www.rfc-editor.org/rfc/rfc6901#section-5
  const document = {
    foo: ['bar', 'baz'],
    '': 0,
    'a/b': 1,
    'c%d': 2,
    'e^f': 3,
    'g|h': 4,
    'i\\j': 5,
    'k"l': 6,
    ' ': 7,
    'm~n': 8,
  };
  for (const [pointer, value] of [
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
    ['/foo/00', undefined],
    ['/foo/-', undefined],
    ['/foo/2', undefined],
    ['/nothing/there', undefined],
  ] as const)
    it(`${JSON.stringify(pointer)}`, () => {
      expect(pointer).toMatch(POINTER);
      expect(pointedAt(document, pointer)).toEqual(value);
    });

  it('is written with slashes, and ~ before 0 and 1 only', () => {
    for (const wrong of ['foo', 'foo/bar', '/a~2', '/a~']) expect(wrong).not.toMatch(POINTER);
  });
});

describe('a report', () => {
  it('is called by its fingerprint where nothing has a word for it', () => {
    const report = reportOf({ fingerprint: 'f-1', status: 'firing', titles: [undefined, ' ', '\u200b'] });
    expect(report).toEqual({
      fingerprint: 'f-1',
      kind: 'alert',
      status: 'firing',
      level: 'unknown',
      title: 'f-1',
      labels: {},
      annotations: {},
      links: [],
      expectsResolve: true,
    });
  });

  it('an end is one of what is over only', () => {
    const ends = { fingerprint: 'f', titles: [], endsAt: '2026-11-20T08:00:00Z' };
    expect(reportOf({ ...ends, status: 'firing' })).not.toHaveProperty('endsAt');
    expect(reportOf({ ...ends, status: 'resolved' }).endsAt).toBe(Date.parse('2026-11-20T08:00:00Z'));
  });
});

describe('a signature', () => {
  it('of an empty secret is none', () => {
    const empty = 'b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad';
    expect(isHmac({ secrets: [''], signed: [''], encoding: 'hex', given: [empty] })).toBe(false);
  });
});
