import type { Json } from '../domain/json.ts';
import { readUntrustedJson, type UntrustedJson } from '../domain/untrusted-json.ts';
import type { AlertRequest } from './source.ts';

/** A request before its body is read. */
export type RawRequest = Omit<AlertRequest, 'json'>;

/** What a body says; `json` is undefined where it is text in words, or nothing. */
export type ReadBody =
  | { readonly kind: 'read'; readonly json: Json | undefined }
  | { readonly kind: 'unreadable'; readonly why: string };

const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data';
/** Fields of a form in which senders put JSON: Uptime Kuma, those that speak to Slack. */
const JSON_FIELDS = ['data', 'payload'];

/** Taking forms apart is slow (about 0.5 s for this much of the worst), and what senders write is a thousand times shorter. */
const LONGEST_FORM = 1024 * 1024;

const TOO_LONG: UntrustedJson = { kind: 'unreadable', why: 'a form may have 1 MB' };

const looksLikeJson = (text: string): boolean => /^\uFEFF?\s*[[{]/.test(text);

/** Text in words is nothing for a source to read, but it is kept. */
const NO_JSON = { kind: 'none' } as const;

type Parsed = UntrustedJson | typeof NO_JSON;

function ofFields(fields: ReadonlyMap<string, string>): UntrustedJson {
  const written = JSON_FIELDS.map((name) => fields.get(name)).find((text) => text !== undefined);
  if (written !== undefined && looksLikeJson(written)) return readUntrustedJson(written);
  return readUntrustedJson(JSON.stringify(Object.fromEntries(fields)));
}

/** The parser of multipart forms that Node itself has; files are passed over. */
async function ofMultipart(type: string, body: Buffer): Promise<UntrustedJson> {
  try {
    const form = await new Response(Uint8Array.from(body), { headers: { 'content-type': type } }).formData();
    const fields = new Map<string, string>();
    for (const [name, value] of form) if (typeof value === 'string') fields.set(name, value);
    return ofFields(fields);
  } catch {
    return { kind: 'unreadable', why: 'it is not the form that its Content-Type says' };
  }
}

const isWords = (kind: string): boolean => kind.startsWith('text/') || kind.includes('xml');

/** Many senders call JSON something else, and `curl -d` calls everything a form. */
function ofText(kind: string, text: string): Parsed {
  if (text.trim() === '') return NO_JSON;
  if (looksLikeJson(text)) return readUntrustedJson(text);
  if (kind === FORM)
    return text.length > LONGEST_FORM ? TOO_LONG : ofFields(new Map(new URLSearchParams(text)));
  return isWords(kind) ? NO_JSON : readUntrustedJson(text);
}

async function parsed({ headers, body }: RawRequest): Promise<Parsed> {
  const type = headers['content-type'] ?? '';
  const [kind = ''] = type.toLowerCase().split(';', 1);
  if (kind.trim() === MULTIPART) return body.length > LONGEST_FORM ? TOO_LONG : ofMultipart(type, body);
  return ofText(kind.trim(), body.toString('utf8'));
}

/** Reads the body of a sender's request; whatever is no JSON, form or text is unreadable. */
export async function readBody(raw: RawRequest): Promise<ReadBody> {
  const read = await parsed(raw);
  if (read.kind === 'unreadable') return { kind: 'unreadable', why: `the body cannot be read: ${read.why}` };
  return { kind: 'read', json: read.kind === 'none' ? undefined : read.value };
}

/** What a sender delivered as its source gets it; a body that cannot be read any more is none. */
export async function alertRequestOf(delivery: RawRequest): Promise<AlertRequest> {
  const { method, headers, query, body } = delivery;
  const read = await readBody(delivery);
  return { method, headers, query, body, json: read.kind === 'read' ? read.json : undefined };
}
