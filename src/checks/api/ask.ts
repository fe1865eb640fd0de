import { lookup } from 'node:dns';
import { Agent, fetch } from 'undici';
import { z } from 'zod';
import { guardedLookup } from '../../domain/address.ts';
import type { SecretReference } from '../../domain/fleet.ts';
import { networkTrouble } from '../../domain/network-error.ts';
import { createRedactor, type Redact } from '../../domain/redaction.ts';
import type { CheckPorts, Look } from '../check.ts';
import { oneLine } from '../status/one-line.ts';

/** Where a token is found; never the token. */
export const tokenReference = z.union([
  z.strictObject({ env: z.string().min(1).describe('Name of an environment variable that holds it') }),
  z.strictObject({ file: z.string().min(1).describe('Path of a file that holds it') }),
]);

const isBare = (text: string): boolean => {
  const { username, password, search, hash } = new URL(text);
  return `${username}${password}${search}${hash}` === '';
};

/** A root of an API: no account, no query; the token comes from elsewhere. */
export const apiRoot = z
  .url({ protocol: /^https?$/ })
  .refine(
    (text) => !URL.canParse(text) || isBare(text),
    'an account or a query stands in the address\nwrite scheme, host and path only',
  );

/** A token that was had, and what takes it out of every text. */
export interface Token {
  readonly kind: 'token';
  readonly value: string;
  readonly redact: Redact;
}

/** Reads a token and sees that it looks like one; else a look says why not, and never what it found. */
export function tokenFrom(
  ports: Pick<CheckPorts, 'secret'>,
  reference: SecretReference,
  form: { readonly pattern: RegExp; readonly words: string },
): Token | { readonly kind: 'none'; readonly look: Look } {
  const secret = ports.secret(reference);
  if (secret.kind !== 'succeeded')
    return { kind: 'none', look: { verdict: 'unknown', summary: oneLine(secret.message) } };
  const value = secret.value.trim();
  const place = 'env' in reference ? `the variable ${reference.env}` : `the file ${reference.file}`;
  if (!form.pattern.test(value))
    return {
      kind: 'none',
      look: { verdict: 'fail', summary: oneLine(`${place} holds no token: it should be ${form.words}`) },
    };
  return { kind: 'token', value, redact: createRedactor([value]) };
}

/** One question to a bot API. */
export interface Question {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** As it is sent; its type stands among the headers. */
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** What came back. */
export type Answer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Lower-case names. */
      readonly headers: Readonly<Record<string, string>>;
      /** The body's JSON; undefined where it is none. */
      readonly json: unknown;
      /** The body as it came. */
      readonly text: string;
    }
  | { readonly kind: 'silent'; readonly words: string };

/** Bytes of an answer that are read; bots' APIs answer with a few hundred. */
const ANSWER_CAP_BYTES = 256 * 1_024;

/** Connections go where a name led when it was looked at, and never to where none may lead. */
const guarded = new Agent({ connect: { lookup: guardedLookup(lookup) } });

/** The text of a body; undefined where it is longer than the cap, and then the rest is never fetched. */
async function textOf(body: AsyncIterable<Uint8Array> | null): Promise<string | undefined> {
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > ANSWER_CAP_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Asks an API once; redirects are not followed, because the token would go with them. The words of a failure name the
 * host alone: errors of the network hold the whole address, and so the token.
 */
export async function askApi({ url, method, headers = {}, body, signal }: Question): Promise<Answer> {
  const { host } = new URL(url);
  try {
    const answer = await fetch(url, {
      method,
      headers: { 'user-agent': 'botswain', ...headers },
      redirect: 'manual',
      signal,
      dispatcher: guarded,
      ...(body === undefined ? {} : { body }),
    });
    const text = await textOf(answer.body);
    if (text === undefined) return { kind: 'silent', words: `${host}: the answer is far too long` };
    return {
      kind: 'answered',
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      json: parse(text),
      text,
    };
  } catch (error) {
    const words = signal.aborted ? 'no answer in time' : networkTrouble(error).words;
    return { kind: 'silent', words: `${host}: ${words}` };
  }
}
