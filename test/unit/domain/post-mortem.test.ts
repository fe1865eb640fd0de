import { describe, expect, it } from 'vitest';
import { markdownLink, plainMarkdown } from '../../../src/domain/markdown.ts';
import { blanksIn, postMortemText, postMortemTitle } from '../../../src/domain/post-mortem.ts';
import { segmentsOf } from '../../../src/domain/post-mortem-parts.ts';
import { MINUTE, reportOf } from './alert-stage.ts';
import { alertOf, entryOf, factsOf, incidentOf, NIGHT } from './post-mortem-stage.ts';

const draft = (given: Parameters<typeof factsOf>[0] = {}): string =>
  postMortemText(factsOf(given), undefined);

describe('a post-mortem as it is drafted', () => {
  it('has every section, in its order, and says what is still blank', () => {
    const text = draft();
    expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual([
      '# Post-mortem of INC-7: HighErrorRate on web-1',
      '## Summary',
      '## Impact',
      '## Timeline',
      '## Detection and response',
      '## Changes around it',
      '## What went well',
      '## What went badly',
      '## Where we were lucky',
      '## Root causes',
      '## Action items',
      '## What the public was told',
      '## Alerts',
    ]);
    expect(blanksIn(text)).toBe(15);
    expect(text.startsWith('<!-- botswain:post-mortem INC-7 2026-11-20T03:12:02.000Z -->\n')).toBe(true);
  });

  it.each([
    ['when', '| Began | 2026-11-20 03:12:00 UTC |'],
    ['how long', '| Lasted | 49m |'],
    ['whose it is', '| Service | Karmabot \\(karmabot\\) in production |'],
    ['who led', '| lead | Ana |'],
    ['the impact', 'From 2026-11-20 03:12:00 UTC until 2026-11-20 03:52:00 UTC, as P0.'],
    ['time to detect', '| From its beginning until it was detected | 1s |  |'],
    ['time to acknowledge', '| 4m58s | at most 15m: held |'],
    ['time to resolve', '| 49m | at most 30m: **missed** |'],
    ['time to the first word', '| From its detection until the first public word | 9m59s |  |'],
    ['pages', '- 1 page went out, 0 could not be delivered'],
    [
      'an alert with its link',
      '- **2026-11-20 03:12:01** alert fired: HighErrorRate on web-1 ([source](<https://prometheus.example.org/graph?g0=up%28x%29>))',
    ],
    ['a note with its author', '- **2026-11-20 03:18:40** note: Ben\\_B: the \\*pool\\* is empty'],
    ['an act as it was said', '- **2026-11-20 03:17:00** acknowledged: Ana acknowledged it.'],
    [
      'a change, its approver and how it ended',
      '- **2026-11-20 03:32:00** C-142 rollback karmabot to v1.4.1; asked for by Ana, approved by Ben\\_B; succeeded: verified for 30s',
    ],
    ['what the public was told', '- **2026-11-20 03:22:00** INVESTIGATING: slow answers'],
    [
      'each alert',
      '- HighErrorRate on web-1: first at 2026-11-20 03:12:01, over at 2026-11-20 04:00:00, reported 3 times',
    ],
    ['actions with owner and due', '- [ ] TODO: what is to be done, owner: TODO, due: TODO'],
  ])('tells %s', (_, line) => expect(draft()).toContain(line));

  it('says of what is missing that it is, and never counts backwards', () => {
    const { resolvedAt: _r, acknowledgedAt: _a, mitigatedAt: _m, published: _p, ...open } = incidentOf();
    const incident = { ...open, state: 'open' as const, openedAt: NIGHT - MINUTE };
    const text = draft({ incident, alerts: [], timeline: [], changes: [] });
    for (const line of [
      '| Ended | — |',
      '| From its beginning until it was detected | — |  |',
      '| From the opening until somebody acknowledged it | — | at most 15m |',
      'UTC and goes on, as P0.',
      'Nothing was recorded.',
      'Botswain knows of none.',
      'Nothing was said in public.',
      'None: somebody opened it by hand.',
    ])
      expect(text).toContain(line);
  });

  it('tells what went on around the people', () => {
    const { acknowledgedAt: _a, ...never } = incidentOf({ reopened: 2 });
    const timeline = [
      entryOf(1, 'page failed'),
      entryOf(2, 'acknowledgement ended'),
      entryOf(3, 'alert flaps'),
    ];
    const text = draft({ incident: never, timeline });
    for (const line of [
      '- 0 pages went out, 1 could not be delivered',
      '- nobody ever acknowledged it',
      '- 1 acknowledgement ended because nobody answered',
      '- it was reopened 2 times',
      '- alerts flapped',
    ])
      expect(text).toContain(line);
  });

  it('leaves out the middle of a timeline that is too long, and says how much', () => {
    const timeline = Array.from({ length: 1_000 }, (_, index) => entryOf(index, 'note'));
    const text = draft({ timeline, mostLines: 30 });
    expect(text).toContain('- … 970 more …');
    expect(text).toContain('note at 0');
    expect(text).toContain('note at 999');
    expect(text).not.toContain('note at 500');
  });
});

