import { type ChildProcess, spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { makeFolder } from './owner.ts';

/** Where Debian keeps it. */
export const alertmanagerPath = '/usr/bin/prometheus-alertmanager';

/** Where its alerts go. Intervals are as Alertmanager writes them; short unless told. */
export interface AlertmanagerOptions {
  readonly url: string;
  readonly bearer: string;
  readonly groupBy: readonly string[];
  readonly groupWait?: string;
  readonly groupInterval?: string;
  readonly repeatInterval?: string;
}

/** An alert as Prometheus posts it. */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Epoch milliseconds. One that is older than `group_wait` is sent at once. */
  readonly startsAt: number;
  /** Epoch milliseconds; absent = it fires. */
  readonly endsAt?: number;
}

/** A real Alertmanager on loopback. */
export interface Alertmanager {
  readonly url: string;
  /** Does what Prometheus does, by its API v2. */
  post(alerts: readonly PostedAlert[]): Promise<void>;
  /** Everything it has logged. */
  log(): string;
  stop(): Promise<void>;
}

const configOf = ({
  url,
  bearer,
  groupBy,
  groupWait,
  groupInterval,
  repeatInterval,
}: AlertmanagerOptions) => ({
  route: {
    receiver: 'botswain',
    group_by: groupBy,
    group_wait: groupWait ?? '1s',
    group_interval: groupInterval ?? '2s',
    repeat_interval: repeatInterval ?? '1h',
  },
  receivers: [
    {
      name: 'botswain',
      webhook_configs: [
        { url, send_resolved: true, http_config: { authorization: { type: 'Bearer', credentials: bearer } } },
      ],
    },
  ],
});

const LISTENS = /msg="Listening on" address=(\S+)/;

async function addressOf(child: ChildProcess, log: () => string): Promise<string> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const address = LISTENS.exec(log())?.[1];
    if (address !== undefined) return address;
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`Alertmanager does not listen:\n${log()}`);
    await pause(20);
  }
}

async function ready(url: string, log: () => string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await fetch(`${url}/-/ready`).catch(() => undefined))?.ok) {
    if (Date.now() > deadline) throw new Error(`Alertmanager is not ready:\n${log()}`);
    await pause(20);
  }
}

const iso = (at: number): string => new Date(at).toISOString();

async function postTo(url: string, alerts: readonly PostedAlert[]): Promise<void> {
  const answer = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(
      alerts.map(({ startsAt, endsAt, ...alert }) => ({
        annotations: {},
        ...alert,
        startsAt: iso(startsAt),
        ...(endsAt === undefined ? {} : { endsAt: iso(endsAt) }),
      })),
    ),
  });
  if (!answer.ok) throw new Error(`Alertmanager took no alerts (${answer.status}): ${await answer.text()}`);
}

/** Starts one that sends to this address (0.2 s); it keeps nothing once it is stopped. */
export async function startAlertmanager(options: AlertmanagerOptions): Promise<Alertmanager> {
  const dir = await makeFolder();
  const config = join(dir, 'alertmanager.yml');
  await writeFile(config, stringify(configOf(options)), { mode: 0o600 });
  const flags = [
    `--config.file=${config}`,
    `--storage.path=${join(dir, 'data')}`,
    '--web.listen-address=127.0.0.1:0',
    '--cluster.listen-address=',
    '--log.level=debug',
  ];
  // a killed test run must not leave it behind
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', alertmanagerPath, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let logged = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      logged += chunk.toString('utf8');
    });
  const log = (): string => logged;
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const url = `http://${await addressOf(child, log)}`;
    await ready(url, log);
    return { url, post: (alerts) => postTo(url, alerts), log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
