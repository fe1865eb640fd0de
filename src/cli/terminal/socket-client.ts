import { Agent, request } from 'undici';
import { z } from 'zod';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import { socketPath } from '../../web/local/socket-path.ts';

/** One question to the running Botswain. */
export interface Ask {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  /** Whose session speaks. */
  readonly session?: string | undefined;
}

/** What it said. */
export interface Said {
  readonly status: number;
  readonly body: unknown;
}

/** The running Botswain of a data folder, over its local socket. */
export interface SocketClient {
  /** Failed with `STORE_UNAVAILABLE` when nobody listens, else with `TARGET_UNEXPECTED_ANSWER`. */
  ask(question: Ask): Promise<Outcome<Said>>;
  close(): Promise<void>;
}

const ANSWER_WITHIN_MS = 60_000;
const Words = z.object({ message: z.string(), remedy: z.string().optional() });

/** What says that nobody listens. */
const ABSENT = ['ENOENT', 'ECONNREFUSED'];

const WHY_NOT: Readonly<Record<string, string>> = {
  ENOENT: 'no Botswain runs with this data folder',
  ECONNREFUSED: 'no Botswain runs with this data folder',
  EACCES: 'this user may not speak to it: only the user that runs Botswain may',
};

function optionsOf({ method, body, session }: Ask) {
  const authorization = session === undefined ? {} : { authorization: `Bearer ${session}` };
  return {
    method,
    headers: { 'content-type': 'application/json', ...authorization },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

function notReached(error: unknown, path: string): Outcome<never> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  const why = WHY_NOT[code] ?? `it does not answer (${message})`;
  return failed(
    ABSENT.includes(code) ? 'STORE_UNAVAILABLE' : 'TARGET_UNEXPECTED_ANSWER',
    `${why} (${path})`,
    'Start it with npm start, or name its data folder in BOTSWAIN_DATA.',
  );
}

/** Connects when first asked. */
export function socketClient(dataFolder: string): SocketClient {
  const path = socketPath(dataFolder);
  const limits = { headersTimeout: ANSWER_WITHIN_MS, bodyTimeout: ANSWER_WITHIN_MS };
  const agent = new Agent({ connect: { socketPath: path }, ...limits });
  return {
    async ask(question) {
      try {
        const answer = await request(`http://botswain${question.path}`, {
          dispatcher: agent,
          ...optionsOf(question),
        });
        const text = await answer.body.text();
        return succeeded({ status: answer.statusCode, body: text === '' ? {} : JSON.parse(text) });
      } catch (error) {
        return notReached(error, path);
      }
    },
    close: () => agent.close(),
  };
}

/** The words of a refusal, for people. */
export function wordsOf({ body }: Said): string {
  const words = Words.safeParse(body);
  if (!words.success) return 'Botswain answered in a form this command line does not know.\n';
  return `${words.data.message}\n${words.data.remedy === undefined ? '' : `  → ${words.data.remedy}\n`}`;
}
