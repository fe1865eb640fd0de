import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ConsoleEntry } from '../../chat/console/feed.ts';
import type { Action } from '../../domain/message.ts';
import { readRequest } from '../errors.ts';
import { type SentLine, takeLine } from './lines.ts';
import { confirmationOf } from './message-render.ts';
import type { ConsolePorts, Viewer } from './ports.ts';
import { LineRate } from './rate.ts';
import { byScript, refuse, sendPage, type Words } from './request.ts';
import { confirmPage } from './sign-in-render.ts';
import { viewerOf } from './sign-in-routes.ts';

/** Bytes of one line; chats' own lines are shorter. */
export const LINE_BYTES = 4096;
const RATE = { burst: 20, perSecond: 1 };

const Typed = z.object({
  text: z.string(),
  thread: z.string().max(40).optional(),
  id: z.uuid().optional(),
  as: z.string().optional(),
});
const Pressed = z.object({
  message: z.string().max(40),
  line: z.string(),
  confirmed: z.literal('yes').optional(),
  words: z.string().optional(),
  id: z.uuid().optional(),
  as: z.string().optional(),
});

type No = Words & { readonly status: number };
type Read = { readonly kind: 'line'; readonly line: SentLine } | ({ readonly kind: 'no' } & No);
type Reader = (viewer: Viewer, request: FastifyRequest) => Promise<Read>;

/** Typing a line and pressing a button; both end in the same {@link takeLine}. */
export function mountWrites(server: FastifyInstance, ports: ConsolePorts): void {
  const rate = new LineRate(RATE, ports.now);
  const takes = (path: string, read: Reader) =>
    server.post(path, async (request, reply) => {
      const asked = await admit({ ports, rate, read }, request);
      switch (asked.kind) {
        case 'no':
          return refuse(request, reply, asked);
        case 'ask':
          return sendPage(reply, confirmPage(asked.question, formOf(request)));
        case 'line':
          return answer(request, reply, await takeLine(ports, asked.line));
      }
    });

  takes('/line', (viewer, request) => readTyped(ports, viewer, request));
  takes('/press', (viewer, request) => readPressed(ports, viewer, request));
}

interface Gate {
  readonly ports: ConsolePorts;
  readonly rate: LineRate;
  readonly read: Reader;
}

async function admit(
  { ports, rate, read }: Gate,
  request: FastifyRequest,
): Promise<Read | { readonly kind: 'ask'; readonly question: string }> {
  const viewer = await viewerOf(ports, request);
  if (viewer === undefined) return no(401, 'You are not signed in any more.', ports.howToSignIn);
  const asked = refuseOtherTab(viewer, request) ?? (await read(viewer, request));
  if (asked.kind === 'no') return asked;
  const question = unconfirmed(asked.line, request);
  if (question !== undefined) return { kind: 'ask', question };
  return rate.take(viewer.key) === 0 ? asked : TOO_FAST;
}

const no = (status: number, message: string, remedy: string): { readonly kind: 'no' } & No => ({
  kind: 'no',
  status,
  message,
  remedy,
});

const UNREADABLE = no(
  400,
  'The page sent something that could not be read.',
  'Reload the page and try again.',
);
const TOO_FAST = no(429, 'That was faster than one line a second.', 'Wait a moment, then send it again.');

/** A tab may have been opened as somebody else than the browser is signed in as by now. */
function refuseOtherTab(viewer: Viewer, request: FastifyRequest) {
  const as = z.object({ as: z.string() }).safeParse(request.body).data?.as;
  if (as === undefined || as === viewer.key) return undefined;
  return no(
    409,
    `This tab was opened by another person; the browser is signed in as ${viewer.name} now. Nothing was done.`,
    'Reload the page, and use a second browser or a private window to be two people at once.',
  );
}

async function readTyped(ports: ConsolePorts, viewer: Viewer, request: FastifyRequest): Promise<Read> {
  const { data } = Typed.safeParse(request.body);
  if (data === undefined) return UNREADABLE;
  const text = withoutAddress(data.text);
  const tooLong = refuseLength(text);
  if (tooLong !== undefined) return tooLong;
  if (text === '') return no(400, 'The line is empty.', 'Type a command, such as status; help lists them.');
  const root = data.thread ? await rootOf(ports, viewer, data.thread) : undefined;
  if (data.thread && root === undefined) {
    return no(404, 'The thread you typed in is gone.', 'Leave the thread, then send the line again.');
  }
  return { kind: 'line', line: { viewer, text, id: data.id, root } };
}

async function readPressed(ports: ConsolePorts, viewer: Viewer, request: FastifyRequest): Promise<Read> {
  const { data } = Pressed.safeParse(request.body);
  if (data === undefined) return UNREADABLE;
  const entry = await ports.feed.entry(data.message, viewer.key);
  const root = entry && (await rootOf(ports, viewer, entry.id));
  if (entry === undefined || root === undefined) {
    return no(404, 'The message of this button is gone.', 'Reload the page.');
  }
  const action = actionsOf(entry).find(({ line }) => line === data.line);
  const text = withWords(data.line, data.words);
  const tooLong = refuseLength(text);
  if (tooLong !== undefined) return tooLong;
  return { kind: 'line', line: { viewer, text, id: data.id, root, pressed: { entry, action } } };
}

/** What somebody said with a button becomes one quoted word of its line, whatever stands in it. */
const withWords = (line: string, words: string | undefined): string =>
  words === undefined || words.trim() === ''
    ? line
    : `${line} "${words.replace(/[\\"]/g, '\\$&').replace(/\s+/g, ' ').trim()}"`;

/** People type `/ops status` here too, out of habit. */
const withoutAddress = (text: string): string => text.trim().replace(/^[/@]ops(\s+|$)/, '');

function refuseLength(text: string) {
  const bytes = Buffer.byteLength(text);
  if (bytes <= LINE_BYTES) return undefined;
  return no(413, `The line is ${bytes} bytes long; ${LINE_BYTES} are the most.`, 'Shorten it.');
}

async function rootOf(ports: ConsolePorts, viewer: Viewer, id: string): Promise<ConsoleEntry | undefined> {
  const entry = await ports.feed.entry(id, viewer.key);
  return entry?.thread === undefined ? entry : ports.feed.entry(entry.thread, viewer.key);
}

const actionsOf = ({ content }: ConsoleEntry): readonly Action[] =>
  content.kind === 'message' ? content.message.actions : [];

/** The question a plain form has yet to be asked; the script asks it itself. */
function unconfirmed({ pressed }: SentLine, request: FastifyRequest): string | undefined {
  const { data } = Pressed.safeParse(request.body);
  if (pressed?.action === undefined || data?.confirmed === 'yes' || byScript(request)) return undefined;
  const { content } = pressed.entry;
  return confirmationOf(pressed.action, content.kind === 'message' ? content.message.title : '');
}

const Form = z.object({ message: z.string(), line: z.string(), as: z.string().default('') });
const formOf = (request: FastifyRequest): Readonly<Record<string, string>> => readRequest(Form, request.body);

function answer(request: FastifyRequest, reply: FastifyReply, taken: Awaited<ReturnType<typeof takeLine>>) {
  if (taken.kind === 'lost') return refuse(request, reply, { status: 503, ...taken });
  if (byScript(request)) return reply.code(202).send({ entry: taken.entry });
  return reply.redirect(`/?show=${taken.entry}`, 303);
}
