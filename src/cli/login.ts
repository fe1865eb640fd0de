import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { terminalUser } from '../../config/load.ts';
import { type CliCommand, type CliIo, EXIT, refuseUsage } from './cli-command.ts';
import { saveSession } from './terminal/session-file.ts';
import { type SocketClient, socketClient, wordsOf } from './terminal/socket-client.ts';
import { dataFolderOf, sayWhy } from './terminal/variables.ts';

const Offer = z.object({ code: z.string(), ticket: z.string(), expiresAt: z.number() });
const Taken = z.object({ session: z.string(), person: z.string(), name: z.string() });

/** Milliseconds between two looks whether somebody has confirmed. */
const LOOK_MS = 500;

async function untilConfirmed(client: SocketClient, ticket: string, io: CliIo) {
  for (;;) {
    const said = await client.ask({ method: 'POST', path: '/login/take', body: { ticket } });
    if (said.kind !== 'succeeded') {
      io.stderr.write(`${said.message}\n`);
      return undefined;
    }
    if (said.value.status !== 202) {
      const taken = Taken.safeParse(said.value.body).data;
      if (taken === undefined) io.stderr.write(wordsOf(said.value));
      return taken;
    }
    await pause(LOOK_MS);
  }
}

async function signIn(dataFolder: string, client: SocketClient, io: CliIo): Promise<number> {
  const terminal = `${terminalUser()}@${hostname()}`;
  const offered = await client.ask({ method: 'POST', path: '/login', body: { terminal } });
  if (offered.kind !== 'succeeded') {
    sayWhy(io, offered);
    return EXIT.usage;
  }
  const offer = Offer.safeParse(offered.value.body).data;
  if (offer === undefined) {
    io.stderr.write(wordsOf(offered.value));
    return EXIT.usage;
  }
  io.stdout.write(
    `In Slack, Telegram or the web console, type within ten minutes:\n\n    /ops login ${offer.code}\n\nWaiting …\n`,
  );
  const taken = await untilConfirmed(client, offer.ticket, io);
  if (taken === undefined) return EXIT.no;
  const path = saveSession(dataFolder, taken);
  io.stdout.write(`This terminal types as ${taken.name} now (${path}).\nTry: botswain ops status\n`);
  return EXIT.good;
}

/** `botswain login`: shows a code, and is signed in as the person who types it in a chat or the console. */
export const login: CliCommand = {
  name: 'login',
  summary: 'sign this terminal in: a code to confirm in a chat or the console',
  usage: '',
  async run(args, io) {
    if (args.length > 0) return refuseUsage(login, 'login takes no arguments', io);
    const dataFolder = dataFolderOf(io);
    if (dataFolder === undefined) return EXIT.usage;
    const client = socketClient(dataFolder);
    try {
      return await signIn(dataFolder, client, io);
    } finally {
      await client.close();
    }
  },
};
