import type { IncomingMessage } from 'node:http';
import type { CallArguments, UploadedFile } from './wire-types.ts';

/** Reads a whole request body. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Arguments out of JSON, form or multipart bodies and the query string, as the Bot API takes them. */
export function readArguments(contentType: string, body: Buffer, query: URLSearchParams): CallArguments {
  const fromQuery = Object.fromEntries(query);
  if (contentType.startsWith('multipart/form-data')) {
    const boundary = /boundary=(?:"([^"]+)"|([^;]+))/.exec(contentType);
    const parts = readMultipart(body, boundary?.[1] ?? boundary?.[2] ?? '');
    return { values: { ...fromQuery, ...parts.values }, files: parts.files };
  }
  const text = body.toString('utf8');
  if (contentType.startsWith('application/json') && text !== '')
    return { values: { ...fromQuery, ...readObject(text) }, files: new Map() };
  return { values: { ...fromQuery, ...Object.fromEntries(new URLSearchParams(text)) }, files: new Map() };
}

function readObject(json: string): Record<string, unknown> {
  const value: unknown = JSON.parse(json);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function readMultipart(body: Buffer, boundary: string) {
  const values: Record<string, unknown> = {};
  const files = new Map<string, UploadedFile>();
  for (const part of splitParts(body, boundary)) {
    const headEnd = part.indexOf('\r\n\r\n');
    const head = part.subarray(0, headEnd).toString('utf8');
    const content = part.subarray(headEnd + 4);
    const name = /[;\s]name="([^"]*)"/i.exec(head)?.[1] ?? '';
    const file = /filename="?([^"\r\n;]+)"?/i.exec(head)?.[1];
    if (file === undefined) values[name] = content.toString('utf8');
    else files.set(name, { name: file, content: Buffer.from(content) });
  }
  return { values, files };
}

function splitParts(body: Buffer, boundary: string): Buffer[] {
  const mark = Buffer.from(`--${boundary}`);
  const parts: Buffer[] = [];
  let from = body.indexOf(mark);
  while (from !== -1) {
    const start = from + mark.length + 2;
    const next = body.indexOf(mark, start);
    if (next === -1) break;
    parts.push(body.subarray(start, next - 2));
    from = next;
  }
  return parts;
}

/** A number argument; numbers also travel as strings. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : undefined;
}

/** A text argument; absent is empty, as on the real server. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : String(value);
}

/** A flag argument; `true` also travels as a string. */
export function flagOf(value: unknown): boolean {
  return value === true || value === 'true' || value === 'True' || value === '1';
}

/** An object argument, also when it travels as a JSON string; undefined when there is none or it is no JSON. */
export function objectOf(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** One field of an unknown object. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
