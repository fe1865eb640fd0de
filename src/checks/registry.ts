import type { CheckKind } from './check.ts';
import { containerCheckKind } from './container.ts';
import { diskCheckKind } from './disk.ts';
import { fileCheckKind } from './file.ts';
import { httpCheckKind } from './http.ts';
import { memoryCheckKind } from './memory.ts';
import { slackBotCheckKind } from './slack-bot.ts';
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
  containerCheckKind,
  fileCheckKind,
  diskCheckKind,
  memoryCheckKind,
  telegramBotCheckKind,
  slackBotCheckKind,
];
