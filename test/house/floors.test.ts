import { describe, expect, it } from 'vitest';
import { importsOf, sources, textOf } from './tree.ts';

/** Shapes that edges implement and the middle uses; they know the domain and each other only. */
const CONTRACTS = [
  'src/executors/executor.ts',
  'src/components/component.ts',
  'src/checks/check.ts',
  'src/deploys/deploy.ts',
  'src/backups/backup.ts',
  'src/backups/storages/storage.ts',
  'src/chat/chat.ts',
  'src/chat/console/feed.ts',
  'src/chat/picker.ts',
  'src/web/sessions.ts',
  'src/workflow/backup-book.ts',
  'src/workflow/bound-backup.ts',
  'src/workflow/change-book.ts',
  'src/workflow/confirmations.ts',
  'src/workflow/deliveries.ts',
  'src/workflow/journal.ts',
  'src/workflow/lock-books.ts',
  'src/workflow/wakeups.ts',
  'src/workflow/fleet.ts',
  'src/workflow/own-calls.ts',
  'src/incidents/incident-book.ts',
  'src/incidents/incident-control.ts',
  'src/incidents/status-book.ts',
  'src/incidents/status-control.ts',
  'src/status-page/status-page.ts',
  'src/intake/source.ts',
  'src/github/shelf.ts',
];

const isBelow = (path: string, folders: readonly string[]): boolean =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

interface Floor {
  readonly name: string;
  readonly holds: (path: string) => boolean;
  /** Folders and files it may import from, besides its own and the contracts. */
  readonly below: readonly string[];
}

const floor = (name: string, folder: string, below: readonly string[]): Floor => ({
  name,
  holds: (path) => isBelow(path, [folder]) && !CONTRACTS.includes(path),
  below: [folder, ...below],
});

const FLOORS: readonly Floor[] = [
  { name: 'the domain', holds: (path) => isBelow(path, ['src/domain']), below: ['src/domain'] },
  { name: 'a contract', holds: (path) => CONTRACTS.includes(path), below: ['src/domain', ...CONTRACTS] },
  floor('dispatch', 'src/dispatch', ['src/domain']),
  floor('the workflow', 'src/workflow', ['src/domain']),
  floor('incidents', 'src/incidents', ['src/domain', 'src/workflow']),
  floor('sources of alerts', 'src/intake', ['src/domain']),
  floor('calls of paging webhooks', 'src/paging', ['src/domain']),
  floor('GitHub', 'src/github', ['src/domain']),
  floor('status pages', 'src/status-page', ['src/domain']),
  floor('components', 'src/components', ['src/domain']),
  floor('executors', 'src/executors', ['src/domain']),
  floor('checks', 'src/checks', ['src/domain']),
  floor('deploys', 'src/deploys', ['src/domain']),
  floor('backups', 'src/backups', ['src/domain']),
  floor('Slack', 'src/chat/slack', ['src/domain']),
  floor('Telegram', 'src/chat/telegram', ['src/domain']),
  floor('the console chat', 'src/chat/console', ['src/domain']),
  floor('web', 'src/web', ['src/domain']),
  floor('the store', 'src/store', ['src/domain']),
  floor('commands', 'commands', [
    'src/domain',
    'src/dispatch',
    'src/workflow/choose-backup.ts',
    'src/workflow/people.ts',
    'src/workflow/plan-action.ts',
    'src/workflow/plan-procedure.ts',
    'src/workflow/plan-variable.ts',
    'src/workflow/read-procedure.ts',
    'src/workflow/plan-backup.ts',
    'src/workflow/plan-restore.ts',
    'src/workflow/plan-deploy.ts',
    'src/workflow/waiting.ts',
  ]),
];

/** Pure libraries that the domain may use; everything else with I/O stays at its edge. */
const PURE = [
  'zod',
  'canonicalize',
  'luxon',
  'croner',
  're2js',
  'fastest-levenshtein',
  'node:crypto',
  '@secretlint/secretlint-rule-preset-recommend',
  '@secretlint/types',
];

/** SDKs and the one place each may be known. */
const SDKS: Readonly<Record<string, string>> = {
  '@slack/bolt': 'src/chat/slack',
  '@slack/web-api': 'src/chat/slack',
  '@slack/socket-mode': 'src/chat/slack',
  '@slack/types': 'src/chat/slack',
  grammy: 'src/chat/telegram',
  'node-ssh': 'src/executors/ssh',
  ssh2: 'src/executors/ssh',
  dockerode: 'src/executors/docker',
  '@octokit/rest': 'src/github',
  '@aws-sdk/client-s3': 'src/backups/storages',
  '@aws-sdk/lib-storage': 'src/backups/storages',
  'age-encryption': 'src/backups/codec.ts',
  kysely: 'src/store',
  'node:sqlite': 'src/store',
  fastify: 'src/web',
  yaml: 'config',
  '@secretlint/secretlint-rule-preset-recommend': 'src/domain/secret-scanner.ts',
};

const all = sources('src', 'commands', 'config');

describe('the floors', () => {
  for (const { name, holds, below } of FLOORS)
    it(`${name} knows only what is below it`, () => {
      const files = all.filter(holds);
      expect(files).not.toEqual([]);
      const wrong = files.flatMap((file) =>
        importsOf(file)
          .filter((target) => /^(src|commands|config|test)\//.test(target))
          .filter((target) => !isBelow(target, below) && !CONTRACTS.includes(target))
          .map((target) => `${file} imports ${target}`),
      );
      expect(wrong).toEqual([]);
    });

  it('the domain does no I/O and knows pure libraries only', () => {
    const wrong = all
      .filter((path) => isBelow(path, ['src/domain']))
      .flatMap((file) =>
        importsOf(file)
          .filter((name) => !name.startsWith('src/') && !PURE.includes(name))
          .map((name) => `${file} imports ${name}`),
      );
    expect(wrong).toEqual([]);
  });

  it('an SDK is known at its edge only', () => {
    // The demo serves SSH, `init` writes YAML: both are programs of their own beside the bot.
    const exempt = ['src/demo', 'src/cli'];
    const wrong = all
      .filter((file) => !isBelow(file, exempt))
      .flatMap((file) =>
        importsOf(file).flatMap((name) =>
          SDKS[name] === undefined || isBelow(file, [SDKS[name]]) ? [] : [`${file} imports ${name}`],
        ),
      );
    expect(wrong).toEqual([]);
  });

  it('targets are altered behind the guard only', () => {
    const holders = [
      'src/workflow/run-step.ts',
      'src/workflow/reconcile.ts',
      'src/workflow/bind-fleet.ts',
      'src/workflow/fleet.ts',
      'src/workflow/own-calls.ts',
      // Behind the guard, too: it carries out a step, and its value goes over a transfer.
      'src/workflow/own-variable.ts',
    ];
    const wrong = all.filter(
      (file) => /\bexecutorOf\b|\bEffects\b/.test(textOf(file)) && !holders.includes(file),
    );
    expect(wrong).toEqual([]);
  });
});
