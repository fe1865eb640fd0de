import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isJson, type Json } from './types.ts';

/** A request with its body read, whatever its encoding; a multipart body's file is in `upload`. */
export type WireRequest = {
  readonly path: string;
  readonly token: string;
  readonly args: Json;
  readonly upload?: Buffer;
};

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
};

const jsonArgs = (body: Buffer): Json => {
  try {
    const value: unknown = JSON.parse(body.toString());
    return isJson(value) ? value : {};
  } catch {
    return {};
  }
};

/** The file of the multipart field `body`, which is how @slack/web-api sends uploads. */
const uploadIn = (body: Buffer, contentType: string): Buffer | undefined => {
  const boundary = /boundary=(?:"([^"]+)"|([^;]+))/.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  const start = body.indexOf('\r\n\r\n');
  if (mark === undefined || start < 0 || !body.subarray(0, start).includes('name="body"')) return undefined;
  const end = body.indexOf(`\r\n--${mark}`, start);
  return end < 0 ? undefined : body.subarray(start + 4, end);
};

/** Reads one request of the Web API, an upload or a response_url. */
export const readRequest = async (request: IncomingMessage): Promise<WireRequest> => {
  const body = await bodyOf(request);
  const contentType = request.headers['content-type'] ?? '';
  const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
  const path = request.url ?? '/';
  if (contentType.startsWith('multipart/form-data')) {
    const upload = uploadIn(body, contentType);
    return { path, token, args: {}, ...(upload ? { upload } : {}) };
  }
  const args = contentType.startsWith('application/json')
    ? jsonArgs(body)
    : Object.fromEntries(new URLSearchParams(body.toString()));
  return { path, token: token || String(args.token ?? ''), args };
};

/** Listens on a free loopback port; `origin` is where. */
export const listen = async (
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<{ readonly server: Server; readonly origin: string }> => {
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500);
      response.end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${portOf(server.address())}` };
};

const portOf = (address: string | AddressInfo | null): number => {
  if (typeof address === 'object' && address !== null) return address.port;
  throw new Error('the fake Slack has no port');
};
