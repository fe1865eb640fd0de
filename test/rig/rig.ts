import { appendFileSync } from 'node:fs';
import { afterAll, describe, inject, it } from 'vitest';
import { type AlertmanagerOptions, startAlertmanager } from './alertmanager.ts';
import { launchBrowser } from './chromium.ts';
import { engineSocketPath } from './engine.ts';
import type { PartName, PartReport, RigReport } from './parts.ts';
import { type SshdOptions, startSshd, startSshdHosts } from './sshd.ts';
import { type SystemdHostOptions, startSystemdHost } from './systemd-host.ts';
import { startTinyContainer, type TinyContainerOptions } from './tiny-container.ts';

/** What a suite starts real parts with. Everything started through it is stopped after the suite's last test. */
export type Rig = ReturnType<typeof openRig>;

function openRig() {
  const started: (() => Promise<void>)[] = [];
  async function keep<T>(part: Promise<T>, stop: (part: T) => Promise<void>): Promise<T> {
    const ready = await part;
    let stopped = false;
    started.push(async () => {
      if (!stopped) await stop(ready);
      stopped = true;
    });
    return ready;
  }
  const rig = {
    engineSocketPath,
    startSshd: (options?: SshdOptions) => keep(startSshd(options), (sshd) => sshd.stop()),
    startSshdHosts: (count: number, options?: SshdOptions) =>
      keep(startSshdHosts(count, options), async (hosts) => {
        await Promise.all(hosts.map((sshd) => sshd.stop()));
      }),
    startSystemdHost: (options?: SystemdHostOptions) =>
      keep(startSystemdHost(options), (host) => host.stop()),
    startTinyContainer: (options?: TinyContainerOptions) =>
      keep(startTinyContainer(options), (container) => container.stop()),
    startAlertmanager: (options: AlertmanagerOptions) =>
      keep(startAlertmanager(options), (alertmanager) => alertmanager.stop()),
    launchBrowser: () => keep(launchBrowser(), (browser) => browser.close()),
    async stopAll(): Promise<void> {
      await Promise.all(started.splice(0).map((stop) => stop()));
    },
  };
  return rig;
}

type Missing = Extract<PartReport, { kind: 'missing' }>;

function firstMissing(
  report: RigReport,
  parts: readonly PartName[],
): readonly [PartName, Missing] | undefined {
  for (const name of parts) {
    const part = report[name];
    if (part.kind === 'missing') return [name, part];
  }
  return undefined;
}

/**
 * With both cores taken a browser page twice did not run its script within 20 s, for a cause not found yet. Only what is
 * looked at through a browser is tried again: elsewhere a second try would hide a race or a double.
 */
const BROWSER_RETRIES = process.env.CI === 'true' ? 1 : 0;

/**
 * A `describe` that needs real parts. Where one is missing the suite is skipped, and its title says which and how to
 * get it; with BOTSWAIN_TEST_NO_SKIP=1 it fails instead.
 */
export function describeWith(parts: readonly PartName[], title: string, body: (rig: Rig) => void): void {
  const absent = firstMissing(inject('rig'), parts);
  if (absent === undefined) {
    describe(title, { retry: parts.includes('chromium') ? BROWSER_RETRIES : 0 }, () => {
      const rig = openRig();
      afterAll(() => rig.stopAll());
      body(rig);
    });
    return;
  }
  const [name, part] = absent;
  const reason = `${name} is missing: ${part.why}; ${part.how}`;
  if (process.env.BOTSWAIN_TEST_NO_SKIP === '1') {
    describe(title, () => {
      it(`needs ${name}`, () => {
        throw new Error(`${reason}. Skipping is forbidden (BOTSWAIN_TEST_NO_SKIP=1).`);
      });
    });
    return;
  }
  appendFileSync(inject('rigSkips'), `${name}\t${title}\n`);
  describe.skip(`${title} [${reason}]`, () => body(openRig()));
}
