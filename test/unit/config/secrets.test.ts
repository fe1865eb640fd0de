import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { secretReader, secretReferences, secretValues } from '../../../config/secrets.ts';
import { folderOf, loadWith, SMALL, said } from '../../fixtures/config/folder.ts';

describe('secrets', () => {
  it('are read from variables and files, without one last newline', async () => {
    const folder = await folderOf({ key: 'line one\nline two\n\n', empty: '\n' });
    await chmod(join(folder, 'key'), 0o600);
    const warnings: string[] = [];
    const read = secretReader({ TOKEN: 'abcdef', NONE: '' }, (message) => warnings.push(message));
    expect(read({ env: 'TOKEN' })).toEqual({ kind: 'succeeded', value: 'abcdef' });
    expect(read({ file: join(folder, 'key') })).toEqual({ kind: 'succeeded', value: 'line one\nline two\n' });
    expect(warnings).toEqual([]);
    for (const reference of [
      { env: 'NONE' },
      { env: 'ABSENT' },
      { file: join(folder, 'empty') },
      { file: join(folder, 'no') },
    ])
      expect(read(reference)).toMatchObject({ kind: 'failed', code: 'CONFIG_SECRET_MISSING' });
  });

  it('warn once of a file that others may read', async () => {
    const folder = await folderOf({ key: 'secret' });
    const file = join(folder, 'key');
    await chmod(file, 0o644);
    const warnings: string[] = [];
    const read = secretReader({}, (message) => warnings.push(message));
    read({ file });
    read({ file });
    expect(warnings).toEqual([`${file} holds a secret and others may read it; chmod 600 ${file}`]);
  });

  it('are told to the redactor once each, if long enough, with the tokens of the chats', () => {
    const read = secretReader({ A: 'aaaaaa', B: 'short', C: 'aaaaaa' });
    const environment = {
      slack: { botToken: 'xoxb-one', way: { kind: 'socket', appToken: 'xapp-two' }, apiUrl: undefined },
      telegram: { botToken: '123:three', apiRoot: undefined },
    } as const;
    expect(secretValues([{ env: 'A' }, { env: 'B' }, { env: 'C' }, { env: 'D' }], read, environment)).toEqual(
      ['aaaaaa', 'xoxb-one', 'xapp-two', '123:three'],
    );
    const way = { kind: 'http', signingSecret: 'signing-secret' } as const;
    const overHttp = { slack: { ...environment.slack, way }, telegram: undefined };
    expect(secretValues([], read, overHttp)).toEqual(['xoxb-one', 'signing-secret']);
  });

  it('are found wherever a reference stands, and not in maps that only look alike', () => {
    expect(
      secretReferences({
        a: [{ key: { env: 'A' } }],
        b: { file: '/b' },
        c: { env: 'C', more: 1 },
        d: { file: '/d', env: 'D' },
      }),
    ).toEqual([{ env: 'A' }, { file: '/b' }]);
  });

  it.each([
    ['a Slack token', 'xoxb-123-456'],
    ['a Telegram bot token', `12345678:${'a'.repeat(35)}`],
    ['a GitHub token', `ghp_${'a'.repeat(36)}`],
    ['an address with a password', 'mongodb://user:password@host/db'],
  ])('%s that stands in a file is refused', async (what, value) => {
    const line = `  web: { kind: http, url: https://example.org, headers: { authorization: "${value}" } }`;
    const loaded = await loadWith({
      'services/bot.yaml': `${SMALL['services/bot.yaml']}checks:\n${line}\n`,
    });
    expect(said(loaded)).toEqual([
      `services/bot.yaml:8:${line.indexOf(`"${value}`) + 1} this looks like ${what}`,
    ]);
    expect(JSON.stringify(loaded)).not.toContain(value);
  });
});
