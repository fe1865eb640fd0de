import { verify, X509Certificate } from 'node:crypto';
import { at, wordsAt } from './reading/fields.ts';
import { timeOf } from './reading/times.ts';

/** What is signed of each type, in this order; what is absent is left out: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html. */
const SIGNED: Readonly<Record<string, readonly string[]>> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: [
    'Message',
    'MessageId',
    'SubscribeURL',
    'Timestamp',
    'Token',
    'TopicArn',
    'Type',
  ],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
};

const DIGESTS: Readonly<Record<string, string>> = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' };

/** SNS delivers again for at most 3,600 s: https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html. */
const OLDEST_MS = 65 * 60_000;
/** How far ahead its clock may be. */
const AHEAD_MS = 5 * 60_000;

/** `sns.eu-west-1.amazonaws.com`, `sns.us-gov-west-1.amazonaws.com`, `sns.cn-north-1.amazonaws.com.cn`. */
const HOST = /^sns\.[a-z]{2}(?:-[a-z]{2,12}){1,3}-\d{1,2}\.amazonaws\.com(?:\.cn)?$/;

/** Other paths of that host answer what the caller wants, a certificate too. */
const CERTIFICATE_PATH = /^\/SimpleNotificationService-[A-Za-z0-9]{1,64}\.pem$/;

/** An address, where it is one of SNS itself, by https on its own port. */
export function snsAddress(value: unknown): URL | undefined {
  if (typeof value !== 'string' || value.length > 2_048) return undefined;
  const url = URL.parse(value);
  const isOwn = url !== null && url.protocol === 'https:' && url.port === '' && HOST.test(url.hostname);
  return isOwn && url.username === '' && url.password === '' ? url : undefined;
}

/** Address of the certificate that a message of SNS names, where it can only be one of SNS's own; to be fetched once and kept. */
export function signingCertificateAddress(message: unknown): string | undefined {
  const url = snsAddress(at(message, 'SigningCertURL'));
  return url !== undefined && CERTIFICATE_PATH.test(url.pathname) && url.search === '' ? url.href : undefined;
}

/** The text that SNS signs of a message; undefined for a type that it does not send. */
export function textToSign(message: unknown): string | undefined {
  const type = wordsAt(message, 'Type') ?? '';
  const keys = Object.hasOwn(SIGNED, type) ? SIGNED[type] : undefined;
  const lines = keys?.flatMap((key) => {
    const value = at(message, key);
    return typeof value === 'string' ? [`${key}\n${value}\n`] : [];
  });
  return lines?.join('');
}

const isTimely = (message: unknown, now: number): boolean => {
  const sent = timeOf(at(message, 'Timestamp'));
  return sent !== undefined && now - sent <= OLDEST_MS && sent - now <= AHEAD_MS;
};

/** A certificate that does not count today, or whose key is none for RSA, has no key. */
function keyOf(certificate: string, now: number): X509Certificate['publicKey'] | undefined {
  try {
    const { publicKey, validFromDate, validToDate } = new X509Certificate(certificate);
    const isValid = validFromDate.getTime() - AHEAD_MS <= now && now <= validToDate.getTime();
    return isValid && publicKey.asymmetricKeyType === 'rsa' ? publicKey : undefined;
  } catch {
    return undefined;
  }
}

/** A message of SNS, and the certificate by which it is judged. */
export interface SnsMessage {
  /** The JSON of the body, as it came. */
  readonly message: unknown;
  /** PEM, fetched from {@link signingCertificateAddress}. */
  readonly certificate: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Whether SNS signed this message lately with the key of this certificate: RSA over SHA-1 (version 1) or SHA-256 (version 2). */
export function isSnsSigned({ message, certificate, now }: SnsMessage): boolean {
  const version = wordsAt(message, 'SignatureVersion') ?? '';
  const digest = Object.hasOwn(DIGESTS, version) ? DIGESTS[version] : undefined;
  const text = textToSign(message);
  const signature = wordsAt(message, 'Signature');
  const key = keyOf(certificate, now);
  if (digest === undefined || text === undefined || signature === undefined || key === undefined)
    return false;
  if (!isTimely(message, now)) return false;
  try {
    return verify(digest, Buffer.from(text), key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
