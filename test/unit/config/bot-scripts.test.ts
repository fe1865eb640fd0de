import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../../config/load.ts';
import { registries } from '../../../config/registries.ts';
import type { RunTemplate } from '../../../src/domain/procedure.ts';
import { fillWords } from '../../../src/domain/procedure-words.ts';

const CONFIG = fileURLToPath(new URL('../../../config', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scripts-'));
});
afterEach(() => rm(folder, { recursive: true }));

const file = (name: string): string => join(folder, name);

async function programs(service: string, procedure: string): Promise<readonly RunTemplate[]> {
  const loaded = await loadConfiguration(CONFIG, registries);
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.problems));
  const found = loaded.configuration.services
    .find(({ name }) => name === service)
    ?.procedures.find(({ name }) => name === procedure);
  return (found?.steps ?? []).flatMap((step) => (step.kind === 'run' ? [step] : []));
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs words as they stand in the settings, here instead of on the server. */
function run(words: readonly string[]): Promise<Ran> {
  const [program = '', ...rest] = words;
  return new Promise((resolve) => {
    execFile(program, rest, { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const COMPOSE = `version: "3.8"
services:
  mongodb:
    image: mongo
    environment:
      - MONGO_INITDB_DATABASE=karmabot
  karmabot:
    build: .
    environment:
      - MONGODB_URI=$\{MONGODB_URI}
    ports: ["5000:5000"]
volumes:
  data:
`;

describe('the scripts of Karmabot', () => {
  const OVERRIDE = 'docker-compose.override.yml';
  const lines = (team: string) =>
    ['ACCESS', 'BOT'].map((key) => `      - ${key}_${team}=$\{${key}_${team}}\n`).join('');

  it('passes the tokens of a workspace on, beside the compose file, once, and takes that back', async () => {
    const [, passing] = await programs('karmabot', 'add-workspace');
    if (passing?.undo === undefined) throw new Error('the step with its way back is gone');
    const { argv, undo } = passing;
    await writeFile(file('docker-compose.yml'), COMPOSE);
    const pass = (team: string) => run(fillWords(argv, { team }));
    const beginning = 'version: "3.8"\nservices:\n  karmabot:\n    environment:\n';
    expect(await pass('T0ABC123')).toMatchObject({ code: 0, stderr: '' });
    expect(await readFile(file(OVERRIDE), 'utf8')).toBe(`${beginning}${lines('T0ABC123')}`);
    expect(await pass('T0ABC123')).toMatchObject({ code: 0, stdout: 'it passes them on already\n' });
    expect(await pass('T9')).toMatchObject({ code: 0, stderr: '' });
    const both = `${beginning}${lines('T9')}${lines('T0ABC123')}`;
    expect(await readFile(file(OVERRIDE), 'utf8')).toBe(both);
    expect(await run(fillWords(undo, { team: 'T9' }))).toMatchObject({ code: 0, stderr: '' });
    expect(await readFile(file(OVERRIDE), 'utf8')).toBe(`${beginning}${lines('T0ABC123')}`);
    expect(await readFile(file('docker-compose.yml'), 'utf8')).toBe(COMPOSE);
  });

  it('takes away the file that it made', async () => {
    const [, passing] = await programs('karmabot', 'add-workspace');
    await writeFile(file('docker-compose.yml'), COMPOSE);
    expect(await run(fillWords(passing?.argv ?? [], { team: 'T9' }))).toMatchObject({ code: 0 });
    expect(await run(fillWords(passing?.undo ?? [], { team: 'T9' }))).toMatchObject({ code: 0 });
    await expect(readFile(file(OVERRIDE), 'utf8')).rejects.toThrow('ENOENT');
  });

  it('alters nothing where the service has no list of variables', async () => {
    const [, passing] = await programs('karmabot', 'add-workspace');
    await writeFile(file('docker-compose.yml'), COMPOSE);
    const without = 'services:\n  karmabot:\n    environment: { A: b }\n';
    await writeFile(file(OVERRIDE), without);
    const ran = await run(fillWords(passing?.argv ?? [], { team: 'T0ABC123' }));
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain('edit it by hand');
    expect(await readFile(file(OVERRIDE), 'utf8')).toBe(without);
  });

  it('sees tokens that stand in .env, and those that do not or are empty', async () => {
    const [seen] = await programs('karmabot', 'add-workspace');
    const look = async (text: string) => {
      await writeFile(file('.env'), text);
      return (await run(fillWords(seen?.argv ?? [], { team: 'T0ABC123' }))).code;
    };
    expect(await look('ACCESS_T0ABC123=x\nBOT_T0ABC123=y\n')).toBe(0);
    expect(await look('ACCESS_T0ABC123=x\nBOT_T0ABC123=\n')).toBe(1);
    expect(await look('ACCESS_T0ABC1234=x\nBOT_T0ABC123=y\n')).toBe(1);
  });

  it('puts the debug mode in and out, and takes it back to what stood there', async () => {
    const [step] = await programs('karmabot', 'debug-mode');
    if (step?.undo === undefined) throw new Error('the step with its way back is gone');
    await writeFile(file('.env'), 'A=1\nFLASK_ENV=production\n');
    const turn = async (words: readonly string[]) => {
      expect(await run(words)).toMatchObject({ code: 0, stderr: '' });
      return readFile(file('.env'), 'utf8');
    };
    expect(await turn(fillWords(step.argv, { to: 'on' }))).toBe('A=1\nFLASK_ENV=development\n');
    expect(await turn(step.undo)).toBe('A=1\nFLASK_ENV=production\n');
    expect(await turn(fillWords(step.argv, { to: 'off' }))).toBe('A=1\n');
  });

  it('prints names of tokens, never a token', async () => {
    const [step] = await programs('karmabot', 'tokens');
    const script = step?.argv.slice(3, 6) ?? [];
    const ran = await run(['env', 'ACCESS_T0A=xoxp-1', 'BOT_T0B=xoxb-2', 'OTHER=3', ...script, 'tokens', '']);
    expect(ran.stdout).toBe('ACCESS_T0A\nBOT_T0B\n');
    const one = await run(['env', 'ACCESS_T0A=xoxp-1', 'BOT_T0B=xoxb-2', ...script, 'tokens', 'T0B']);
    expect(one.stdout).toBe('BOT_T0B\n');
  });
});

describe('the scripts of Katana Bot', () => {
  const UNIT = `[Unit]
Description=Katana Bot
[Service]
User=your_user
Group=your_group
WorkingDirectory=/path/to/your/katana-bot-project
ExecStart=/path/to/your/katana-bot-project/venv/bin/python bot/katana_bot.py
Environment="KATANA_TELEGRAM_TOKEN=here"
[Install]
WantedBy=multi-user.target
`;

  it('writes the unit of the example with the account, the folder and the file of the variables', async () => {
    const [writing] = await programs('katana-bot', 'install-service');
    const script = (writing?.argv[2] ?? '').replace('/etc/systemd/system/', `${folder}/`);
    await run(['mkdir', '-p', 'docs/examples']);
    await writeFile(file('docs/examples/katana_bot.service'), UNIT);
    const ran = await run(['sh', '-c', script, 'writing', 'katana', '/opt/katana-bot']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const lines = (await readFile(file('katana_bot.service'), 'utf8')).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'User=katana',
        'Group=katana',
        'WorkingDirectory=/opt/katana-bot',
        'ExecStart=/opt/katana-bot/venv/bin/python /opt/katana-bot/bot/katana_bot.py',
        'EnvironmentFile=/opt/katana-bot/.env',
      ]),
    );
    expect(ran.stdout).not.toContain('TOKEN');
  });

  it('says of the keys of the running bot whether they are set, and nothing else of them', async () => {
    const [keys] = await programs('katana-bot', 'doctor');
    const bot = spawn('bash', ['-c', 'exec -a "$0" sleep 60', 'python bot/katana_bot.py'], {
      env: { PATH: process.env.PATH, KATANA_TELEGRAM_TOKEN: '123:AbC-_x', OPENAI_API_KEY: 'sk-1=2' },
      stdio: 'ignore',
    });
    try {
      await expect
        .poll(async () => (await run(keys?.argv ?? [])).stdout)
        .toBe('KATANA_TELEGRAM_TOKEN: set, well formed\nANTHROPIC_API_KEY: missing\nOPENAI_API_KEY: set\n');
    } finally {
      bot.kill('SIGKILL');
    }
  });

  it('shows a section of supervisor without its variables', async () => {
    const [, writing] = await programs('katana-bot', 'install-supervisor');
    const script = (writing?.argv[2] ?? '').replace('/etc/supervisor/conf.d/', `${folder}/`);
    await run(['mkdir', '-p', 'docs/examples']);
    const section =
      '[program:katana_bot]\ncommand=x\ndirectory=y\nuser=your_user\nenvironment=KATANA_TELEGRAM_TOKEN="1:a"\n';
    await writeFile(file('docs/examples/katana_bot.conf'), section);
    const ran = await run(['sh', '-c', script, 'writing', 'katana', '/opt/katana-bot']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('user=katana\n');
    expect(ran.stdout).toContain('environment=(not shown)');
    expect(ran.stdout).not.toContain('1:a');
  });
});
