import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { createSsh } from '../../src/executors/ssh/ssh.ts';
import { openDesk } from '../contract/backup-desk.ts';
import { portsFor } from '../contract/executor-ports.ts';
import { bareHome, sshTarget } from '../contract/executor-ssh-target.ts';
import type { SshTarget } from '../rig/ssh-client.ts';
import { type Sshd, startSshd } from '../rig/sshd.ts';

// A backup of 1 GiB through the bot, beside `ssh host 'tar c' > file`: `node test/bench/backup.ts [MiB]`. Everything in one
// run against one sshd, each way of ours in a process of its own, so that its peak memory is its own. Half of the bytes are
// random, half are text. The ratios hold on a busy machine too; the figures themselves do not.
const MEBIBYTE = 1024 * 1024;
const WAYS = ['plain', 'zstd', 'zstd and age', 'zstd, then read back'] as const;

interface Told {
  readonly seconds: number;
  readonly rssMiB: number;
  readonly storedMiB: number;
}

/** In a process of its own: takes the backup in one way, and prints what it cost. */
async function ours(way: string, sshd: SshTarget, folder: string): Promise<void> {
  const target = sshTarget(sshd);
  const executor = createSsh(portsFor([target]));
  const recipient = await identityToRecipient(await generateIdentity());
  const desk = await openDesk({
    executor,
    target,
    kind: 'files',
    settings: { paths: [join(folder, 'data')] },
    storage: join(folder, 'storage'),
    more: {
      compress: way !== 'plain',
      encryptTo: way === 'zstd and age' ? [recipient] : [],
      timeoutMs: 1_800_000,
    },
  });
  let before = performance.now();
  const taken = await desk.backup();
  if (taken.kind !== 'succeeded') throw new Error(taken.message);
  if (way === 'zstd, then read back') {
    before = performance.now();
    const verified = await desk.verify('B-1');
    if (verified.kind !== 'succeeded') throw new Error(verified.message);
  }
  const seconds = (performance.now() - before) / 1000;
  const storedMiB = ((await desk.latest()).bytes ?? 0) / MEBIBYTE;
  await desk.close();
  await executor.close();
  const told: Told = { seconds, storedMiB, rssMiB: process.resourceUsage().maxRSS / 1024 };
  console.log(JSON.stringify(told));
}

async function inOwnProcess(way: string, sshd: Sshd, folder: string): Promise<Told> {
  const child = spawn(process.execPath, [import.meta.filename, 'ours', way, JSON.stringify(sshd), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${way} ended with ${code}`);
  return JSON.parse(printed);
}

/** Peak memory of OpenSSH's client, as the kernel counted it while it ran. */
async function openssh(sshd: Sshd, folder: string, pipe: string): Promise<Told> {
  const file = join(folder, 'openssh.tar');
  const options = ['-F', 'none', '-i', sshd.privateKeyPath, '-p', String(sshd.port), '-l', sshd.user];
  const known = ['-o', `UserKnownHostsFile=${sshd.knownHostsPath}`, '-o', 'BatchMode=yes'];
  const before = performance.now();
  const ssh = spawn(
    'ssh',
    [...options, ...known, sshd.host, `tar cf - -C / ${folder.slice(1)}/data${pipe}`],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let rssMiB = 0;
  const looking = setInterval(async () => {
    const status = await readFile(`/proc/${ssh.pid}/status`, 'utf8').catch(() => '');
    rssMiB = Math.max(rssMiB, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  }, 100);
  ssh.stdout.pipe(createWriteStream(file));
  const [code] = await once(ssh, 'close');
  clearInterval(looking);
  if (code !== 0) throw new Error(`ssh ended with ${code}`);
  const seconds = (performance.now() - before) / 1000;
  const storedMiB = (await stat(file)).size / MEBIBYTE;
  await rm(file);
  return { seconds, rssMiB, storedMiB };
}

/** Half random, half text of words, in files of 64 MiB. */
async function fill(folder: string, mib: number): Promise<void> {
  await mkdir(join(folder, 'data'), { recursive: true });
  const words = Array.from({ length: 4_000 }, (_, index) =>
    createHash('md5').update(`${index}`).digest('hex'),
  );
  for (let file = 0; file * 64 < mib; file += 1) {
    const path = join(folder, 'data', `part-${file}`);
    if (file % 2 === 0) {
      const random = createReadStream('/dev/urandom', { end: 64 * MEBIBYTE - 1 });
      await once(random.pipe(createWriteStream(path)), 'close');
      continue;
    }
    const lines = Array.from(
      { length: Math.ceil((64 * MEBIBYTE) / 33) },
      () => words[Math.floor(Math.random() * words.length)],
    );
    await writeFile(path, lines.join(' ').slice(0, 64 * MEBIBYTE));
  }
}

async function main(mib: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-backup-'));
  const sshd = await startSshd({ config: bareHome });
  try {
    await fill(folder, mib);
    const rows: [string, Told][] = [["ssh host 'tar c' > file", await openssh(sshd, folder, '')]];
    for (const way of WAYS) rows.push([`ours, ${way}`, await inOwnProcess(way, sshd, folder)]);
    rows.push(["ssh host 'tar c | zstd -3' > file", await openssh(sshd, folder, ' | zstd -3 -q')]);
    const base = rows[0]?.[1].seconds ?? 1;
    console.log(`\n${mib} MiB over SSH (ratios to the first)`);
    for (const [name, { seconds, rssMiB, storedMiB }] of rows)
      console.log(
        `  ${name.padEnd(36)} ${(mib / seconds).toFixed(0).padStart(5)} MiB/s  × ${(seconds / base).toFixed(2)}  peak RSS ${rssMiB.toFixed(0).padStart(4)} MiB  stored ${storedMiB.toFixed(0)} MiB`,
      );
  } finally {
    await sshd.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const [mode = '1024', way = '', sshd = '', folder = ''] = process.argv.slice(2);
if (mode === 'ours') await ours(way, JSON.parse(sshd), folder);
else await main(Number(mode));
