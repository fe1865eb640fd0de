import { request } from 'undici';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';

/** Milliseconds until a call counts as unanswered. */
const WITHIN_MS = 10_000;

/** Tells the watcher outside that Botswain is well; a redirect is an answer from somebody else. */
export async function ping(url: string): Promise<Outcome<void>> {
  try {
    const answer = await request(url, { method: 'GET', signal: AbortSignal.timeout(WITHIN_MS) });
    await answer.body.dump();
    if (answer.statusCode < 300) return succeeded(undefined);
    return failed('TARGET_UNEXPECTED_ANSWER', `the watcher of dead_man answers ${answer.statusCode}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return failed('TARGET_UNREACHABLE', `the watcher of dead_man does not answer: ${why}`);
  }
}
