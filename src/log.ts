import { pino } from 'pino';
import type { JsonObject } from './domain/json.ts';
import type { Redact } from './domain/redaction.ts';

/** Levels that parts of Botswain use. */
export type Level = 'debug' | 'info' | 'warn' | 'error';

/** Writes one line of structured log; secrets are taken out first. */
export type Log = (level: Level, message: string, fields?: Readonly<Record<string, unknown>>) => void;

const plain = (fields: Readonly<Record<string, unknown>>): JsonObject =>
  Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      value instanceof Error
        ? (value.stack ?? value.message)
        : typeof value === 'string'
          ? value
          : (JSON.stringify(value) ?? ''),
    ]),
  );

/** A log on stderr as JSON lines, redacted. */
export function createLog(level: string, redact: Redact): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
  return (at, message, fields = {}) => {
    const safe = Object.fromEntries(
      Object.entries(plain(fields)).map(([key, value]) => [key, redact(String(value))]),
    );
    logger[at](safe, redact(message));
  };
}
