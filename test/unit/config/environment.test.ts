import { describe, expect, it } from 'vitest';
import { environmentFrom } from '../../../config/environment.ts';

const refusal = (variables: Record<string, string>) => {
  const read = environmentFrom(variables);
  return read.kind === 'failed' ? { message: read.message, remedy: read.remedy, code: read.code } : read;
};

const HOOKED = { TELEGRAM_BOT_TOKEN: '1:a', TELEGRAM_WEBHOOK_SECRET: 'secret-of-the-webhook' };

describe('the environment variables', () => {
  it('have the defaults of the contract', () => {
    expect(environmentFrom({})).toEqual({
      kind: 'succeeded',
      value: {
        configFolder: undefined,
        dataFolder: 'data',
        host: '127.0.0.1',
        port: 3000,
        consolePort: 3001,
        publicUrl: undefined,
        logLevel: 'info',
        slack: undefined,
        telegram: undefined,
      },
    });
  });

  it('are read, an empty one being absent', () => {
    const read = environmentFrom({
      BOTSWAIN_CONFIG: '/etc/botswain',
      BOTSWAIN_DATA: '',
      PORT: '0',
      CONSOLE_PORT: '0',
      PUBLIC_URL: 'https://ops.example.org/',
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_APP_TOKEN: 'xapp-1',
      SLACK_API_URL: 'http://127.0.0.1:1234/api/',
      TELEGRAM_BOT_TOKEN: '123:abc',
      LOG_LEVEL: 'debug',
    });
    expect(read).toMatchObject({
      value: {
        configFolder: '/etc/botswain',
        dataFolder: 'data',
        port: 0,
        publicUrl: 'https://ops.example.org',
        slack: {
          botToken: 'xoxb-1',
          way: { kind: 'socket', appToken: 'xapp-1' },
          apiUrl: 'http://127.0.0.1:1234/api',
        },
        telegram: { botToken: '123:abc', apiRoot: undefined },
        logLevel: 'debug',
      },
    });
  });

  it('choose how Slack reaches us: HTTP with a signing secret, Socket Mode where both are set', () => {
    const slack = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'hush' };
    expect(environmentFrom(slack)).toMatchObject({
      value: { slack: { way: { kind: 'http', signingSecret: 'hush' } } },
    });
    expect(environmentFrom({ ...slack, SLACK_APP_TOKEN: 'xapp-1' })).toMatchObject({
      value: { slack: { way: { kind: 'socket', appToken: 'xapp-1' } } },
    });
  });

  it('refuse what is not built yet in words', () => {
    expect(refusal({ DATABASE_URL: 'postgres://x' })).toEqual({
      code: 'CONFIG_INVALID',
      message: 'several instances on PostgreSQL are not built yet',
      remedy: 'unset DATABASE_URL',
    });
  });

  it.each([
    [
      { SLACK_BOT_TOKEN: 'xoxb-1' },
      'SLACK_BOT_TOKEN is set and neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is',
    ],
    [{ SLACK_APP_TOKEN: 'xapp-1' }, 'SLACK_APP_TOKEN is set and SLACK_BOT_TOKEN is not'],
    [{ SLACK_SIGNING_SECRET: 's' }, 'SLACK_SIGNING_SECRET is set and SLACK_BOT_TOKEN is not'],
    [{ PORT: '70000' }, 'PORT is "70000", which is not a port'],
    [{ PORT: 'http' }, 'PORT is "http", which is not a port'],
    [{ PORT: '4000', CONSOLE_PORT: '4000' }, 'PORT and CONSOLE_PORT are both 4000'],
    [{ PUBLIC_URL: 'ops.example.org' }, 'PUBLIC_URL is "ops.example.org", which is not a URL'],
    [{ LOG_LEVEL: 'inof' }, 'LOG_LEVEL is "inof". Did you mean "info"?'],
    [{ TELEGRAM_BOT_TOKEN: 'abc' }, 'TELEGRAM_BOT_TOKEN does not look like a bot token'],
    [HOOKED, 'TELEGRAM_WEBHOOK_SECRET is set and PUBLIC_URL is not'],
    [
      { ...HOOKED, PUBLIC_URL: 'http://ops.example.org' },
      'PUBLIC_URL does not start with https, which Telegram webhooks need',
    ],
    [
      { ...HOOKED, PUBLIC_URL: 'https://ops.example.org:3000' },
      'PUBLIC_URL has port 3000, which Telegram does not call',
    ],
    [
      { ...HOOKED, PUBLIC_URL: 'https://ops.example.org', TELEGRAM_WEBHOOK_SECRET: 'short' },
      'TELEGRAM_WEBHOOK_SECRET does not have 16 to 256 characters of A-Z a-z 0-9 _ -',
    ],
  ])('%j: %s', (variables, message) => {
    expect(refusal(variables)).toMatchObject({ code: 'CONFIG_INVALID', message });
  });

  it.each([
    { PUBLIC_URL: 'https://ops.example.org:8443' },
    { PUBLIC_URL: 'https://ops.example.org:443/bots/' },
    // A Bot API server of one's own calls any address.
    { PUBLIC_URL: 'http://127.0.0.1:3000', TELEGRAM_API_ROOT: 'http://127.0.0.1:8081' },
  ])('take a Telegram webhook at %j', (more) => {
    expect(environmentFrom({ ...HOOKED, ...more })).toMatchObject({
      value: { telegram: { webhookSecret: 'secret-of-the-webhook' } },
    });
  });

  it('say every mistake at once, and never a token', () => {
    const read = refusal({ SLACK_BOT_TOKEN: 'xapp-secret', SLACK_APP_TOKEN: 'xoxb-secret', PORT: '-1' });
    const text = JSON.stringify(read);
    expect(text).toContain('PORT is');
    expect(text).toContain('SLACK_BOT_TOKEN holds a token that starts with xapp-');
    expect(text).toContain('SLACK_APP_TOKEN holds a token that starts with xoxb-');
    expect(text).not.toContain('secret');
  });
});
