import type { AttachedFile } from '../../domain/message.ts';

/** Well below the 50 MB a bot may send (https://core.telegram.org/bots/api#senddocument). */
const MAX_BYTES = 20 * 1024 * 1024;

/** A file as Telegram takes it: never empty, and a name that needs no quoting in the multipart header. */
export function attachmentOf(file: AttachedFile): { readonly name: string; readonly content: Buffer } {
  const name = file.name.replace(/[^A-Za-z0-9._-]+/g, '_').slice(-80) || 'output.txt';
  const whole = Buffer.from(file.text === '' ? '(empty)\n' : file.text.toWellFormed());
  if (whole.length <= MAX_BYTES) return { name, content: whole };
  const note = Buffer.from(`(the first ${whole.length - MAX_BYTES} bytes were cut off)\n`);
  return { name, content: Buffer.concat([note, whole.subarray(whole.length - MAX_BYTES)]) };
}
