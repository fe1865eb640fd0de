import { lookup } from 'node:dns';
import { Agent, fetch, type RequestInit } from 'undici';
import { z } from 'zod';
import { guardedLookup } from '../domain/address.ts';
import { clipStream } from '../domain/clip.ts';
import { networkTrouble } from '../domain/network-error.ts';
import type { CheckKind, Look } from './check.ts';
import { complaintAbout, expectation } from './http/expectation.ts';

const settings = z
  .strictObject({
    url: z.url({ protocol: /^https?$/ }).describe('Address to ask; redirects are not followed'),
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

function requestOf(given: Settings, signal: AbortSignal): RequestInit {
  const headers = new Headers({ 'user-agent': 'botswain', ...given.headers });
  if (given.json !== undefined && !headers.has('content-type'))
    headers.set('content-type', 'application/json');
  const body = given.json === undefined ? given.body : JSON.stringify(given.json);
  return {
    method: given.method,
    headers: [...headers],
    redirect: 'manual',
    signal,
    dispatcher: guarded,
    ...(body === undefined ? {} : { body }),
  };
}

const line = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 200);

async function look(given: Settings, signal: AbortSignal): Promise<Look> {
  const begun = performance.now();
  const answer = await fetch(given.url, requestOf(given, signal));
  const { text } = answer.body === null ? { text: '' } : await clipStream(answer.body, ANSWER_CAP);
  const took = Math.round(performance.now() - begun);
  const location = answer.headers.get('location');
  const measured = `HTTP ${answer.status}${location === null ? '' : ` to ${location} (not followed)`} in ${took} ms`;
  const complaint = complaintAbout({ status: answer.status, body: text }, given.expect);
  if (complaint === undefined) return { verdict: 'pass', summary: line(measured) };
  return { verdict: 'fail', summary: line(`${measured}: ${complaint}`) };
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
  bind(given) {
    const bound = settings.parse(given);
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
