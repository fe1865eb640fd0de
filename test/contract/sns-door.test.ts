import { createSign } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { snsDoor } from '../../src/assembly/sns.ts';
import type { Integration } from '../../src/domain/incident-settings.ts';
import { cloudwatch } from '../../src/intake/cloudwatch.ts';
import { textToSign } from '../../src/intake/sns-signature.ts';
import { type AlertDesk, door, openAlertDesk } from './alert-desk.ts';

const NOW = Date.now();
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:alarms';
const HOST = 'https://sns.eu-west-1.amazonaws.com/';
const CERTIFICATE = `${HOST}SimpleNotificationService-0123456789.pem`;
const SUBSCRIBE = `${HOST}?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=2336412f37fb687f5d51e6e241da92fd`;
const TOKEN = 'a-token-of-the-cloudwatch';

const integration = (name: string, more: Partial<Integration>): Integration => ({
  name,
  source: 'cloudwatch',
  settings: { topics: [TOPIC] },
  tokens: [],
  logins: [],
  secrets: [],
  services: [],
  levels: {},
  mostInFiveMinutes: 300,
  ...more,
});

describe('the door of SNS', () => {
  let folder: string;
  let key: string;
  let certificate: string;
  let desk: AlertDesk;
  const fetched: string[] = [];
  const there = new Map<string, string>();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sns-door-'));
    const made = ['-newkey', 'rsa:2048', '-days', '2', '-subj', '/CN=sns.amazonaws.com', '-out', 'own.pem'];
    await execa('openssl', ['req', '-x509', '-nodes', ...made, '-keyout', 'own.key'], { cwd: folder });
    key = await readFile(join(folder, 'own.key'), 'utf8');
    certificate = await readFile(join(folder, 'own.pem'), 'utf8');
    const ports = {
      now: () => NOW,
      fetchText: async (url: string) => {
        fetched.push(url);
        return there.get(url);
      },
    };
    const named = { tokens: [{ env: 'TOKEN' }] };
    desk = await openAlertDesk([
      door('signed', snsDoor(integration('signed', {}), cloudwatch, ports)),
      door('anybody', snsDoor(integration('anybody', { settings: {} }), cloudwatch, ports)),
      door('token', {
        tokens: () => [TOKEN],
        ...snsDoor(integration('token', named), cloudwatch, ports),
      }),
    ]);
  });
  afterAll(async () => {
    await desk?.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    fetched.length = 0;
    there.clear();
    there.set(CERTIFICATE, certificate);
  });

  const signed = (more: object): string => {
    const message = {
      Type: 'Notification',
      MessageId: 'm-1',
      TopicArn: TOPIC,
      Message: JSON.stringify({ AlarmName: 'cpu', NewStateValue: 'ALARM' }),
      Timestamp: new Date(NOW).toISOString(),
      SignatureVersion: '2',
      SigningCertURL: CERTIFICATE,
      ...more,
    };
    const signature = createSign('RSA-SHA256')
      .update(textToSign(message) ?? '')
      .sign(key, 'base64');
    return JSON.stringify({ ...message, Signature: signature });
  };
  const confirmation = (more: object = {}): string =>
    signed({ Type: 'SubscriptionConfirmation', Token: '2336412f', SubscribeURL: SUBSCRIBE, ...more });
  const send = async (name: string, body: string): Promise<number> => {
    const headers = { 'content-type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': 'Notification' };
    return (await fetch(`${desk.url}/alerts/${name}`, { method: 'POST', headers, body })).status;
  };

  it('takes what SNS signed for a topic of ours, and fetches its certificate once', async () => {
    expect(await send('signed', signed({}))).toBe(202);
    expect(await send('signed', signed({ MessageId: 'm-2' }))).toBe(202);
    expect(fetched).toEqual([CERTIFICATE]);
  });

  it.each([
    ['another topic', signed, { TopicArn: `${TOPIC}-of-others` }],
    [
      'a certificate of another host',
      signed,
      { SigningCertURL: 'https://sns.example.org/SimpleNotificationService-1.pem' },
    ],
    ['a certificate that is not there', signed, { SigningCertURL: `${HOST}SimpleNotificationService-2.pem` }],
    ['an hour and a half ago', signed, { Timestamp: new Date(NOW - 5_400_000).toISOString() }],
  ] as const)('refuses %s', async (_, make, more) => {
    expect(await send('signed', make(more))).toBe(401);
  });

  it('refuses what was altered, what is no message, and everything where no topic is named', async () => {
    expect(await send('signed', signed({}).replace('ALARM', 'OK'))).toBe(401);
    expect(await send('signed', '{"AlarmName":"cpu","NewStateValue":"ALARM"}')).toBe(401);
    expect(await send('anybody', signed({}))).toBe(401);
    expect(fetched.every((url) => url === CERTIFICATE)).toBe(true);
  });

  it('confirms a subscription to a topic of ours, and says to come again where it cannot', async () => {
    expect(await send('signed', confirmation())).toBe(503);
    there.set(SUBSCRIBE, '<ok/>');
    const before = (await desk.kept()).length;
    expect(await send('signed', confirmation())).toBe(202);
    expect(fetched.filter((url) => url === SUBSCRIBE)).toHaveLength(2);
    // Kept as well, without the token that confirms.
    const kept = await desk.kept();
    expect(kept.length - before).toBe(1);
    expect(kept.at(-1)?.body.toString()).not.toContain('2336412f37fb687f5d51e6e241da92fd');
  });

  it('never fetches an address of another host', async () => {
    for (const SubscribeURL of [
      'https://evil.example.org/?Action=ConfirmSubscription',
      'http://169.254.169.254/latest/meta-data',
      `${HOST}?Action=Unsubscribe&TopicArn=${TOPIC}`,
    ])
      expect(await send('signed', confirmation({ SubscribeURL }))).toBe(202);
    expect(fetched.filter((url) => url !== CERTIFICATE)).toEqual([]);
  });

  it('takes raw messages and those of EventBridge with a token', async () => {
    expect(await send(`token/${TOKEN}`, '{"AlarmName":"cpu","NewStateValue":"ALARM"}')).toBe(202);
    expect(await send('token', signed({}))).toBe(401);
  });
});
