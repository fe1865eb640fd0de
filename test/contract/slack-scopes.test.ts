import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVENT_SCOPES, METHOD_SCOPES, SLACK_SCOPES } from '../../src/chat/slack/slack-scopes.ts';
import { METHOD_FACTS, strangeCalls } from './slack-schema.ts';

const FOLDER = join(import.meta.dirname, '../../src/chat/slack');
const source = readdirSync(FOLDER)
  .map((file) => readFileSync(join(FOLDER, file), 'utf8'))
  .join('\n');

/** Methods of @slack/web-api that are several calls. */
const COMPOUND: Readonly<Record<string, readonly string[]>> = {
  filesUploadV2: ['files.getUploadURLExternal', 'files.completeUploadExternal'],
};

const called = (): readonly string[] => {
  const direct = [...source.matchAll(/\b(?:web|client)\.([a-z]+(?:\.[a-zA-Z]+)+)\(/g)].map(
    ([, name = '']) => name,
  );
  const compound = Object.keys(COMPOUND).flatMap((name) =>
    source.includes(`.${name}(`) ? (COMPOUND[name] ?? []) : [],
  );
  const opened = source.includes('new SocketModeClient(') ? ['apps.connections.open'] : [];
  return [...new Set([...direct, ...compound, ...opened])].toSorted();
};

describe('the scopes', () => {
  it('the table names every method that is called, and no other', () => {
    expect(source).not.toMatch(/\.apiCall\(/);
    expect(called()).toEqual(Object.keys(METHOD_SCOPES).toSorted());
  });

  it('no table entry asks for a scope the method does not have, and none is forgotten', () => {
    expect(Object.keys(METHOD_FACTS).toSorted()).toEqual(Object.keys(METHOD_SCOPES).toSorted());
    for (const [method, scopes] of Object.entries(METHOD_SCOPES)) {
      const published = METHOD_FACTS[method]?.scopes ?? [];
      expect(published, method).toEqual(expect.arrayContaining([...scopes]));
      expect(scopes.length === 0, method).toBe(published.length === 0);
    }
  });

  it('the events are those that are listened to', () => {
    const heard = [...source.matchAll(/app\.event\('([a-z_]+)'/g)].map(([, name = '']) => name);
    // Of messages only those to the bot itself are subscribed to.
    const subscribed = heard.map((name) => (name === 'message' ? 'message.im' : name));
    expect(Object.keys(EVENT_SCOPES).toSorted()).toEqual(subscribed.toSorted());
  });

  it('each says what for', () => {
    for (const { scope, reason } of SLACK_SCOPES) expect(reason, scope).not.toBe('');
    expect(new Set(SLACK_SCOPES.map(({ scope }) => scope)).size).toBe(SLACK_SCOPES.length);
  });
});

describe("Slack's published reference", () => {
  const at = 0;
  const call = (method: string, args: object) => ({
    method,
    args: { ...args },
    token: 'xoxb-1',
    at,
    outcome: 'ok',
  });

  it('objects to a missing argument, an unknown one, and an unknown method', () => {
    expect(
      strangeCalls([
        call('chat.update', { channel: 'C1', text: 'x' }),
        call('chat.postMessage', { channel: 'C1', unfurl_link: false }),
        call('chat.shout', {}),
        { ...call('response_url', {}), token: '' },
      ]),
    ).toEqual([
      'chat.update lacks ts',
      'chat.postMessage has no argument unfurl_link',
      'chat.shout is not in test/fixtures/slack-methods.json',
    ]);
  });
});
