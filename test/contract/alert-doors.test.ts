import { createHmac } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { alertDoors } from '../../src/assembly/alerts.ts';
import type { Integration } from '../../src/domain/incident-settings.ts';
import { failed, succeeded } from '../../src/domain/outcome.ts';
import { openAlertDesk } from './alert-desk.ts';

const VALUES: Readonly<Record<string, string>> = {
  OLD: 'the-old-secret',
  NEW: 'the-new-secret',
  TOKEN: 'a-token-of-the-github',
};

const integration = (name: string, more: Partial<Integration>): Integration => ({
  name,
  source: 'github',
  settings: {},
  tokens: [],
  logins: [],
  secrets: [],
  services: [],
  levels: {},
  mostInFiveMinutes: 300,
  ...more,
});

const ours = [
  integration('rotating', { secrets: [{ env: 'OLD' }, { env: 'NEW' }] }),
  integration('lost', { secrets: [{ env: 'LOST' }] }),
  integration('half', { secrets: [{ env: 'LOST' }, { env: 'NEW' }] }),
  integration('both', { tokens: [{ env: 'TOKEN' }], secrets: [{ env: 'NEW' }] }),
  integration('locked', { tokens: [{ env: 'LOST' }] }),
  integration('login', { logins: [{ user: 'gh', password: { env: 'TOKEN' } }] }),
  integration('unsigned', { source: 'alertmanager', secrets: [{ env: 'NEW' }] }),
  integration('sns', { source: 'cloudwatch' }),
];

const BODY = '{"zen":"Keep it logically awesome."}';
const signedWith = (secret: string) => ({
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(BODY).digest('hex')}`,
});
const login = { authorization: `Basic ${Buffer.from(`gh:${VALUES.TOKEN}`).toString('base64')}` };
const bearer = { authorization: `Bearer ${VALUES.TOKEN}` };
const OLD = signedWith('the-old-secret');
const NEW = signedWith('the-new-secret');

describe('the doors that a configuration comes to', () => {
  it('let in whom it names, and nobody where a secret cannot be had', async () => {
    const doors = alertDoors(ours, {
      secret: (reference) => {
        const value = 'env' in reference ? VALUES[reference.env] : undefined;
        return value === undefined ? failed('CONFIG_SECRET_MISSING', 'it is not set') : succeeded(value);
      },
      now: Date.now,
      fetchText: async () => undefined,
    });
    const desk = await openAlertDesk(doors);
    onTestFinished(() => desk.close());
    const answers = async (name: string, ...tries: readonly Record<string, string>[]) => {
      const found: number[] = [];
      for (const headers of tries) {
        const answer = await fetch(`${desk.url}/alerts/${name}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: BODY,
        });
        found.push(answer.status);
      }
      return found;
    };
    expect(await answers('rotating', OLD, NEW, signedWith('another'), signedWith(''), {})).toEqual([
      202, 202, 401, 401, 401,
    ]);
    expect(await answers('lost', NEW, signedWith(''), signedWith('undefined'), {})).toEqual([
      401, 401, 401, 401,
    ]);
    expect(await answers('half', NEW, OLD)).toEqual([202, 401]);
    expect(await answers('both', NEW, bearer, { ...NEW, ...bearer })).toEqual([401, 401, 202]);
    expect(await answers('locked', bearer, {}, { authorization: 'Bearer undefined' })).toEqual([
      401, 401, 401,
    ]);
    expect(await answers('login', login, bearer)).toEqual([202, 401]);
    expect(await answers('unsigned', NEW, {})).toEqual([401, 401]);
    expect(await answers('sns', {}, NEW)).toEqual([401, 401]);
  });
});
