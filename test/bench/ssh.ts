import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createSsh } from '../../src/executors/ssh/ssh.ts';
import { portsFor } from '../contract/executor-ports.ts';
import { bareHome, sshTarget } from '../contract/executor-ssh-target.ts';
import { resultOf, words } from '../contract/executor-words.ts';
import { type Sshd, startSshd } from '../rig/sshd.ts';

// What `true` on a host costs: `node test/bench/ssh.ts`, milliseconds, against OpenSSH's client. All ways take turns in
// one run on one sshd, so the ratios hold on a busy machine too; the figures themselves do not.
const TURNS = 60;
const COLD_TURNS = 15;

type Way = readonly [name: string, once: () => Promise<unknown>];

const percentile = (times: readonly number[], part: number): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * part)] ?? Number.NaN;

async function program(command: string, argv: readonly string[]): Promise<void> {
  const [code] = await once(spawn(command, argv, { stdio: 'ignore' }), 'exit');
  if (code !== 0) throw new Error(`${command} ${argv.join(' ')} ended with ${code}`);
}

/** OpenSSH with the quicker key exchange, the host key checked. */
const openssh = (sshd: Sshd, ...more: readonly string[]): readonly string[] => [
  ...['-F', 'none', '-i', sshd.privateKeyPath, '-p', String(sshd.port), '-l', sshd.user],
  ...['-o', `UserKnownHostsFile=${sshd.knownHostsPath}`, '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes'],
  ...['-o', 'KexAlgorithms=curve25519-sha256', ...more, sshd.host, 'true'],
];

async function compare(title: string, turns: number, ways: readonly Way[]): Promise<void> {
  const times = new Map<string, number[]>(ways.map(([name]) => [name, []]));
  for (let turn = 0; turn < turns; turn += 1)
    for (const [name, run] of ways) {
      const before = performance.now();
      await run();
      times.get(name)?.push(performance.now() - before);
    }
  const [reference = 'none'] = ways[0] ?? [];
  const base = percentile(times.get(reference) ?? [], 0.5);
  console.log(`\n${title} (${turns} turns; ratios to: ${reference})`);
  for (const [name, each] of times) {
    const [median, slow] = [percentile(each, 0.5), percentile(each, 0.95)];
    console.log(
      `  ${name.padEnd(44)} p50 ${median.toFixed(2).padStart(8)}  p95 ${slow.toFixed(2).padStart(8)}  × ${(median / base).toFixed(2)}`,
    );
  }
}

async function main(sshd: Sshd): Promise<void> {
  const target = sshTarget(sshd, { receipts: `${sshd.dir}/receipts` });
  const warm = createSsh(portsFor([target]));
  const at = words({ executor: warm, target });
  const control = `${sshd.dir}/mux`;
  const master = spawn(
    'ssh',
    openssh(sshd, '-M', '-N', '-S', control, '-o', 'ControlPersist=no').slice(0, -1),
  );
  const mux = openssh(sshd, '-S', control, '-o', 'ControlMaster=no');
  await at.run(['true']);
  while ((await once(spawn('ssh', ['-S', control, '-O', 'check', sshd.host]), 'exit'))[0] !== 0);
  await compare('warm', TURNS, [
    ['ssh -S mux', () => program('ssh', mux)],
    ['sh -c true on this machine (the floor)', () => program('/bin/sh', ['-c', 'true'])],
    ['ours, a read', async () => resultOf(await at.run(['true']))],
    [
      'ours, a change with its receipt',
      async () => resultOf(await at.run(['true'], { receipt: randomUUID() })),
    ],
  ]);
  await compare('cold', COLD_TURNS, [
    ['ssh, curve25519', () => program('ssh', openssh(sshd))],
    [
      'ours, a read',
      async () => {
        const cold = createSsh(portsFor([target]));
        resultOf(await words({ executor: cold, target }).run(['true']));
        await cold.close();
      },
    ],
  ]);
  await warm.close();
  master.kill();
}

const sshd = await startSshd({ config: bareHome });
await main(sshd).finally(() => sshd.stop());
