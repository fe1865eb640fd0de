import { type IncomingMessage, request } from 'node:http';

/** One request as a browser, or an attacker, would send it. */
export interface Asked {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
}

/** What came back, read to its end. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A browser without a screen: keeps cookies and sends the Origin of its page with every POST. */
export interface Client {
  ask(path: string, asked?: Asked): Promise<Answered>;
  /** Opens the stream; `until` resolves with all text so far once it matches. */
  stream(path: string, headers?: Readonly<Record<string, string>>): Promise<EventReader>;
  readonly cookies: Map<string, string>;
}

/** An open stream of server-sent events. */
export interface EventReader {
  until(pattern: RegExp): Promise<string>;
  readonly ended: Promise<void>;
  close(): void;
}

/** A client of the server at `url`. */
export function createClient(url: string): Client {
  const cookies = new Map<string, string>();

  const send = (path: string, { method = 'GET', headers = {}, form }: Asked): Promise<IncomingMessage> => {
    const body = form === undefined ? undefined : new URLSearchParams(form).toString();
    const jar = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const all = {
      ...(jar === '' ? {} : { cookie: jar }),
      ...(method === 'POST' ? { origin: url } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, url), { method, headers: all, agent: false }, resolve);
      sent.on('error', reject);
      sent.end(body);
    });
  };

  const keep = (answer: IncomingMessage): void => {
    for (const cookie of answer.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
  };

  return {
    cookies,
    async ask(path, asked = {}) {
      const answer = await send(path, asked);
      keep(answer);
      let body = '';
      for await (const chunk of answer.setEncoding('utf8')) body += chunk;
      return { status: answer.statusCode ?? 0, headers: answer.headers, body };
    },
    async stream(path, headers = {}) {
      return readEvents(await send(path, { headers }));
    },
  };
}

function readEvents(answer: IncomingMessage): EventReader {
  let text = '';
  const waiting = new Set<() => void>();
  const ended = new Promise<void>((resolve) => answer.on('close', resolve));
  // A cut connection is what some tests are about.
  answer.on('error', () => {});
  answer.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
    for (const look of waiting) look();
  });
  return {
    ended,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${pattern} not seen in: ${text}`)), 5000);
        const look = (): void => {
          if (!pattern.test(text)) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(text);
        };
        waiting.add(look);
        look();
      }),
    close: () => answer.destroy(),
  };
}

/** Follows a sign-in link and presses its button. */
export async function signIn(client: Client, link: string): Promise<Answered> {
  const { pathname, search, searchParams } = new URL(link);
  await client.ask(`${pathname}${search}`);
  return client.ask('/sign-in', { method: 'POST', form: { token: searchParams.get('token') ?? '' } });
}
