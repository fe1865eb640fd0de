import { createHmac } from 'node:crypto';

/** What a sender is given to sign. */
export interface ToSign {
  readonly secret: string;
  readonly body: Buffer;
  /** Epoch milliseconds. */
  readonly now: number;
}

type Signer = (signing: ToSign) => Readonly<Record<string, string>>;

const hex = ({ secret, body }: ToSign): string => createHmac('sha256', secret).update(body).digest('hex');

const standard: Signer = ({ secret, body, now }) => {
  const [id, time] = ['msg_p5jXN8AQM9LWM0D4loKWxJek', String(Math.floor(now / 1000))];
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${time}.`).update(body).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': `v1,${signature}` };
};

/** How the senders sign that do, each after its documentation and not after our code. */
export const SIGNERS: Readonly<Record<string, Signer>> = {
  github: (signing) => ({ 'x-hub-signature-256': `sha256=${hex(signing)}` }),
  grafana: (signing) => ({ 'x-grafana-alerting-signature': hex(signing) }),
  pagerduty: (signing) => ({ 'x-pagerduty-signature': `v1=${hex(signing)}` }),
  render: standard,
  sentry: (signing) => ({ 'sentry-hook-signature': hex(signing) }),
};

/** The header that has the signature. */
export const signatureHeader = (headers: Readonly<Record<string, string>>): string =>
  Object.keys(headers).find((name) => name.includes('signature')) ?? 'none';
