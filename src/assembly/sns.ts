import { z } from 'zod';
import type { Integration } from '../domain/incident-settings.ts';
import { readBody } from '../intake/read-request.ts';
import { isSnsSigned, signingCertificateAddress } from '../intake/sns-signature.ts';
import type { Source } from '../intake/source.ts';
import type { AlertDoor } from '../web/alert-door.ts';

/** The source whose messages Amazon signs with a certificate of its own. */
export const SNS_SOURCE = 'cloudwatch';

/** What judging and confirming messages of SNS needs. */
export interface SnsPorts {
  /** What is at an address; undefined where it cannot be had. The caller has checked the host. */
  readonly fetchText: (url: string) => Promise<string | undefined>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** SNS waits 15 s for an answer: https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html. */
const FETCH_MS = 5_000;
/** How long a certificate is kept, and an address that had none is not asked again. */
const KEPT_MS = { found: 24 * 60 * 60_000, missing: 60_000 };
const MOST_KEPT = 50;

/** Fetches over the network; follows no redirection. */
export async function fetchText(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_MS) });
    const text = await answer.text();
    return answer.ok ? text : undefined;
  } catch {
    return undefined;
  }
}

interface Kept {
  readonly text: string | undefined;
  readonly until: number;
}

/** Keeps what was fetched, so that a storm of messages asks once. */
function remembering({ fetchText: ask, now }: SnsPorts): SnsPorts['fetchText'] {
  const kept = new Map<string, Kept>();
  return async (url) => {
    const known = kept.get(url);
    if (known !== undefined && known.until > now()) return known.text;
    if (known === undefined && kept.size >= MOST_KEPT) kept.clear();
    const text = await ask(url);
    kept.set(url, { text, until: now() + (text === undefined ? KEPT_MS.missing : KEPT_MS.found) });
    return text;
  };
}

const Settings = z.object({ topics: z.array(z.string()).default([]) });
const Message = z.looseObject({ TopicArn: z.string() });

/**
 * What stands at the door of an integration whose messages come from SNS. Where no token is asked for, the signature and the
 * topic say who sends: SNS signs for everybody who has an account there, so without topics nobody is let in.
 */
export function snsDoor(
  { settings, tokens, logins }: Integration,
  source: Source,
  ports: SnsPorts,
): Pick<AlertDoor, 'isSigned' | 'confirm'> {
  const { topics } = Settings.parse(settings);
  const certificateAt = remembering(ports);
  const confirm: AlertDoor['confirm'] = async (request) => {
    const url = source.read(request, settings)?.confirm;
    return url === undefined || (await ports.fetchText(url)) !== undefined;
  };
  if (tokens.length + logins.length > 0) return { confirm };
  return {
    confirm,
    isSigned: async (request) => {
      const read = await readBody(request);
      const message = Message.safeParse(read.kind === 'read' ? read.json : undefined).data;
      if (message === undefined || !topics.includes(message.TopicArn)) return false;
      const address = signingCertificateAddress(message);
      const certificate = address === undefined ? undefined : await certificateAt(address);
      return certificate !== undefined && isSnsSigned({ message, certificate, now: ports.now() });
    },
  };
}
