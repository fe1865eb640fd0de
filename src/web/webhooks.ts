import type { Webhook, WebhookReply, WebhookRequest } from '../chat/chat.ts';
import type { Mount } from './servers.ts';

/** A request that was turned away, for whoever records it; called for each, however many an outsider sends. */
export interface Refused {
  readonly path: string;
  readonly status: number;
  readonly why: string;
  readonly body: Buffer;
}

/** Puts a platform's webhook under its path, with the body as the raw bytes that were signed. */
export const mountWebhook =
  (webhook: Webhook, onRefused: (refused: Refused) => void): Mount =>
  async (server) => {
    const answerTo = async (request: WebhookRequest): Promise<WebhookReply> => {
      const answer = await webhook.take(request);
      const { status, refused: why } = answer;
      if (why !== undefined) onRefused({ path: webhook.path, status, why, body: request.body });
      return answer;
    };
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
        const answer = await answerTo({ method: request.method, headers, body });
        return reply
          .code(answer.status)
          .headers(answer.headers ?? {})
          .send(answer.body ?? '');
      });
    });
  };
