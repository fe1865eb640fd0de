import { gzipSync } from 'node:zlib';

const DEEP = 10_000;
const nested = (open: string, inner: string, close: string): string =>
  `${open.repeat(DEEP)}${inner}${close.repeat(DEEP)}`;
/** A text as it is sent. */
export const bytes = (text: string): Buffer => Buffer.from(text);

/** Bodies that no platform sends. */
export const POISON: Readonly<Record<string, Buffer>> = {
  nothing: bytes(''),
  'no JSON': bytes('{"a":'),
  null: bytes('null'),
  'a number': bytes('1e999'),
  'arrays 10,000 deep': bytes(nested('[', '', ']')),
  'objects 10,000 deep': bytes(nested('{"a":', '1', '}')),
  'an event 10,000 deep': bytes(`{"type":"event_callback","event":${nested('{"a":', '1', '}')}}`),
  'an update 10,000 deep': bytes(`{"update_id":"x","message":${nested('[', '', ']')}}`),
  'half a tree 10,000 deep': bytes('['.repeat(DEEP)),
  'bytes that are no UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
  NULs: Buffer.alloc(4096),
  'a NUL in a string': bytes('{"update_id":"\\u0000","type":"\\u0000"}'),
  'lone surrogates': bytes('{"update_id":"\\ud800","type":"\\udfff","\\ud83d":1}'),
  'marks that turn text around': bytes('{"update_id":"\u202e\u2066","type":"\u200f\u202d"}'),
  ['__proto__']: bytes(
    '{"__proto__":{"update_id":1,"type":"event_callback"},"constructor":{"prototype":{}}}',
  ),
  'a form of __proto__': bytes('__proto__=1&constructor=2&payload=%7B%22__proto__%22%3A1%7D'),
  '4.9 MB of one string': bytes(`{"a":"${'x'.repeat(4_900_000)}"}`),
  '4.9 MB of keys': bytes(`{${Array.from({ length: 350_000 }, (_, at) => `"k${at}":1`).join(',')}}`),
  'a gzip bomb': gzipSync(Buffer.alloc(50 * 1024 * 1024, 0x20)),
};
