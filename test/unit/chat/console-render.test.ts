import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConsoleEntry } from '../../../src/chat/console/feed.ts';
import type { Message } from '../../../src/domain/message.ts';
import { entryArticle, feedItems } from '../../../src/web/console/entry-render.ts';
import { fleetPanel } from '../../../src/web/console/fleet-render.ts';
import { EMPTY, Html, html, joined, plain } from '../../../src/web/html.ts';
import { fleet } from '../../fakes/console/sample-fleet.ts';
import { change, hostile, logs, status, unknownVerb } from '../../fakes/console/samples.ts';

const AT = Date.UTC(2025, 10, 20, 3, 12, 7);
const golden = (name: string) => join(import.meta.dirname, '../../golden/console', `${name}.html.txt`);

function entry({ file, ...message }: Message, rest: Partial<ConsoleEntry> = {}): ConsoleEntry {
  const noted = file === undefined ? {} : { file: { name: file.name, bytes: file.text.length } };
  return {
    id: 'm1',
    position: 1,
    revision: 1,
    at: AT,
    content: { kind: 'message', message },
    ...noted,
    ...rest,
  };
}

describe('the html tag', () => {
  it('escapes every value, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const markup = html`<p title="${text}">${text}</p>`.toString();
        expect(markup.match(/</g)).toHaveLength(2);
        expect(markup.match(/"/g)).toHaveLength(2);
        expect(markup).not.toContain("'");
      }),
    );
  });

  it('keeps markup made by itself, and leaves nothing for nothing', () => {
    const bold = html`<b>${'&'}</b>`;
    expect(html`${bold}${[bold, bold]}${undefined}${false}${EMPTY}${0}`.toString()).toBe(
      '<b>&amp;</b>'.repeat(3).concat('0'),
    );
    expect(joined([bold, bold]).toString()).toBe('<b>&amp;</b><b>&amp;</b>');
  });

  it('cannot be gone around', () => {
    expect(() => Reflect.construct(Html, ['<b>', Symbol('html')])).toThrow('html tag alone');
  });

  it('shows what is meant not to be seen', () => {
    expect(plain('\u001b[31mred\u001b[0m \u001b]0;title\u0007x')).toBe('red x');
    expect(plain('a\u202eb\u200bc\u0000d')).toBe('a\ufffdb\ufffdc\ufffdd');
    expect(plain('one\r\ntwo\tthree 👩\u200d🔧')).toBe('one\ntwo\tthree 👩\u200d🔧');
  });
});

describe('a rendered entry', () => {
  it.each(Object.entries({ status, ...change, hostile, unknownVerb }))('%s', async (name, message) => {
    await expect(entryArticle(entry(message), 'ben').toString()).toMatchFileSnapshot(golden(name));
  });

  it('logs, private, edited, with its file', async () => {
    const rest = { visibleTo: 'ben', thread: 'm0', editedAt: AT + 5000 };
    await expect(entryArticle(entry(logs, rest), 'ben').toString()).toMatchFileSnapshot(golden('logs'));
  });

  it('lines, a press, a file and replies, grouped', async () => {
    const base = { at: AT, revision: 1 };
    const line = { kind: 'line', person: 'ana', name: 'Ana <b>', text: 'restart "a" & b' } as const;
    const entries: ConsoleEntry[] = [
      { ...base, id: 'm1', position: 1, content: line },
      {
        ...base,
        id: 'm2',
        position: 2,
        content: { ...line, pressed: 'Approve', refused: 'not recorded' },
        thread: 'm4',
      },
      {
        ...base,
        id: 'm3',
        position: 3,
        content: { kind: 'file' },
        file: { name: 'a.log', bytes: 3_400_000 },
        thread: 'm1',
      },
      entry(unknownVerb, { id: 'm4', position: 4 }),
    ];
    await expect(feedItems(entries, 'ana').toString()).toMatchFileSnapshot(golden('feed'));
  });

  it('says how it stands in colour, word and icon together', () => {
    const markup = entryArticle(entry(change.notVerified), 'ben').toString();
    expect(markup).toContain('<span class="pill tone-warning"><svg class="icon icon-warning"');
    expect(markup).toContain('<span>not verified</span>');
    expect(entryArticle(entry({ ...status, state: undefined as never }), 'ben').toString()).toContain(
      '<span>bad</span>',
    );
  });

  it('folds long output between head and tail, and short output not at all', () => {
    const lines = (count: number): Message => ({
      title: 't',
      tone: 'neutral',
      actions: [],
      parts: [
        { kind: 'code', text: Array.from({ length: count }, (_, index) => `line ${index}`).join('\n') },
      ],
    });
    const long = entryArticle(entry(lines(2000)), 'ben').toString();
    expect(long).toContain('<summary>1,968 lines between</summary>');
    expect(long.match(/line \d+/g)).toHaveLength(2000);
    expect(entryArticle(entry(lines(36)), 'ben').toString()).not.toContain('<summary>');
  });

  it('links http and https, and nothing else', () => {
    const text = 'see https://a.example/x?y=1&z=2. and javascript:alert(1) ftp://b (http://c.example/)';
    const markup = entryArticle(
      entry({ title: 't', tone: 'neutral', actions: [], parts: [{ kind: 'text', text }] }),
      'ben',
    ).toString();
    expect([...markup.matchAll(/href="([^#"]+)"/g)].map(([, href]) => href)).toEqual([
      'https://a.example/x?y=1&amp;z=2',
      'http://c.example/',
    ]);
  });
});

describe('the fleet', () => {
  it('counts, worst first, and says what is old', async () => {
    const markup = fleetPanel(fleet, { viewer: 'ana', now: AT }).toString();
    await expect(markup).toMatchFileSnapshot(golden('fleet'));
    expect(markup.indexOf('1 bad')).toBeLessThan(markup.indexOf('3 good'));
    expect(fleetPanel([], { viewer: 'ana', now: AT }).toString()).toContain('No services yet');
  });

  it('stays the same text while nobody looked again', () => {
    const seen = AT - 12_345;
    const at = (now: number) =>
      fleetPanel([{ service: 'a', environment: 'b', tone: 'good', summary: '', ageMs: now - seen }], {
        viewer: 'ana',
        now,
      }).toString();
    expect(at(AT + 5001)).toBe(at(AT));
  });
});
