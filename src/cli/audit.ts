import { parseArgs } from 'node:util';
import { readEnvironment } from '../../config/load.ts';
import type { Outcome } from '../domain/outcome.ts';
import { exportAudit } from './audit/export.ts';
import { settingsOf } from './audit/settings.ts';
import { verifyAudit } from './audit/verify.ts';
import { type CliCommand, EXIT, refuseUsage } from './cli-command.ts';

const OPTIONS = {
  head: { type: 'string' },
  heads: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  service: { type: 'string' },
} as const;

const FLAGS_OF: Readonly<Record<string, readonly string[]>> = {
  verify: ['head', 'heads'],
  export: ['since', 'until', 'service'],
};

const FLAGS_TEXT =
  'verify takes --head HASH (as posted in the channel) and --heads FILE; export takes --since T, --until T and --service S';

type Flags = { readonly [flag in keyof typeof OPTIONS]?: string | undefined };

/** What was typed, or why it cannot be read. */
function readLine(args: readonly string[]): { readonly word: string; readonly flags: Flags } | string {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const [word = '', ...rest] = positionals;
    const mayHave = FLAGS_OF[word];
    if (mayHave === undefined || rest.length > 0) return 'audit takes one word: verify or export';
    const strange = Object.keys(values).find((flag) => !mayHave.includes(flag));
    return strange === undefined ? { word, flags: values } : `audit ${word} takes no --${strange}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function say(outcome: Exclude<Outcome<unknown>, { kind: 'succeeded' }>): string {
  const remedy = outcome.kind === 'failed' ? outcome.remedy : undefined;
  return `${outcome.message}${remedy === undefined ? '' : `\n  → ${remedy}`}\n`;
}

/** `botswain audit verify | export`: the hash chain of a stopped bot, or of a copy of its folder; alters nothing. */
export const audit: CliCommand = {
  name: 'audit',
  summary: 'prove that nobody altered the audit, or print it as JSON lines (bot stopped)',
  usage: 'verify|export [FLAGS]',
  async run(args, io) {
    const line = readLine(args);
    if (typeof line === 'string') return refuseUsage(audit, `${line}\n${FLAGS_TEXT}`, io);
    const environment = readEnvironment();
    if (environment.kind !== 'succeeded') {
      io.stderr.write(say(environment));
      return EXIT.usage;
    }
    const { openAudit } = await import('../store/open-audit.ts');
    const reader = await openAudit(environment.value.dataFolder);
    if (reader.kind !== 'succeeded') {
      io.stderr.write(say(reader));
      return EXIT.usage;
    }
    try {
      const settings = await settingsOf(environment.value, io);
      const done =
        line.word === 'verify'
          ? await verifyAudit(reader.value, { flags: line.flags, settings, io })
          : await exportAudit(reader.value, { flags: line.flags, settings, io });
      if (typeof done === 'number') return done;
      io.stderr.write(say(done));
      return EXIT.usage;
    } finally {
      await reader.value.close();
    }
  },
};
