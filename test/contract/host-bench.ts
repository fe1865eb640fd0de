import type { CheckKind, CheckPorts, Look } from '../../src/checks/check.ts';
import { failed, succeeded } from '../../src/domain/outcome.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import type { reach } from './host-read.ts';

/** Milliseconds that a look may take; 15 s unless told. */
interface Patience {
  readonly timeoutMs?: number;
}

/** A real host with what reaches it as its operator. */
export interface HostBench {
  readonly host: SystemdHost;
  readonly ops: ReturnType<typeof reach>;
  /** Looks once on the host; every secret is `hunter2-hunter2`. */
  look(kind: CheckKind, settings: object, more?: Partial<CheckPorts> & Patience): Promise<Look>;
}

/** The bench of a host that runs. */
export const hostBench = (host: SystemdHost, ops: ReturnType<typeof reach>): HostBench => ({
  host,
  ops,
  look: (kind, settings, { timeoutMs = 15_000, ...more } = {}) =>
    kind
      .bind(settings, {
        read: ops.read,
        componentStatus: async () => failed('TARGET_NOT_FOUND', 'none'),
        secret: () => succeeded('hunter2-hunter2'),
        now: Date.now,
        ...more,
      })
      .look(AbortSignal.timeout(timeoutMs)),
});
