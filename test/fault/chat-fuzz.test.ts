import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commands } from '../../commands/registry.ts';
import { parseCommand, parseDirect, parseMention, parsePress } from '../../src/chat/slack/slack-incoming.ts';
import { whyNotOurs } from '../../src/chat/slack/slack-ours.ts';
import { renderSlack } from '../../src/chat/slack/slack-render.ts';
import { parseSubmission, parseViewAction } from '../../src/chat/slack/slack-view-incoming.ts';
import { renderTelegram } from '../../src/chat/telegram/telegram-render.ts';
import { refusal } from '../../src/dispatch/answers.ts';
import { readLine } from '../../src/dispatch/read-line.ts';
import { LONGEST_WORD, tokenize } from '../../src/dispatch/tokenize.ts';
import { createRedactor } from '../../src/domain/redaction.ts';
import { messageBody } from '../../src/web/console/message-render.ts';
import { sqliteBench } from '../contract/journal-sqlite.ts';
import { connected } from '../contract/slack-rig.ts';
import { SECRET, telegramRig } from '../contract/telegram-rig.ts';
import { configuration } from '../unit/workflow/yard.ts';
import { lines, spoilt, texts } from './chat-fuzz.ts';
import { CALLBACK, COMMAND, CONTEXT, MENTION, PRESS, UPDATE, VIEW, withId } from './chat-fuzz-bodies.ts';
import { signedBy } from './chat-public.ts';
import { rounds } from './chat-stage.ts';
import { reportFault } from './table.ts';

/** The long form has a million cases altogether. */
const CASES = {
  lines: rounds(8000, 400_000),
  shapes: rounds(1000, 60_000),
  shown: rounds(1000, 60_000),
  calls: rounds(500, 20_000),
  audited: rounds(200, 5000),
};
/** Control characters, and those that turn text around or have no width. */
const HIDDEN = /\p{Cc}|[\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/u;

const run = (cases: number) => ({ numRuns: cases, endOnFailure: true });
const report = (fault: string, tries: number): void =>
  reportFault({
    fault: `#15 fuzz: ${fault}`,
    tries,
    doubles: 0,
    lost: 0,
    silent: 0,
    unknown: 0,
    byReceipt: 0,
  });

/** Reads or says that it is none of Slack's; anything else is a bug. */
function readsOrRefuses(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
  }
}

