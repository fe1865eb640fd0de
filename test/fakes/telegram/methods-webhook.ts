import { flagOf, numberOf, objectOf, textOf } from './request-body.ts';
import type { Method } from './server-state.ts';
import { accept, refuse } from './wire-types.ts';

const PORTS = new Set(['', '80', '88', '443', '8443']);

/** setWebhook: https and four ports, unless this is a Bot API server of one's own (`--local`). */
export const setWebhook: Method = (state, args) => {
  const url = textOf(args.values.url);
  const secret = textOf(args.values.secret_token);
  if (!/^[\w-]{0,256}$/.test(secret))
    return refuse(400, 'Bad Request: secret token contains unallowed characters');
  if (url !== '' && !URL.canParse(url)) return refuse(400, 'Bad Request: bad webhook: Wrong HTTP URL');
  const bad = url === '' || state.local.webhooks ? undefined : unfit(new URL(url));
  if (bad !== undefined) return refuse(400, `Bad Request: bad webhook: ${bad}`);
  if (flagOf(args.values.drop_pending_updates)) state.updates.forget();
  const allowed = objectOf(args.values.allowed_updates);
  if (Array.isArray(allowed)) state.updates.allow(allowed.map(String));
  const maxConnections = Math.min(100, Math.max(1, numberOf(args.values.max_connections) ?? 40));
  state.webhook.set(url === '' ? undefined : { url, secret, maxConnections });
  return accept(true);
};

function unfit(url: URL): string | undefined {
  if (url.protocol !== 'https:') return 'An HTTPS URL must be provided for webhook';
  return PORTS.has(url.port) ? undefined : 'Webhook can be set up only on ports 80, 88, 443 or 8443';
}

/** deleteWebhook. */
export const deleteWebhook: Method = (state, args) => {
  if (flagOf(args.values.drop_pending_updates)) state.updates.forget();
  state.webhook.set(undefined);
  return accept(true);
};

/** getWebhookInfo. */
export const getWebhookInfo: Method = (state) => {
  const { current, lastError } = state.webhook;
  return accept({
    url: state.updates.webhookUrl,
    has_custom_certificate: false,
    pending_update_count: state.updates.pending.length,
    ...(current ? { max_connections: current.maxConnections, allowed_updates: state.updates.wanted } : {}),
    ...(lastError ? { last_error_date: lastError.date, last_error_message: lastError.message } : {}),
  });
};
