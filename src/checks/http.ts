import { lookup } from 'node:dns';
import { Agent, fetch, type RequestInit } from 'undici';
import { z } from 'zod';
import { guardedLookup } from '../domain/address.ts';
import { clipStream } from '../domain/clip.ts';
import { networkTrouble } from '../domain/network-error.ts';
import type { CheckKind, CheckPorts, Look } from './check.ts';
import { complaintAbout, expectation } from './http/expectation.ts';
import { untilSignal } from './status/status-look.ts';

const settings = z
  .strictObject({
    url: z
      .union([z.url({ protocol: /^https?$/ }), z.string().regex(/^\/[^\s\\]*$/)], {
        error: 'not an address\nwrite https://…, or /… with an http target',
      })
      .describe(
        'Address to ask, or /… below that of its http target, which may be reached through a host; redirects are not followed',
      ),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET').describe('HTTP method'),
    headers: z.record(z.string(), z.string()).exactOptional().describe('Headers to send; no secrets'),
    json: z.json().exactOptional().describe('Body to send, as JSON'),
    body: z.string().exactOptional().describe('Body to send, as it is'),
    expect: expectation.prefault({}).describe('What the answer must be like'),
  })
  .refine(
    (given) => given.json === undefined || given.body === undefined,
    'json and body are two bodies\ngive one of them',
  );

type Settings = z.infer<typeof settings>;

/** Bytes of an answer that are looked at. */
const ANSWER_CAP = 1024 * 1024;

/** Connections go where a name led when it was looked at, and never to where none may lead. */
const guarded = new Agent({ connect: { lookup: guardedLookup(lookup) } });

function headersOf(given: Settings): Headers {
  const headers = new Headers({ 'user-agent': 'botswain', ...given.headers });
  if (given.json !== undefined && !headers.has('content-type'))
    headers.set('content-type', 'application/json');
  return headers;
}

/** Empty where nothing is sent. */
function bodyOf({ json, body }: Settings): { readonly body?: string } {
  const text = json === undefined ? body : JSON.stringify(json);
  return text === undefined ? {} : { body: text };
}

const requestOf = (given: Settings, signal: AbortSignal): RequestInit => ({
  method: given.method,
  headers: [...headersOf(given)],
  redirect: 'manual',
  signal,
  dispatcher: guarded,
  ...bodyOf(given),
});

const line = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 200);

interface Answered {
  readonly status: number;
  readonly body: string;
  readonly tookMs: number;
  /** Where a redirect leads. */
  readonly location?: string;
}

function judge(given: Settings, { status, body, tookMs, location }: Answered): Look {
  const redirect = location === undefined ? '' : ` to ${location} (not followed)`;
  const measured = `HTTP ${status}${redirect} in ${tookMs} ms`;
  const complaint = complaintAbout({ status, body }, given.expect);
  if (complaint === undefined) return { verdict: 'pass', summary: line(measured) };
  return { verdict: 'fail', summary: line(`${measured}: ${complaint}`) };
}

async function look(given: Settings, signal: AbortSignal): Promise<Look> {
  const begun = performance.now();
  const answer = await fetch(given.url, requestOf(given, signal));
  const { text } = answer.body === null ? { text: '' } : await clipStream(answer.body, ANSWER_CAP);
  const tookMs = Math.round(performance.now() - begun);
  const location = answer.headers.get('location');
  const redirect = location === null ? {} : { location };
  return judge(given, { status: answer.status, body: text, tookMs, ...redirect });
}

/** Asks below the address of its target, by the way that leads there. */
async function lookThrough(given: Settings, { read }: CheckPorts): Promise<Look> {
  if (read === undefined) return { verdict: 'unknown', summary: 'the check has no http target' };
  const { method, url } = given;
  const headers = Object.fromEntries(headersOf(given));
  const answer = await read(
    { kind: 'http', method, url, headers, ...bodyOf(given) },
    { outputCapBytes: ANSWER_CAP },
  );
  if (answer.kind !== 'succeeded')
    return {
      verdict: answer.code === 'TARGET_NO_EXECUTOR' ? 'unknown' : 'fail',
      summary: line(answer.message),
    };
  const { code, stdout, durationMs } = answer.value;
  return judge(given, { status: code, body: stdout, tookMs: durationMs });
}

function trouble(given: Settings, error: unknown, signal: AbortSignal): Look {
  const { host } = new URL(given.url);
  const summary = signal.aborted
    ? `no answer from ${host} in time`
    : `${host}: ${networkTrouble(error).words}`;
  return { verdict: 'fail', summary: line(summary) };
}

/** Asks an HTTP address and looks at status, JSON and text of the answer. */
export const httpCheckKind: CheckKind = {
  kind: 'http',
  summary: 'Asks an address and looks at the status, the JSON or the text of the answer',
  verifiesChanges: true,
  settings,
  bind(given, ports) {
    const bound = settings.parse(given);
    if (bound.url.startsWith('/'))
      return { look: (signal) => untilSignal(lookThrough(bound, ports), signal) };
    return {
      async look(signal) {
        try {
          return await look(bound, signal);
        } catch (error) {
          return trouble(bound, error, signal);
        }
      },
    };
  },
};
