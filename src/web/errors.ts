import type { FastifyError, FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { ChatPorts } from '../chat/chat.ts';

/** Where the servers log; the same shape as the chats'. */
export type WebLog = ChatPorts['log'];

/** What a page asked cannot be read; it is answered with 400 and is no bug. */
export class UnreadableError extends Error {
  readonly statusCode = 400;
}

/** Reads what a request says of itself; throws {@link UnreadableError}. */
export function readRequest<T>(shape: z.ZodType<T>, said: unknown): T {
  const read = shape.safeParse(said);
  if (!read.success) throw new UnreadableError(read.error.message);
  return read.data;
}

const WORDS: Readonly<Record<number, { readonly message: string; readonly remedy: string }>> = {
  400: { message: 'The request could not be read.', remedy: 'Reload the page and try again.' },
  413: { message: 'That is too long.', remedy: 'Shorten it, or keep long text out of the line.' },
  415: { message: 'The request is in a form this server does not read.', remedy: 'Use the page itself.' },
};

const BUG = {
  message: 'Something went wrong inside Botswain.',
  remedy: 'Try again; if it stays, look in the log under the time of this answer.',
};

/** Answers everything unforeseen in words, and logs bugs with the path but never the query (it may hold a token). */
export function answerErrors(server: FastifyInstance, log: WebLog): void {
  server.setErrorHandler(async (error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      log('error', 'web request failed', {
        method: request.method,
        path: request.url.split('?')[0],
        error: error.stack ?? error.message,
      });
    }
    return reply.code(status).send(status >= 500 ? BUG : (WORDS[status] ?? WORDS[400]));
  });
  server.setNotFoundHandler(async (_request, reply) =>
    reply.code(404).send({ message: 'There is nothing at this address.', remedy: 'Open / for the start.' }),
  );
}
