import type { Incoming, Posted } from '../../../src/chat/chat.ts';
import { createConsoleChat } from '../../../src/chat/console/console.ts';
import type { ConsoleFeed } from '../../../src/chat/console/feed.ts';
import type { Message } from '../../../src/domain/message.ts';
import { failed } from '../../../src/domain/outcome.ts';
import { mountConsole } from '../../../src/web/console/mount.ts';
import type { ConsolePorts, FleetRow } from '../../../src/web/console/ports.ts';
import { createConsoleServer } from '../../../src/web/servers.ts';
import { createSignIns } from '../../../src/web/sign-ins.ts';
import { createMemoryFeed } from './memory-feed.ts';
import { createMemorySessions } from './memory-sessions.ts';
import { fleet, picker } from './sample-fleet.ts';

const PEOPLE: Readonly<Record<string, string>> = { ana: 'Ana', ben: 'Ben', cleo: 'Cleo' };

/** What of a stage may be other than usual. */
export interface StageOptions {
  readonly ports?: Partial<ConsolePorts>;
  readonly allowedHosts?: readonly string[];
  readonly port?: number;
  /** The feed of an earlier stage, as if the process had started again. */
  readonly after?: { readonly feed: ConsoleFeed; readonly sessions: ReturnType<typeof createMemorySessions> };
}

/** The console's real server and chat over memory, with somebody else's hands on fleet, clock and answers. */
export type Stage = Awaited<ReturnType<typeof openStage>>;

/** Starts the console on a free loopback port. */
export async function openStage(options: StageOptions = {}) {
  let ahead = 0;
  const now = (): number => Date.now() + ahead;
  const feed = options.after?.feed ?? createMemoryFeed(now);
  const sessions = options.after?.sessions ?? createMemorySessions();
  const signIns = createSignIns({ store: sessions, now });
  const received: Incoming[] = [];
  const people = new Map(Object.entries(PEOPLE));
  const waiting = new Map<string, number>();
  const world: { rows: readonly FleetRow[]; onLine?: (incoming: Incoming) => Promise<void> } = {
    rows: fleet,
  };
  const ports: ConsolePorts = {
    feed,
    signIns,
    receive: async (incoming) => {
      received.push(incoming);
      await world.onLine?.(incoming);
    },
    person: async (key) => {
      const name = people.get(key);
      return name === undefined ? undefined : { key, name };
    },
    overview: async () => world.rows,
    complete: async (_person, text) => suggestions.filter((line) => line.startsWith(text)),
    picker: async () => picker,
    waiting: async (person) => waiting.get(person) ?? 0,
    values: {
      wanted: () => undefined,
      give: (change) => failed('INPUT_NO_SUCH_ID', `${change} waits for no value`),
    },
    redact: (text) => text.replaceAll('hunter2', '[secret]'),
    howToSignIn: 'Run "botswain login" on the server for a new link.',
    log: () => {},
    now,
    refreshMs: 200,
    ...options.ports,
  };
  const server = createConsoleServer({
    port: options.port ?? 0,
    allowedHosts: options.allowedHosts ?? [],
    log: ports.log,
    mounts: [mountConsole(ports)],
  });
  const started = await server.start();
  if (started.kind !== 'succeeded') throw new Error(started.message);
  const { url } = started.value;
  const chat = createConsoleChat({ feed, url });
  let posts = 0;
  return {
    url,
    chat,
    feed,
    sessions,
    signIns,
    received,
    people,
    waiting,
    world,
    advance: (ms: number) => {
      ahead += ms;
    },
    link: async (person: string) => `${url}${(await signIns.issueLink(person)).path}`,
    /** Posts to the channel, or into a thread. */
    post: async (message: Message, thread?: Posted): Promise<Posted> => {
      posts += 1;
      const to = { platform: 'console', channel: 'operations' } as const;
      const posted = await chat.post(thread ? chat.threadOf(thread) : to, message, `d${Date.now()}-${posts}`);
      if (posted.kind !== 'succeeded') throw new Error(posted.message);
      return posted.value;
    },
    stop: () => server.stop(),
  };
}

const suggestions = [
  'status ',
  'status karmabot',
  'restart ',
  'restart karmabot/app@production',
  'restart karmabot/mongodb@production',
  'restart karmabot/app@production --reason ',
  'logs ',
  'logs pollbot/web@production',
  'logs pollbot/web@production --since 1h',
];
