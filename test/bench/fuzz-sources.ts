import fc from 'fast-check';
import { genericAlert } from '../../src/intake/generic.ts';
import { alertRequestOf } from '../../src/intake/read-request.ts';
import { sources } from '../../src/intake/registry.ts';
import type { Source } from '../../src/intake/source.ts';
import { survives } from '../contract/source-promises.ts';
import { samplesOf } from '../contract/source-samples.ts';
import { SIGNERS } from '../contract/source-signers.ts';
import { requestOf } from '../contract/sources.ts';
import { spoilt, texts } from '../fault/chat-fuzz.ts';

// All sources on bodies that their senders never sent: `node test/bench/fuzz-sources.ts [SECONDS [SOURCE]]`, five minutes
// without a number. A body that breaks a promise of src/domain/alert.ts ends it, with the seed that finds it again.
const SECONDS = Number(process.argv[2] ?? 300);
const CASES = 200;
const TRIED = sources.filter(({ source }) => source === (process.argv[3] ?? source));

const UNKNOWN: Pick<Source, 'source' | 'read'> = { source: 'generic alert', read: genericAlert };
const HEADERS = [
  ...[
    'x-github-event',
    'x-github-delivery',
    'sentry-hook-resource',
    'webhook-id',
    'content-type',
    'request-id',
  ],
  ...['x-amz-sns-message-type', 'x-webhook-id', 'idempotency-key', 'webhook-timestamp', 'user-agent'],
  ...['webhook-signature', 'x-hub-signature-256', 'x-grafana-alerting-signature', 'x-pagerduty-signature'],
];

const headers = fc.dictionary(fc.constantFrom(...HEADERS), texts, { maxKeys: 4 });

/** Bytes of a genuine body of which some are others, left out, or there twice. */
const brokenBytes = (sample: unknown): fc.Arbitrary<Buffer> => {
  const bytes = Buffer.from(JSON.stringify(sample));
  const cut = fc.tuple(fc.nat(bytes.length), fc.nat(40), fc.uint8Array({ maxLength: 8 }));
  return fc
    .array(cut, { minLength: 1, maxLength: 4 })
    .map((cuts) =>
      cuts.reduce<Buffer>(
        (whole, [from, length, by]) =>
          Buffer.concat([whole.subarray(0, from), Buffer.from(by), whole.subarray(from + length)]),
        bytes,
      ),
    );
};

let slowestMs = 0;
let slowest = 'nothing';

const timed = (source: Pick<Source, 'source' | 'read'>, request: ReturnType<typeof requestOf>): void => {
  const began = performance.now();
  survives(source, request);
  const took = performance.now() - began;
  if (took <= slowestMs) return;
  [slowestMs, slowest] = [took, `${source.source}, ${request.body.length} bytes`];
};

async function ofValues(source: Source, seed: number): Promise<void> {
  const bodies = fc.oneof(...samplesOf(source.source).map(spoilt), fc.jsonValue({ maxDepth: 4 }), texts);
  fc.assert(
    fc.property(bodies, headers, (body, given) => {
      const request = requestOf(body, given);
      timed(source, request);
      timed(UNKNOWN, request);
    }),
    { numRuns: CASES, seed, endOnFailure: true },
  );
}

async function ofBytes(source: Source, seed: number): Promise<void> {
  const bodies = fc.oneof(...samplesOf(source.source).map(brokenBytes));
  const property = fc.asyncProperty(bodies, headers, async (body, given) => {
    const request = await alertRequestOf({ method: 'POST', headers: given, query: {}, body });
    timed(source, request);
    timed(UNKNOWN, request);
  });
  await fc.assert(property, { numRuns: CASES, seed, endOnFailure: true });
}

/** No signature that the secret did not make is taken for one. */
async function ofSignatures({ source, isSigned }: Source, seed: number): Promise<void> {
  if (isSigned === undefined) return;
  const [body, now] = [Buffer.from('{"a":1}'), 1_795_161_600_000];
  const right = SIGNERS[source]?.({ secret: 'c2VjcmV0IHNlY3JldCBzZWNyZXQ=', body, now }) ?? {};
  const wrong = fc.record(Object.fromEntries(Object.keys(right).map((name) => [name, texts])));
  fc.assert(
    fc.property(wrong, (given) => {
      const request = { ...requestOf(body), headers: { ...right, ...given } };
      return !isSigned({ request, secrets: ['c2VjcmV0IHNlY3JldCBzZWNyZXQ='], now });
    }),
    { numRuns: CASES, seed, endOnFailure: true },
  );
}

/** How many cases one source is tried on with one seed. */
async function tryOut(source: Source, seed: number): Promise<number> {
  await ofValues(source, seed);
  await ofBytes(source, seed);
  await ofSignatures(source, seed);
  return source.isSigned === undefined ? 2 * CASES : 3 * CASES;
}

async function main(): Promise<void> {
  const began = performance.now();
  const firstSeed = Date.now() % 1e9;
  let cases = 0;
  for (let round = 0; performance.now() - began < SECONDS * 1000; round += 1)
    for (const source of TRIED) cases += await tryOut(source, firstSeed + round);
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${cases} bodies and signatures over ${TRIED.length} sources in ${seconds.toFixed(0)} s, nothing broken; ` +
      `the slowest read took ${slowestMs.toFixed(1)} ms (${slowest}); seeds from ${firstSeed}`,
  );
}

await main();
