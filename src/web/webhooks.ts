import type { Webhook } from '../chat/chat.ts';
import type { Mount } from './servers.ts';

/** Puts a platform's webhook under its path, with the body as the raw bytes that were signed. */
export const mountWebhook =
  (webhook: Webhook): Mount =>
  async (server) => {
    await server.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
      scope.all(webhook.path, async (request, reply) => {
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [
            name,
            Array.isArray(value) ? value.join(', ') : value,
          ]),
        );
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const answer = await webhook.take({ method: request.method, headers, body });
        return reply
          .code(answer.status)
          .headers(answer.headers ?? {})
          .send(answer.body ?? '');
      });
    });
  };
