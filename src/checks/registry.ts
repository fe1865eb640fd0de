import type { CheckKind } from './check.ts';
import { containerCheckKind } from './container.ts';
import { conversationCheckKind } from './conversation.ts';
import { diskCheckKind } from './disk.ts';
import { fileCheckKind } from './file.ts';
import { heartbeatCheckKind } from './heartbeat.ts';
import { httpCheckKind } from './http.ts';
import { logCheckKind } from './log.ts';
import { memoryCheckKind } from './memory.ts';
import { mongoCheckKind } from './mongo.ts';
import { postgresCheckKind } from './postgres.ts';
import { processCheckKind } from './process.ts';
import { redisCheckKind } from './redis.ts';
import { slackBotCheckKind } from './slack-bot.ts';
import { sqliteCheckKind } from './sqlite.ts';
import { supervisorCheckKind } from './supervisor.ts';
import { systemdCheckKind } from './systemd.ts';
import { tcpCheckKind } from './tcp.ts';
import { telegramBotCheckKind } from './telegram-bot.ts';
import { tlsCheckKind } from './tls.ts';

/** Every kind of check a service file may name. */
export const checkKinds: readonly CheckKind[] = [
  httpCheckKind,
  tcpCheckKind,
  tlsCheckKind,
  systemdCheckKind,
  supervisorCheckKind,
  containerCheckKind,
  processCheckKind,
  postgresCheckKind,
  redisCheckKind,
  mongoCheckKind,
  sqliteCheckKind,
  fileCheckKind,
  logCheckKind,
  heartbeatCheckKind,
  diskCheckKind,
  memoryCheckKind,
  telegramBotCheckKind,
  slackBotCheckKind,
  conversationCheckKind,
];
