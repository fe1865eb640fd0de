import type { Environment } from '../domain/configuration.ts';
import { type Diagnosis, doubtful, good } from '../domain/diagnosis.ts';
import { networkTrouble } from '../domain/network-error.ts';

/** Milliseconds its answer may take. */
const LOOK_MS = 5_000;

/** Platforms that call us instead of being asked. */
export function callers({ slack, telegram }: Environment): readonly string[] {
  return [
    ...(slack?.way.kind === 'http' ? ['Slack'] : []),
    ...(telegram?.webhookSecret === undefined ? [] : ['Telegram']),
  ];
}

/** Asks our own public address whether somebody is there; a look from here is no proof for one from outside. */
export async function diagnosePublicUrl(environment: Environment): Promise<readonly Diagnosis[]> {
  const { publicUrl, host, port } = environment;
  const who = callers(environment).join(' and ');
  if (publicUrl === undefined)
    return [
      doubtful(
        `PUBLIC_URL is not set, and ${who} must call it`,
        'Set PUBLIC_URL to the https address that leads to PORT.',
      ),
    ];
  const trouble = await troubleAt(`${publicUrl}/healthz`);
  if (trouble === undefined) return [good(`${publicUrl} leads to a Botswain that runs, as seen from here`)];
  return [
    doubtful(
      `${publicUrl}/healthz: ${trouble}, so that ${who} could not call it either`,
      `Start the bot, and see that what listens there passes everything on to ${host}:${port}.`,
    ),
  ];
}

async function troubleAt(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(LOOK_MS) });
    await answer.body?.cancel();
    return answer.ok ? undefined : `it answers with ${answer.status}`;
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError'
      ? 'no answer'
      : networkTrouble(error).words;
  }
}
