import { z } from 'zod';
import type { Verdict } from '../../domain/verdict.ts';

/** A whole percentage above nothing; a target's variable gives it as text. */
export const percent = z.coerce.number().min(1).max(100);

/** A path on a target: absolute, so that no program takes it for an option. */
export const targetPath = z
  .string()
  .max(4_096)
  .regex(
    /^\/[^\p{Cc}]*$/u,
    'not an absolute path\nwrite it from the root, like /opt/karmabot/bot.log, without line breaks',
  );

/** Judges a number of which more is worse. */
export function above(value: number, bounds: { readonly warn: number; readonly fail: number }): Verdict {
  if (value >= bounds.fail) return 'fail';
  return value >= bounds.warn ? 'warn' : 'pass';
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Writes bytes for people: `412 B`, `3.8 GiB`. */
export function formatBytes(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1_024 ** step;
  return `${step === 0 ? value : Number(value.toFixed(1))} ${UNITS[step]}`;
}

const SIZE = /^(\d{1,15}(?:\.\d{1,3})?)\s?([KMGT]i?)?B?$/i;

const POWERS = ['', 'K', 'M', 'G', 'T'];

/** Reads `500`, `64 KiB`, `10MB` or `2G` as bytes; undefined where it is none. Only KB, MB … with a B and no i are powers of 1000. */
export function parseSize(text: string): number | undefined {
  const [, number, unit = ''] = SIZE.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  const isDecimal = /^[^i]+B$/i.test(text.trim().replace(/[\d.\s]/g, '')) && unit !== '';
  const power = POWERS.indexOf(unit.slice(0, 1).toUpperCase());
  return Math.round(Number(number) * (isDecimal ? 1_000 : 1_024) ** power);
}

/** A size as people write it, kept as text: settings are parsed more than once. */
export const sizeText = z
  .union([z.int().min(0).transform(String), z.string()])
  .refine(
    (text) => parseSize(text) !== undefined,
    'not a size\nwrite bytes, or a number with a unit, like 500, 64 KiB or 10 MB',
  );
