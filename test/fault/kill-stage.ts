import { type ChildProcess, spawn } from 'node:child_process';
import { docker, dockerCommand } from '../rig/docker-cli.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import type { TinyContainer } from '../rig/tiny-container.ts';
import type { Effect } from './oracle-effects.ts';

/** Every start and every stop of a unit is written down by the unit itself; a stop takes a moment, so that kills fall into it. */
const UNIT_FILES = `
cat > /usr/local/bin/kill-mark <<'END'
#!/bin/sh
echo "$1 $2 $(date +%s%3N)" >> /var/lib/kill-marks
END
cat > /usr/local/bin/kill-run <<'END'
#!/bin/sh
kill-mark start "$1"
exec sleep 1000000
END
cat > /usr/local/bin/kill-stop <<'END'
#!/bin/sh
kill-mark stop "$1"
sleep 0.2
END
chmod 755 /usr/local/bin/kill-*
: > /var/lib/kill-marks
cat > /etc/systemd/system/kill@.service <<'END'
[Unit]
StartLimitIntervalSec=0
[Service]
Environment=PATH=/usr/local/bin:/usr/bin:/bin
ExecStart=/usr/local/bin/kill-run %i
ExecStop=/usr/local/bin/kill-stop %i
END
echo 'ops ALL=(root) NOPASSWD: /usr/bin/systemctl ^restart kill@[0-9]+$' > /etc/sudoers.d/kill
chmod 440 /etc/sudoers.d/kill
visudo -c -q
systemctl daemon-reload
`;

/** Says when it starts, and takes a moment to stop. */
export const BOX_COMMAND = [
  '/bin/sh',
  '-c',
  `trap 'sleep 0.2; exit 0' TERM; echo "box: started"; while :; do sleep 1000 & wait $!; done`,
] as const;

/** Puts the units `kill@1` … on a host and starts them. */
export async function plantUnits(host: SystemdHost, count: number): Promise<readonly string[]> {
  await host.exec('sh', '-c', UNIT_FILES);
  const units = Array.from({ length: count }, (_, index) => `kill@${index + 1}`);
  await host.exec('systemctl', 'start', ...units);
  return units;
}

/** Every start of the units since `since` (epoch milliseconds), as they wrote it down themselves. */
export async function unitEffects(
  host: SystemdHost,
  componentOf: (unit: string) => string,
  since: number,
): Promise<readonly Effect[]> {
  const marks = (await host.exec('cat', '/var/lib/kill-marks')).split('\n').map((line) => line.split(' '));
  return marks
    .filter(([what, , at]) => what === 'start' && Number(at) >= since)
    .map(([, instance, at]) => ({ component: componentOf(`kill@${instance}`), at: Number(at) }));
}

/** Every start of a container since `since`, by what it printed itself. */
export async function boxEffects(
  { name }: TinyContainer,
  component: string,
  since: number,
): Promise<readonly Effect[]> {
  const lines = (await docker('logs', '--timestamps', name)).split('\n');
  return lines
    .filter((line) => line.endsWith('box: started'))
    .map((line) => ({ component, at: Date.parse(line.slice(0, line.indexOf(' '))) }))
    .filter(({ at }) => at >= since);
}

/** Where an effect stands on its target. */
export type Phase = 'mid effect' | 'after effect';

/** Looks at both targets as things happen there, to aim kills by it. */
export class TargetWatch {
  readonly #children: readonly ChildProcess[];
  readonly #waiting = new Set<(phase: Phase) => void>();

  constructor(host: SystemdHost, containers: readonly TinyContainer[]) {
    const marks = ['exec', host.containerId, 'tail', '-n', '0', '-F', '/var/lib/kill-marks'];
    const filters = containers.flatMap(({ name }) => ['--filter', `container=${name}`]);
    const events = ['events', ...filters, '--format', '{{.Action}}'];
    this.#children = [marks, events].map((argv) =>
      spawn(dockerCommand, argv, { stdio: ['ignore', 'pipe', 'ignore'] }),
    );
    for (const child of this.#children)
      child.stdout?.on('data', (chunk: Buffer) => this.#tell(chunk.toString('utf8')));
  }

  /** Resolves when something next comes to this phase on a target. */
  next(phase: Phase): Promise<void> {
    return new Promise((resolve) => {
      const hear = (seen: Phase): void => {
        if (seen !== phase) return;
        this.#waiting.delete(hear);
        resolve();
      };
      this.#waiting.add(hear);
    });
  }

  close(): void {
    for (const child of this.#children) child.kill();
  }

  #tell(text: string): void {
    for (const word of text.split('\n').map((line) => line.split(' ')[0])) {
      if (word === 'stop' || word === 'kill') this.#each('mid effect');
      if (word === 'start') this.#each('after effect');
    }
  }

  #each(phase: Phase): void {
    for (const hear of [...this.#waiting]) hear(phase);
  }
}
