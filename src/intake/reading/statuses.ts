import type { AlertStatus } from '../../domain/alert.ts';

const RESOLVED =
  'ok up resolved resolve close closed recovered recovery normal clear cleared success succeeded successful passed healthy inactive operational fixed green online';
const ACKNOWLEDGED = 'acknowledged acknowledge acked ack';

const STATUS_OF = new Map<string, AlertStatus>([
  ...RESOLVED.split(' ').map((word): [string, AlertStatus] => [word, 'resolved']),
  ...ACKNOWLEDGED.split(' ').map((word): [string, AlertStatus] => [word, 'acknowledged']),
]);

/** What a sender's word for a state commonly means; whatever is neither over nor acknowledged is firing. */
export const statusOf = (said: string | undefined): AlertStatus =>
  STATUS_OF.get(said?.trim().toLowerCase().slice(0, 64) ?? '') ?? 'firing';
