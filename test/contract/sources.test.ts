import { describe, expect, it } from 'vitest';
import { genericAlert } from '../../src/intake/generic.ts';
import { sources } from '../../src/intake/registry.ts';
import type { Source } from '../../src/intake/source.ts';
import { brokenBy, survives } from './source-promises.ts';
import { samplesOf } from './source-samples.ts';
import { SIGNERS, signatureHeader } from './source-signers.ts';
import { requestOf } from './sources.ts';

const nested = (depth: number): Buffer => Buffer.from(`${'{"alerts":['.repeat(depth)}1${']}'.repeat(depth)}`);

const HUGE = 'x'.repeat(1_000_000);
const POISON = JSON.parse(
  '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
);

/** Bodies that no sender of ours sends. */
const HOSTILE: Readonly<Record<string, unknown>> = {
  'an empty object': {},
  'an empty list': [],
  null: null,
  'a number': 1,
  'a text': 'alerts',
  'no JSON at all': undefined,
  'deep nesting': nested(100),
  'very deep nesting': nested(5_000),
  'a huge text': HUGE,
  'a huge text in a title': { title: HUGE, alerts: [{ labels: { alertname: HUGE, [HUGE]: HUGE } }] },
  __proto__: POISON,
  'half characters': { title: 'a\ud800', alerts: [{ labels: { alertname: '\udc00', '\ud800': '\ud800' } }] },
  'ten thousand keys': Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`key ${n}`, n])),
  'ten thousand alerts': { alerts: Array.from({ length: 10_000 }, () => ({})) },
};

const WRONG: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1e308,
    '',
    ' ',
    'javascript:alert(1)',
    'x'.repeat(5_000),
    '\ud800\u202e\0',
    'x\ud800\u202e\0y',
  ],
  ...[[], [null], {}, { a: { b: 1 } }, POISON, '0001-01-01T00:00:00Z', 'constructor'],
];

/** On which patterns that go back would work for minutes. */
const SLOW = ['/', ' ', '[', '<a', '\n', '0.', 'error ', '(a'].map((piece) => `${piece.repeat(40_000)}!`);

type Path = readonly string[];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const placesIn = (value: unknown, path: Path = []): readonly Path[] =>
  isObject(value)
    ? Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...placesIn(inner, [...path, key])])
    : [];

const put = (value: unknown, [key = '', ...rest]: Path, by: unknown): void => {
  if (!isObject(value)) return;
  if (rest.length === 0) value[key] = by;
  else put(value[key], rest, by);
};

const read = (source: Source, content: unknown): void => {
  survives(source, requestOf(content));
};

const shapeOf = (sample: unknown): string => {
  const paths = placesIn(sample).map((path) => path.map((key) => (/^\d+$/.test(key) ? '*' : key)).join('/'));
  return [...new Set(paths)].toSorted().join('\n');
};

/** Milliseconds that this thread worked, whatever else the machine does. */
const worked = (): number => process.threadCpuUsage().user / 1000;

/** Of bodies that have the same keys in the same places, the first. */
const shapesOf = (name: string): readonly unknown[] => [
  ...new Map(samplesOf(name).map((sample) => [shapeOf(sample), sample])).values(),
];

/** Where senders put the id of a delivery. */
const ID_HEADERS = [
  ...['x-github-delivery', 'request-id', 'webhook-id', 'x-webhook-id'],
  ...['idempotency-key', 'x-amz-sns-message-id'],
];

const NOW = Date.parse('2026-11-20T08:00:00Z');
/** Secrets that are base64, too, as Standard Webhooks want them. */
const [OLD, NEW, OTHER] = ['old', 'new', 'other'].map(
  (name) => `whsec_${Buffer.from(name.repeat(8)).toString('base64')}`,
);

