import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Message } from '../domain/message.ts';
import type { Trail } from '../web/local/ports.ts';
import { type CliCommand, type CliIo, EXIT, refuseUsage } from './cli-command.ts';
import { readSession, type TerminalSession } from './terminal/session-file.ts';
import { type Said, type SocketClient, socketClient, wordsOf } from './terminal/socket-client.ts';
import { terminalText } from './terminal/terminal-render.ts';
import { dataFolderOf } from './terminal/variables.ts';

/** The messages were made by the very process that this one belongs to; only their frame is looked at. */
const Followed = z.object({
  messages: z.array(z.object({ key: z.string(), message: z.custom<Message>() })),
  isDone: z.boolean(),
  isGood: z.boolean(),
  mark: z.string(),
});

interface Talk {
  readonly client: SocketClient;
  readonly session: TerminalSession;
  readonly io: CliIo;
}

const say = (io: CliIo, said: Said): number => {
  io.stderr.write(wordsOf(said));
  return said.status >= 500 ? EXIT.no : EXIT.usage;
};

/** A redrawn message prints its heading and what is new in it: nobody reads the same card ten times. */
function printNew(io: CliIo, trail: Trail, printed: Map<string, ReadonlySet<string>>): void {
  for (const { key, message } of trail.messages) {
    const [heading = '', ...rest] = terminalText(message).trimEnd().split('\n');
    const before = printed.get(key);
    const fresh = rest.filter((line) => before?.has(line) !== true);
    printed.set(key, new Set([heading, ...rest]));
    if (before?.has(heading) === true && fresh.length === 0) continue;
    io.stdout.write(`${[heading, ...fresh].join('\n')}\n\n`);
  }
}

/** States in which nothing happens until somebody else does something, or a time comes. */
const WAITING = ['awaiting approval', 'requested', 'approved'];

/** Said once: without it a terminal that waits looks like one that hangs. */
function sayWaiting(io: CliIo, { messages, isDone }: Trail, printed: Map<string, ReadonlySet<string>>): void {
  const waits = !isDone && messages.some(({ message }) => WAITING.includes(message.state ?? ''));
  if (!waits || printed.has('waiting')) return;
  printed.set('waiting', new Set());
  io.stderr.write('Waiting; Ctrl-C leaves it as it stands, and it goes on without this terminal.\n\n');
}

type Look =
  | { readonly kind: 'ended'; readonly code: number }
  | { readonly kind: 'seen'; readonly mark: string };

async function look(
  { client, session, io }: Talk,
  asked: { readonly id: string; readonly seen: string; readonly printed: Map<string, ReadonlySet<string>> },
): Promise<Look> {
  const path = `/lines/${asked.id}?seen=${encodeURIComponent(asked.seen)}`;
  const said = await client.ask({ method: 'GET', path, session: session.session });
  if (said.kind !== 'succeeded') {
    io.stderr.write(
      `${said.message}\nWhat was asked for goes on without this terminal; see: botswain ops changes\n`,
    );
    return { kind: 'ended', code: EXIT.no };
  }
  const trail = Followed.safeParse(said.value.body).data;
  if (said.value.status !== 200 || trail === undefined) return { kind: 'ended', code: say(io, said.value) };
  printNew(io, trail, asked.printed);
  sayWaiting(io, trail, asked.printed);
  if (trail.isDone) return { kind: 'ended', code: trail.isGood ? EXIT.good : EXIT.no };
  return { kind: 'seen', mark: trail.mark };
}

async function follow(talk: Talk, id: string): Promise<number> {
  const printed = new Map<string, ReadonlySet<string>>();
  let seen = '';
  for (;;) {
    const looked = await look(talk, { id, seen, printed });
    if (looked.kind === 'ended') return looked.code;
    seen = looked.mark;
  }
}

async function type(talk: Talk, text: string): Promise<number> {
  const id = randomUUID();
  const { session } = talk.session;
  const taken = await talk.client.ask({ method: 'POST', path: '/lines', body: { id, text }, session });
  if (taken.kind !== 'succeeded') {
    talk.io.stderr.write(`${taken.message}\n`);
    return EXIT.usage;
  }
  return taken.value.status === 202 ? follow(talk, id) : say(talk.io, taken.value);
}

/** A shell took the quotes away; words that held spaces get theirs back. Undefined where that cannot be done. */
function lineOf(args: readonly string[]): string | undefined {
  const [only, ...more] = args;
  if (only === undefined || more.length === 0) return only;
  const words = args.map((word) => {
    if (!/[\s"']/.test(word)) return word;
    if (!word.includes('"')) return `"${word}"`;
    return word.includes("'") ? undefined : `'${word}'`;
  });
  return words.includes(undefined) ? undefined : words.join(' ');
}

/** `botswain ops "restart karmabot/app"`: types a line as the person who signed in here, and waits for what comes of it. */
export const ops: CliCommand = {
  name: 'ops',
  summary: 'type a line to the running bot from this terminal, under the same policy as in chat',
  usage: 'LINE',
  async run(args, io) {
    const line = lineOf(args);
    if (line === undefined)
      return refuseUsage(ops, 'ops takes a line in quotes, such as "restart karmabot/app"', io);
    const dataFolder = dataFolderOf(io);
    if (dataFolder === undefined) return EXIT.usage;
    const session = readSession(dataFolder);
    if (session === undefined) {
      io.stderr.write('This terminal is not signed in.\n  → Type botswain login.\n');
      return EXIT.usage;
    }
    const client = socketClient(dataFolder);
    try {
      io.stderr.write(`as ${session.name}\n`);
      return await type({ client, session, io }, line);
    } finally {
      await client.close();
    }
  },
};
