import type { FastifyReply, FastifyRequest } from 'fastify';
import { wordsPage } from './sign-in-render.ts';

/** A refusal in words: what was wrong, and what to do. */
export interface Words {
  readonly message: string;
  readonly remedy: string;
}

/** Cookies of one host are shared by all its ports, so each name carries the port. */
export const cookieName = (kind: 'session' | 'browser', request: FastifyRequest): string =>
  `botswain_${kind}_${/:(\d+)$/.exec(request.headers.host ?? '')?.[1] ?? '80'}`;

/** The token of the session's cookie, which may be empty or wrong. */
export const sessionToken = (request: FastifyRequest): string =>
  request.cookies[cookieName('session', request)] ?? '';

/** Whether the page's script asks, rather than a form of a browser without it. */
export const byScript = (request: FastifyRequest): boolean =>
  request.headers.accept?.includes('application/json') ?? false;

/** Says no: as JSON to the script, as a page to a plain form. */
export function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  no: Words & { readonly status: number },
) {
  const { status, message, remedy } = no;
  reply.code(status);
  if (byScript(request)) return reply.send({ message, remedy });
  return sendPage(reply, wordsPage(message, [remedy]));
}

/** Sends a whole page that no cache keeps. */
export const sendPage = (reply: FastifyReply, page: string) =>
  reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(page);