describe.each(sources.map((source) => [source.source, source] as const))('%s', (name, source) => {
  it('describes itself', () => {
    expect(name).toMatch(/^[a-z][a-z0-9-]{2,30}$/);
    expect(source.summary).toMatch(/^.{8,90}[^.]$/);
    expect(source.settings?.safeParse({ surely_no_setting: 1 }).success ?? false).toBe(false);
  });

  it('reads what its sender really sends, always in the same way', () => {
    const samples = samplesOf(name);
    expect(samples.length).toBeGreaterThan(0);
    for (const sample of samples) {
      const reading = source.read(requestOf(sample), {});
      expect(reading, JSON.stringify(sample).slice(0, 300)).toBeDefined();
      expect(brokenBy(reading)).toEqual([]);
      expect(source.read(requestOf(structuredClone(sample)), {})).toEqual(reading);
    }
  });

  it.each(Object.entries(HOSTILE))('survives %s', (_, content) => {
    const began = worked();
    read(source, content);
    expect(worked() - began).toBeLessThan(2_000);
  });

  it('takes no empty header for the id of a delivery', () => {
    for (const sample of samplesOf(name)) {
      const empty = ID_HEADERS.map((header): [string, string] => [header, '']);
      expect(source.read(requestOf(sample, Object.fromEntries(empty)), {})?.eventId).not.toBe('');
    }
  });

  it('survives what others send', () => {
    for (const other of sources) for (const sample of samplesOf(other.source)) read(source, sample);
  });

  it('survives a wrong value in every place of its own bodies, and none', () => {
    const { body, ...request } = requestOf({});
    for (const sample of shapesOf(name))
      for (const path of placesIn(sample)) {
        const json = structuredClone(sample);
        for (const wrong of [...WRONG, undefined]) {
          put(json, path, wrong);
          survives(source, { ...request, body, json });
        }
      }
  });

  it('reads texts made to be slow in no time', () => {
    const { body, ...request } = requestOf({});
    for (const sample of shapesOf(name))
      for (const path of placesIn(sample)) {
        const json = structuredClone(sample);
        for (const slow of SLOW) {
          put(json, path, slow);
          const began = worked();
          survives(source, { ...request, body, json });
          expect(worked() - began, path.join('/')).toBeLessThan(1_000);
        }
      }
  });

  it('whatever it leaves, an alert comes of it', () => {
    for (const content of [...samplesOf(name), ...Object.values(HOSTILE)]) {
      const request = requestOf(content);
      const { reports } = survives({ source: 'generic alert', read: genericAlert }, request) ?? {
        reports: [],
      };
      expect(reports).toHaveLength(1);
    }
  });

  if (source.isSigned === undefined) return;

  describe('signed', () => {
    const body = Buffer.from(JSON.stringify(samplesOf(name)[0]));
    const sign = SIGNERS[name] ?? (() => ({}));
    const by = (secret = ''): Readonly<Record<string, string>> => sign({ secret, body, now: NOW });
    const isSigned = (
      headers: Readonly<Record<string, string>>,
      { secrets = [NEW ?? ''], content = body, now = NOW } = {},
    ): boolean => source.isSigned?.({ request: { ...requestOf(content), headers }, secrets, now }) ?? false;
    const right = by(NEW);
    const header = signatureHeader(right);
    const signature = right[header] ?? '';

    it('by the right secret: yes', () => {
      expect(isSigned(right)).toBe(true);
    });

    it('by one of two secrets, while one is replaced: yes', () => {
      for (const secret of [OLD, NEW])
        expect(isSigned(by(secret), { secrets: [OLD ?? '', NEW ?? ''] })).toBe(true);
      expect(isSigned(by(OTHER), { secrets: [OLD ?? '', NEW ?? ''] })).toBe(false);
    });

    it.each([
      ['another secret', by(OTHER)],
      ['an empty secret', by('')],
      ['no header', {}],
      ['an empty signature', { ...right, [header]: '' }],
      ['a truncated signature', { ...right, [header]: signature.slice(0, -2) }],
      ['a longer signature', { ...right, [header]: `${signature}00` }],
      ['a half signature', { ...right, [header]: signature.slice(0, signature.length / 2) }],
      ['something else', { ...right, [header]: '\ud800 ,=v1,,sha256=' }],
      ['a megabyte', { ...right, [header]: 'v1,x '.repeat(200_000) }],
    ])('%s: no', (_, headers) => {
      expect(isSigned(headers)).toBe(false);
    });

    it('without any secret: no', () => {
      expect(isSigned(right, { secrets: [] })).toBe(false);
      expect(isSigned(by(''), { secrets: [''] })).toBe(false);
    });

    it('one bit of the body is another: no', () => {
      const altered = Buffer.from(body);
      altered.writeUInt8(altered.readUInt8(altered.length - 2) ^ 1, altered.length - 2);
      expect(isSigned(right, { content: Buffer.from(JSON.stringify({ other: true })) })).toBe(false);
      expect(
        source.isSigned?.({
          request: { ...requestOf({}), body: altered, headers: right },
          secrets: [NEW ?? ''],
          now: NOW,
        }),
      ).toBe(false);
    });

    if (!Object.keys(right).some((key) => key.includes('timestamp'))) return;

    it('an hour ago, or in an hour: no', () => {
      for (const minutes of [-60, -6, 6, 60])
        expect(isSigned(right, { now: NOW + minutes * 60_000 })).toBe(false);
      for (const minutes of [-4, 4]) expect(isSigned(right, { now: NOW + minutes * 60_000 })).toBe(true);
    });
  });
});

describe('sources altogether', () => {
  it('have a name each, and a signer where they check signatures', () => {
    expect(new Set(sources.map(({ source }) => source)).size).toBe(sources.length);
    const signed = sources.filter(({ isSigned }) => isSigned !== undefined).map(({ source }) => source);
    expect(signed.toSorted()).toEqual(Object.keys(SIGNERS).toSorted());
  });
});
