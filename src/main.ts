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

process.exitCode = await runCli(process.argv.slice(2), io, cliCommands);
