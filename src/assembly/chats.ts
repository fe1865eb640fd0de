import { commands } from '../../commands/registry.ts';
import type { Chat, ChatPorts, Conversation } from '../chat/chat.ts';
import { createConsoleChat } from '../chat/console/console.ts';
import { CONSOLE_CHANNEL } from '../chat/console/feed.ts';
import { createSlackChat } from '../chat/slack/slack.ts';
import { createTelegramChat } from '../chat/telegram/telegram.ts';
import { telegramSettings } from '../chat/telegram/telegram-settings.ts';
import type { Configuration, Environment } from '../domain/configuration.ts';
import type { Person } from '../domain/person.ts';
import { consolePorts, menuEntry } from '../lines/console-ports.ts';
import { homeOf } from '../lines/home.ts';
import type { Receiver } from '../lines/receive.ts';
import type { Log } from '../log.ts';
import type { OpenJournal } from '../store/open-journal.ts';
import type { LastSeen } from '../workflow/fleet.ts';
import { chatOf } from '../workflow/outbox.ts';
import { personOf } from '../workflow/people.ts';

/** What putting the chats together needs. */
export interface ChatParts {
  readonly configuration: Configuration;
  readonly environment: Environment;
  readonly log: Log;
  readonly journal: OpenJournal;
  readonly lastSeen: LastSeen;
  readonly receiver: Receiver;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The `operations` conversation of every chat that is configured; the console's always. */
export function operations({ chats }: Configuration): readonly Conversation[] {
  const places: Conversation[] = [{ platform: 'console', channel: CONSOLE_CHANNEL }];
  const slack = chats.slack?.channels.operations;
  const telegram = chats.telegram?.chats.operations;
  if (slack !== undefined) places.push({ platform: 'slack', channel: slack });
  if (telegram !== undefined) places.push({ platform: 'telegram', channel: telegram });
  return places;
}

/** Where incidents are shown: the `incidents` conversation of every chat, else `operations`; the console's always. */
export function incidentPlaces({ chats }: Configuration): readonly Conversation[] {
  const places: Conversation[] = [{ platform: 'console', channel: CONSOLE_CHANNEL }];
  const slack = chats.slack?.channels.incidents ?? chats.slack?.channels.operations;
  const telegram = chats.telegram?.chats.incidents ?? chats.telegram?.chats.operations;
  if (slack !== undefined) places.push({ platform: 'slack', channel: slack });
  if (telegram !== undefined) places.push({ platform: 'telegram', channel: telegram });
  return places;
}

/** Where a person is told directly: in Slack, else in Telegram. */
export async function directly(chats: readonly Chat[], person: Person): Promise<Conversation | undefined> {
  const slack =
    person.slack === undefined ? undefined : await chatOf(chats, 'slack')?.directWith(person.slack);
  if (slack !== undefined || person.telegram === undefined) return slack;
  return chatOf(chats, 'telegram')?.directWith(person.telegram);
}

const SHOWN_AT_HOME = { platform: 'console', channel: CONSOLE_CHANNEL } as const;

function chatPorts({ configuration, log, journal, lastSeen, receiver, now }: ChatParts): ChatPorts {
  const offered = consolePorts({ configuration, commands, lastSeen, journal, now });
  return {
    receive: (incoming) => receiver.receive(incoming),
    issueToken: (line) => journal.tokens.issue(line, now()),
    lineOfToken: (token) => journal.tokens.lineOf(token),
    isOurTopic: async (topic) => (await journal.deliveries.ofTopic(topic)) !== undefined,
    picker: async (account) => offered.picker(personOf(configuration.people, account)?.key ?? ''),
    home: async (account) => {
      const person = personOf(configuration.people, account);
      if (person === undefined) return undefined;
      const incoming = { id: 'home', account, conversation: SHOWN_AT_HOME, direct: true, text: 'status' };
      return homeOf(receiver.contextFor(person, incoming), commands);
    },
    heard: {
      // A restored journal that knows nothing of it leaves open how old a press is.
      until: async () =>
        (await journal.time.heard()) ?? (journal.restored && (journal.restored.copiedAt ?? 0)),
      note: (at) => journal.time.noteHeard(at),
      restoredAt: () => journal.restored?.at,
    },
    commands: commands.map(menuEntry),
    log,
  };
}

/** Every chat that is configured, the console first. */
export function createChats(parts: ChatParts): readonly Chat[] {
  const { configuration, environment } = parts;
  const ports = chatPorts(parts);
  const chats: Chat[] = [createConsoleChat({ feed: parts.journal.feed })];
  const { slack } = environment;
  if (slack !== undefined) {
    const { botToken, way, apiUrl } = slack;
    const team = configuration.chats.slack?.team;
    chats.push(
      createSlackChat(
        {
          botToken,
          way,
          ...(apiUrl === undefined ? {} : { apiUrl }),
          ...(team === undefined ? {} : { team }),
        },
        ports,
      ),
    );
  }
  const onTelegram = telegramSettings(environment, configuration);
  if (onTelegram !== undefined) chats.push(createTelegramChat(onTelegram, ports));
  return chats;
}
