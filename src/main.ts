#!/usr/bin/env node
import process from 'node:process';
import type { CliIo } from './cli/cli-command.ts';
import { cliCommands } from './cli/registry.ts';
import { runCli } from './cli/run.ts';

const io: CliIo = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  isTTY: process.stdin.isTTY === true && process.stdout.isTTY === true,
  // Loaded late: `botswain version` needs no SSH, no Docker and no chat.
  registries: async () => (await import('../config/registries.ts')).registries,
};

// Whoever read what we print may stop reading (`… | head`); who writes hears of it by the write.
process.stdout.on('error', (error) => {
  if (!('code' in error) || error.code !== 'EPIPE') throw error;
});

/** Milliseconds that what is still open may take to close once all is done. */
const LINGER_MS = 500;

process.exitCode = await runCli(process.argv.slice(2), io, cliCommands);
// A call to a target that hangs would keep the process for minutes after everything was said and closed.
setTimeout(() => process.exit(), LINGER_MS).unref();
