import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMap, isScalar, parseDocument, stringify } from 'yaml';
import { z } from 'zod';
import { checkFileShape } from '../../../config/shape.ts';
import { parseYamlFile } from '../../../config/yaml-file.ts';

const place = (text: string, offset: number) => {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
};

type Tree = { readonly [key: string]: Tree | string };

const tree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.dictionary(
    fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    fc.oneof({ maxDepth: 4, withCrossShrink: true }, fc.string(), tie('tree')),
    { maxKeys: 4 },
  ),
})).tree;

/** A strict schema of exactly the keys a tree has. */
const strictly = (node: Tree | string): z.ZodType =>
  typeof node === 'string'
    ? z.string()
    : z.strictObject(Object.fromEntries(Object.entries(node).map(([key, value]) => [key, strictly(value)])));

const maps = (node: Tree | string, path: readonly string[] = []): readonly (readonly string[])[] =>
  typeof node === 'string'
    ? []
    : [path, ...Object.entries(node).flatMap(([key, value]) => maps(value, [...path, key]))];

/** The tree with `stranger` put into the map at a path. */
function withStranger(node: Tree | string, path: readonly string[]): Tree | string {
  if (typeof node === 'string') return node;
  const [first, ...rest] = path;
  if (first === undefined) return { ...node, stranger: 'x' };
  return { ...node, [first]: withStranger(node[first] ?? {}, rest) };
}

/** Where the parser itself saw the key `stranger` of a map begin. */
function keyOffset(text: string, path: readonly string[]): number | undefined {
  const holder = parseDocument(text).getIn(path, true);
  const pairs = isMap(holder) ? holder.items : [];
  const key = pairs.map((pair) => pair.key).find((one) => isScalar(one) && one.value === 'stranger');
  return isScalar(key) ? key.range?.[0] : undefined;
}

describe('places in a file', () => {
  it('every unknown key is found where it stands, however deep, in block and flow style', () => {
    fc.assert(
      fc.property(tree, fc.nat(), fc.boolean(), (given, pick, flow) => {
        const paths = maps(given);
        const path = paths[pick % paths.length] ?? [];
        const text = stringify(withStranger(given, path), { collectionStyle: flow ? 'flow' : 'any' });
        const { file, problems } = parseYamlFile('x.yaml', text);
        expect(problems).toEqual([]);
        const { findings } = checkFileShape(file.content, strictly(given));
        expect(findings).toHaveLength(1);
        const [problem] = findings.map((finding) => file.problem(finding));
        expect(problem?.message).toMatch(/^unknown key "stranger"/);
        const start = keyOffset(text, path);
        expect({ line: problem?.line, column: problem?.column }).toEqual(place(text, start ?? -1));
      }),
      { numRuns: 200 },
    );
  });

  it('any text at all is either read or refused with a place inside of it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: fc.constantFrom('a', ':', ' ', '\n', '-', '{', '}', '&', '*', '<', '"', '[') }),
        ),
        (text) => {
          const { file, problems } = parseYamlFile('x.yaml', text);
          for (const { line, column } of problems) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(text.split('\n').length + 1);
            expect(column).toBeGreaterThanOrEqual(1);
          }
          checkFileShape(file.content, z.strictObject({ a: z.string() }));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('a key that came in by a merge is placed where it was written', () => {
    const text = 'x-base: &base\n  stranger: 1\nhere:\n  <<: *base\n  known: 1\n';
    const { file } = parseYamlFile('x.yaml', text);
    const { findings } = checkFileShape(
      file.content,
      z.strictObject({ here: z.strictObject({ known: z.number() }) }),
    );
    expect(findings.map((finding) => file.problem(finding))).toMatchObject([{ line: 2, column: 3 }]);
  });

  it('x- keys are ignored where the schema does not know them, and kept where it does', () => {
    const schema = z.strictObject({ a: z.strictObject({}), headers: z.record(z.string(), z.string()) });
    const content = { 'x-top': 1, a: { 'x-in': { b: 1 } }, headers: { 'x-kept': 'y' } };
    expect(checkFileShape(content, schema)).toMatchObject({
      value: { a: {}, headers: { 'x-kept': 'y' } },
      content: { a: {}, headers: { 'x-kept': 'y' } },
      findings: [],
    });
  });
});