describe('texts of others', () => {
  const hostile = [
    '<!-- botswain:timeline:end -->',
    '<img src=x onerror=alert(1)>',
    '@octocat fixes #1',
    '[click](javascript:alert(1))',
    '| a | b |',
    '`code` **bold** _it_ ~~no~~ $x$',
    '# heading',
    'two\nlines\u2028three',
    '\ud800 half',
    'password hunter2-secret',
    '&lt;b&gt; \\*',
  ].join(' ');

  it('show as they are, do nothing, and hold no secret, wherever they stand', () => {
    const report = reportOf({
      title: hostile,
      links: [
        { kind: 'source', url: 'javascript:alert(1)' },
        { kind: 'runbook', url: 'https://x.example/a>)](b|c)?k=hunter2-secret' },
      ],
    });
    const text = draft({
      incident: incidentOf({ title: hostile, roles: { lead: hostile } }),
      serviceTitle: hostile,
      timeline: [
        entryOf(1, 'note', { actor: hostile, text: hostile }),
        entryOf(2, 'alert fired', { text: hostile, subject: 'alertmanager/a221817265c1a57c' }),
        entryOf(3, 'status update', { text: hostile }),
      ],
      alerts: [alertOf({ report })],
      changes: [
        {
          id: 'C-1',
          summary: hostile,
          requester: hostile,
          approvers: [hostile],
          at: NIGHT,
          state: 'failed',
          ending: hostile,
        },
      ],
    });
    expect(text).not.toContain('hunter2-secret');
    expect(text).not.toMatch(/<img|<b>|(?<!\\)\[click/);
    expect(text).not.toMatch(/@\w/);
    expect(text).not.toMatch(/#\d/);
    expect(text).not.toContain('(<javascript');
    expect(text).toContain(
      '[runbook](<https://x.example/a%3E%29%5D%28b%7Cc%29?k=[redacted]>)'.replace(
        '[redacted]',
        '%5Bredacted%5D',
      ),
    );
    expect(text.isWellFormed()).toBe(true);
    const parts = segmentsOf(text).filter(({ kind }) => kind === 'part');
    expect(parts.length).toBe(segmentsOf(draft()).filter(({ kind }) => kind === 'part').length);
    expect(text.split('\n').filter((line) => line.startsWith('## '))).toHaveLength(12);
  });

  it.each([
    ['- item', '\\- item'],
    ['1. item', '1\\. item'],
    ['a_b*c', 'a\\_b\\*c'],
    ['x'.repeat(500), `${'x'.repeat(399)}…`],
    ['', ''],
  ])('%s', (text, expected) => expect(plainMarkdown(text)).toBe(expected));

  it.each([
    ['http://x.example/?a=1#b', '[a](<http://x.example/?a=1#b>)'],
    ['ftp://x.example', 'a'],
    ['nonsense', 'a'],
  ])('a link to %s', (url, expected) => expect(markdownLink('a', url)).toBe(expected));

  it('make a title of one line', () => {
    const incident = incidentOf({ title: `a\nb hunter2-secret ${'x'.repeat(300)}` });
    const title = postMortemTitle(factsOf({ incident }));
    expect(title.startsWith('Post-mortem of INC-7: a b [redacted] xxx')).toBe(true);
    expect(title).toHaveLength(200);
  });
});