describe('#15 anything at all as a line', () => {
  it('is split into words or refused in words, never more', () => {
    const split = (line: string): void => {
      const tokens = tokenize(line);
      if (tokens.kind !== 'succeeded') {
        expect(tokens.code).toMatch(/^INPUT_/);
        return;
      }
      for (const { text } of tokens.value) {
        expect(text.length).toBeLessThanOrEqual(LONGEST_WORD);
        expect(text).not.toMatch(HIDDEN);
      }
    };
    fc.assert(fc.property(texts, split), run(CASES.lines));
    report('tokenize', CASES.lines);
  });

  it('keeps quoted words as they are', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9 ."\\'=:;!?()-]{0,30}$/);
    const quotes = (words: readonly string[]): void => {
      const line = words.map((one) => `"${one.replace(/["\\]/g, '\\$&')}"`).join(' ');
      const tokens = tokenize(line);
      expect(tokens).toMatchObject({ kind: 'succeeded' });
      if (tokens.kind === 'succeeded') expect(tokens.value.map(({ text }) => text)).toEqual(words);
    };
    fc.assert(fc.property(fc.array(word, { maxLength: 6 }), quotes), run(CASES.lines / 8));
  });

  it('is understood or refused; a subject is always one that there is, and no prototype changes', () => {
    const place = { configuration: configuration() };
    const known = place.configuration.services;
    const understands = (line: string): void => {
      const read = readLine(line, commands, place);
      if (read.kind === 'succeeded')
        for (const { service } of read.value.subjects) expect(known).toContain(service);
      else if (read.kind === 'failed') {
        const { message } = refusal(read, line);
        expect(message.parts.length).toBeGreaterThan(0);
      }
    };
    fc.assert(fc.property(lines, understands), run(CASES.lines));
    expect(Object.keys(Object.prototype)).toEqual([]);
    report('read a line', CASES.lines);
  });

  it('is redacted in time that grows with its length only', () => {
    const redact = createRedactor(['a-secret-value-of-ours', 'xoxb-1234567890-abc']);
    const began = performance.now();
    for (const piece of ['a', '://', 'eyJ', 'bearer ', '-----BEGIN ', '"', '<http://', '\ud800'])
      redact(piece.repeat(1_000_000 / piece.length));
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('is audited so that the chain holds', async ({ onTestFinished }) => {
    const bench = await sqliteBench();
    onTestFinished(() => bench.remove());
    const { audit } = bench.journal;
    for (const text of fc.sample(texts, { numRuns: CASES.audited, seed: 15 }))
      await audit.append({
        event: 'line refused',
        at: 0,
        actor: text,
        service: text,
        subject: text,
        detail: { line: text, why: [text] },
      });
    expect(await audit.verify()).toMatchObject({ kind: 'succeeded', value: { records: CASES.audited } });
    const reopened = await bench.reopen();
    expect((await reopened.audit.verify()).kind).toBe('succeeded');
    report('audited texts', CASES.audited);
  }, 120_000);
});

describe('#15 anything at all as a body', () => {
  const BODIES = { COMMAND, PRESS, MENTION, VIEW };
  it.each(Object.entries(BODIES))('of Slack, near %s: read, or said to be none', (_name, genuine) => {
    const reads = (body: unknown): void => {
      const readers = [
        () => parseCommand(body, CONTEXT),
        () => parsePress(body, CONTEXT),
        () => parseMention(body, 'U0BOT'),
        () => parseDirect(body, 'U0BOT'),
        () => parseViewAction(body, CONTEXT),
        () => parseSubmission(body),
        () => whyNotOurs(body, { team: 'T0TEAM', app: 'A0APP' }),
      ];
      for (const read of readers) readsOrRefuses(read);
    };
    fc.assert(fc.property(spoilt(genuine), reads), run(CASES.shapes));
    report('Slack body readers', CASES.shapes);
  });

  it('of Slack, signed: answered, and the edge lives', async ({ onTestFinished }) => {
    const rig = await connected({ delivery: 'http', timeoutMs: 500 });
    onTestFinished(() => rig.stop());
    const secret = rig.slack.http.signingSecret;
    const answers = async (body: unknown): Promise<void> => {
      const text = JSON.stringify(body) ?? '';
      const wire = signedBy(secret, text);
      const request = { method: 'POST', headers: wire.headers, body: Buffer.from(text) };
      const { status = 0 } = (await rig.chat.webhook?.take(request)) ?? {};
      expect([200, 400, 401, 403]).toContain(status);
    };
    await fc.assert(fc.asyncProperty(spoilt(MENTION), answers), run(CASES.calls));
    report('signed Slack requests', CASES.calls);
  }, 600_000);

  it.each([
    ['a line', spoilt(UPDATE)],
    ['a press', spoilt(CALLBACK).map(withId)],
  ])(
    'of Telegram, near %s: answered, and the edge lives',
    async (_name, bodies) => {
      const { chat } = await telegramRig({ webhook: true });
      let id = 100_000;
      const answers = async (body: unknown): Promise<void> => {
        id += 1;
        const update = typeof body === 'object' && body !== null ? { ...body, update_id: id } : body;
        const request = {
          method: 'POST',
          headers: { 'x-telegram-bot-api-secret-token': SECRET },
          body: Buffer.from(JSON.stringify(update) ?? ''),
        };
        const { status = 0 } = (await chat.webhook?.take(request)) ?? {};
        expect([200, 400, 503]).toContain(status);
      };
      await fc.assert(fc.asyncProperty(bodies, answers), run(CASES.calls));
      report('Telegram updates', CASES.calls);
    },
    600_000,
  );
});

describe('#15 anything at all as text to be shown', () => {
  it('goes to Slack, Telegram and the console as whole characters', () => {
    const shows = (title: string, text: string): void => {
      const message = {
        title,
        tone: 'neutral',
        state: text,
        parts: [
          { kind: 'text', text },
          { kind: 'code', title, text },
          { kind: 'context', text },
          { kind: 'fields', fields: [{ label: title, value: text }] },
        ],
        actions: [{ label: title.slice(0, 60), line: text, style: 'plain' }],
      } as const;
      const slack = renderSlack(message);
      expect(slack.text.isWellFormed()).toBe(true);
      const telegram = renderTelegram(message, { data: ['T1'] });
      expect(JSON.stringify(telegram).isWellFormed()).toBe(true);
      expect(() => messageBody(message).toString()).not.toThrow();
    };
    fc.assert(fc.property(texts, texts, shows), run(CASES.shown));
    report('rendered messages', CASES.shown);
  });
});
