import { createSign } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSnsSigned, signingCertificateAddress, textToSign } from '../../../src/intake/sns-signature.ts';
import { bodyOf, requestOf, sourceNamed } from '../../contract/sources.ts';

const NOTIFICATION = JSON.parse(bodyOf('cloudwatch-sns-alarm.json').toString());
const CONFIRMATION = JSON.parse(bodyOf('cloudwatch-sns-subscription-confirmation.json').toString());
const TOPIC = 'arn:aws:sns:eu-west-1:1234567890:alerta-test';
const HOUR = 3_600_000;

const read = (content: unknown, topics?: readonly string[]) =>
  sourceNamed('cloudwatch').read(requestOf(content), topics === undefined ? {} : { topics });

interface Pair {
  readonly cert: string;
  readonly key: string;
}

let folder = '';
let rsa: Pair;
let ec: Pair;

/** A certificate for two days that vouches for itself, as SNS has one; the key never leaves the temporary folder. */
async function makePair(name: string, key: readonly string[]): Promise<Pair> {
  const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
  const subject = ['-days', '2', '-subj', '/CN=sns.amazonaws.com'];
  await execa('openssl', ['req', '-x509', '-nodes', '-newkey', ...key, ...subject, ...files], {
    cwd: folder,
  });
  const [cert, secret] = await Promise.all(
    ['pem', 'key'].map((kind) => readFile(join(folder, `${name}.${kind}`), 'utf8')),
  );
  return { cert: cert ?? '', key: secret ?? '' };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sns-'));
  rsa = await makePair('rsa', ['rsa:2048']);
  ec = await makePair('ec', ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The message as SNS would sign it. */
function signed(message: object, version: '1' | '2', at: number): Record<string, unknown> {
  const dated = { ...message, Timestamp: new Date(at).toISOString(), SignatureVersion: version };
  const signature = createSign(version === '1' ? 'RSA-SHA1' : 'RSA-SHA256')
    .update(textToSign(dated) ?? '')
    .sign(rsa.key, 'base64');
  return { ...dated, Signature: signature };
}

describe('the signature of SNS', () => {
  it('signs the fields of a notification in order, the subject where there is one', () => {
    const text = textToSign({ ...NOTIFICATION, Message: 'm', Subject: 's', MessageId: 'i', Timestamp: 't' });
    expect(text).toBe(
      `Message\nm\nMessageId\ni\nSubject\ns\nTimestamp\nt\nTopicArn\n${TOPIC}\nType\nNotification\n`,
    );
    const { Subject: _, ...plain } = NOTIFICATION;
    expect(textToSign(plain)).not.toContain('Subject');
    expect(textToSign(CONFIRMATION)).toMatch(/^Message\n[\s\S]*\nSubscribeURL\nhttps:[\s\S]*\nToken\n/);
    expect(textToSign({ Type: 'toString' })).toBeUndefined();
  });

  it.each([
    ['1', '2', NOTIFICATION],
    ['2', '1', CONFIRMATION],
    ['2', '1', NOTIFICATION],
  ] as const)('version %s: good, and bad wherever something was altered', (version, other, body) => {
    const now = Date.now();
    const message = signed(body, version, now);
    const judge = (altered: object, more: object = {}) =>
      isSnsSigned({ message: { ...message, ...altered }, certificate: rsa.cert, now, ...more });
    expect(judge({})).toBe(true);
    for (const key of ['Message', 'MessageId', 'TopicArn', 'Timestamp'])
      expect(judge({ [key]: `${String(message[key])} ` })).toBe(false);
    expect(judge({ Type: 'UnsubscribeConfirmation' })).toBe(false);
    expect(judge({ SignatureVersion: other })).toBe(false);
    expect(judge({ SignatureVersion: '3' })).toBe(false);
    expect(judge({ Signature: 'AAAA' })).toBe(false);
    expect(judge({ Signature: undefined })).toBe(false);
    expect(judge({}, { certificate: ec.cert })).toBe(false);
    expect(judge({}, { certificate: 'no certificate' })).toBe(false);
  });

  it('an old message, one of the future and an expired certificate do not count', () => {
    const sent = Date.now();
    const judge = (now: number, at = sent) =>
      isSnsSigned({ message: signed(NOTIFICATION, '2', at), certificate: rsa.cert, now });
    expect(judge(sent + HOUR)).toBe(true);
    expect(judge(sent + 2 * HOUR)).toBe(false);
    expect(judge(sent, sent + HOUR / 6)).toBe(false);
    expect(judge(sent + 24 * HOUR, sent + 24 * HOUR)).toBe(true);
    expect(judge(sent + 72 * HOUR, sent + 72 * HOUR)).toBe(false);
    expect(judge(sent - 24 * HOUR, sent - 24 * HOUR)).toBe(false);
  });

  it('a certificate comes from SNS itself or from nowhere', () => {
    const address = (SigningCertURL: unknown) => signingCertificateAddress({ SigningCertURL });
    const path = 'SimpleNotificationService-6aad65c2f9911b05cd53efda11f913f9.pem';
    for (const host of [
      'sns.eu-west-1.amazonaws.com',
      'sns.us-gov-west-1.amazonaws.com',
      'sns.cn-north-1.amazonaws.com.cn',
    ])
      expect(address(`https://${host}/${path}`)).toBe(`https://${host}/${path}`);
    for (const url of [
      `http://sns.eu-west-1.amazonaws.com/${path}`,
      `https://sns.eu-west-1.amazonaws.com.evil.example/${path}`,
      `https://evil.example/sns.eu-west-1.amazonaws.com/${path}`,
      `https://sns.eu-west-1.amazonaws.com@evil.example/${path}`,
      `https://a:b@sns.eu-west-1.amazonaws.com/${path}`,
      `https://sns.eu-west-1.amazonaws.com:8443/${path}`,
      `https://sns.s3.amazonaws.com/${path}`,
      `https://sns.evil.s3.eu-west-1.amazonaws.com/${path}`,
      `https://sns.eu-west-1.amazonaws.com/${path}?Action=Publish`,
      'https://sns.eu-west-1.amazonaws.com/?Action=GetEndpointAttributes&x=.pem',
      'https://sns.eu-west-1.amazonaws.com/other.pem',
      'file:///etc/passwd',
      7,
      undefined,
    ])
      expect(address(url), String(url)).toBeUndefined();
  });
});

describe('CloudWatch by SNS', () => {
  it('confirms the subscription of a topic that is allowed, at the address of SNS', () => {
    expect(read(CONFIRMATION, [TOPIC])).toMatchObject({
      eventId: CONFIRMATION.MessageId,
      reports: [],
      confirm: CONFIRMATION.SubscribeURL,
    });
  });

  it.each([
    ['no topics', {}, undefined],
    ['another topic', {}, [`${TOPIC}2`]],
    [
      'another host',
      { SubscribeURL: CONFIRMATION.SubscribeURL.replace('amazonaws.com', 'evil.example') },
      [TOPIC],
    ],
    ['http', { SubscribeURL: CONFIRMATION.SubscribeURL.replace('https:', 'http:') }, [TOPIC]],
    ['another action', { SubscribeURL: CONFIRMATION.SubscribeURL.replace('ConfirmSub', 'Unsub') }, [TOPIC]],
    [
      'the address of another topic',
      { SubscribeURL: CONFIRMATION.SubscribeURL.replace('alerta-', 'evil-') },
      [TOPIC],
    ],
    ['no address', { SubscribeURL: undefined }, [TOPIC]],
  ])('does not confirm with %s, and says why', (_, altered, topics) => {
    const reading = read({ ...CONFIRMATION, ...altered }, topics);
    expect(reading).toMatchObject({ reports: [], note: expect.stringContaining('not confirmed') });
    expect(reading).not.toHaveProperty('confirm');
  });

  it('takes alarms of the topics alone where there are any', () => {
    expect(read(NOTIFICATION, [TOPIC])?.eventId).toBe('e288882d-4281-5be4-8fde-dccc11c8cb01');
    expect(read(NOTIFICATION, [`${TOPIC}2`])).toMatchObject({
      reports: [],
      note: `${TOPIC} is not in topics`,
    });
  });

  it('a level is what people write into the name or the description', () => {
    const level = (more: object) =>
      read({ AlarmName: 'cpu', NewStateValue: 'ALARM', ...more })?.reports.map((one) => [
        one.level,
        one.levelSaid,
      ]);
    expect(level({})).toEqual([['unknown', 'ALARM']]);
    expect(level({ AlarmName: 'karmabot-P2-cpu' })).toEqual([['error', 'P2']]);
    expect(level({ AlarmDescription: 'Severity: high. See the runbook.' })).toEqual([['error', 'high']]);
    expect(level({ NewStateValue: 'INSUFFICIENT_DATA' })).toEqual([['warning', 'INSUFFICIENT_DATA']]);
  });

  it('the same alarm by EventBridge, bare or in a message of SNS', () => {
    const event = {
      'detail-type': 'CloudWatch Alarm State Change',
      account: '123456789012',
      region: 'eu-west-1',
      resources: ['arn:aws:cloudwatch:eu-west-1:123456789012:alarm:cpu'],
      detail: {
        alarmName: 'cpu',
        state: { value: 'OK', reason: 'fine', timestamp: '2026-11-20T03:12:00.000+0000' },
        configuration: {
          description: 'too busy',
          metrics: [{ metricStat: { metric: { name: 'CPU', dimensions: { ServiceName: 'karmabot' } } } }],
        },
      },
    };
    for (const content of [event, { ...NOTIFICATION, Message: JSON.stringify(event) }])
      expect(read(content)?.reports).toMatchObject([
        {
          fingerprint: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:cpu',
          status: 'resolved',
          title: 'cpu',
          description: 'too busy\nfine',
          service: 'karmabot',
          labels: { alertname: 'cpu', metric: 'CPU', region: 'eu-west-1' },
          endsAt: Date.parse('2026-11-20T03:12:00Z'),
          links: [
            {
              url: 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/cpu',
            },
          ],
        },
      ]);
  });

  it('what else is published there is an alert that nobody takes back', () => {
    const other = { ...NOTIFICATION, Subject: 'Budget exceeded', Message: 'You spent 100 EUR' };
    expect(read(other)?.reports).toMatchObject([
      { title: 'Budget exceeded', description: 'You spent 100 EUR', level: 'unknown', expectsResolve: false },
    ]);
    expect(read({ ...other, Message: '{"a": ['.repeat(200) })?.reports).toHaveLength(1);
  });
});
