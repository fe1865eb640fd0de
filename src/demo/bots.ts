import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { loadConfiguration } from '../../config/load.ts';
import { formatProblems } from '../../config/problem.ts';
import { httpCheckKind } from '../checks/http.ts';
import { tcpCheckKind } from '../checks/tcp.ts';
import type { Component, ComponentAction } from '../components/component.ts';
import { processKind } from '../components/process.ts';
import type { Call, CallResult } from '../domain/call.ts';
import type { PlacedService } from '../domain/configuration.ts';
import { componentKey } from '../domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import { sshKind } from '../executors/ssh/ssh.ts';
import { sources } from '../intake/registry.ts';

/** What the demo says about its bots. */
export type DemoLog = (level: 'debug' | 'info' | 'warn', message: string) => void;

/** The bots of the demo, started and stopped from here only when the demo itself starts and stops. */
export interface DemoBots {
  /** Starts all. With `resume` those that were stopped by hand stay so and those that run are kept. */
  start(resume: boolean): Promise<void>;
  /** Waits until all of their checks pass, no longer than that; false = not all do. */
  becomeReady(withinMs: number): Promise<boolean>;
  stop(): Promise<void>;
}

const DEADLINE_MS = 20_000;
const CHECK_PAUSE_MS = 25;
/** How long a restart under way may leave a PID file of a process that has ended; 0.1 s where the machine is idle. */
const PATIENCE_MS = 1_000;

interface Bot {
  readonly key: string;
  readonly component: Component;
}

/** Carries out a call here, with the same environment as over SSH. */
function carryOut(call: Call, environment: Readonly<Record<string, string>>): Promise<Outcome<CallResult>> {
  if (call.kind !== 'argv') throw new Error(`a process makes no call of ${call.kind}`);
  const [program = '', ...args] = call.argv;
  const begun = performance.now();
  return new Promise((resolve) => {
    // A session of its own, so that Ctrl-C in the terminal of Botswain does not reach it.
    const child = spawn(program, args, {
      ...(call.cwd === undefined ? {} : { cwd: call.cwd }),
      env: environment,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: DEADLINE_MS,
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      output.stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output.stderr += chunk.toString();
    });
    child.on('error', (error) => resolve(failed('TARGET_NOT_STARTED', error.message)));
    child.on('close', (code) =>
      resolve(
        succeeded({
          ...output,
          code: code ?? 1,
          truncated: false,
          durationMs: performance.now() - begun,
        }),
      ),
    );
  });
}

async function loadServices(configFolder: string): Promise<readonly PlacedService[]> {
  const loaded = await loadConfiguration(configFolder, {
    executors: [sshKind],
    components: [processKind],
    checks: [httpCheckKind, tcpCheckKind],
    sources,
  });
  if (loaded.kind === 'broken') throw new Error(`config/demo is broken:\n${formatProblems(loaded.problems)}`);
  return loaded.configuration.services;
}

const botsOf = (services: readonly PlacedService[]): readonly Bot[] =>
  services.flatMap(({ components }) =>
    components.map((placed) => ({
      key: componentKey(placed.ref),
      component: processKind.bind(placed.settings, { ref: placed.ref, target: placed.target }),
    })),
  );

async function allChecksPass(services: readonly PlacedService[]): Promise<boolean> {
  const kinds = [httpCheckKind, tcpCheckKind];
  const looks = services.flatMap(({ checks }) =>
    checks.map(async (placed) => {
      const componentStatus = async () => failed('INPUT_NOT_SUPPORTED', 'the demo looks from outside');
      const kind = kinds.find((known) => known.kind === placed.kind);
      const secret = () => failed('CONFIG_SECRET_MISSING', 'the demo has no secrets');
      const check = kind?.bind(placed.settings, { componentStatus, secret, now: Date.now });
      const look = await check?.look(AbortSignal.timeout(placed.timeoutMs));
      return look?.verdict === 'pass';
    }),
  );
  return (await Promise.all(looks)).every(Boolean);
}

async function becomeReady(services: readonly PlacedService[], withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (!(await allChecksPass(services))) {
    if (performance.now() >= until) return false;
    await pause(CHECK_PAUSE_MS);
  }
  return true;
}

/** Reads which bots there are from the demo's configuration; throws where that is broken. */
export async function demoBots(given: {
  readonly configFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: DemoLog;
}): Promise<DemoBots> {
  const { environment, log } = given;
  const services = await loadServices(given.configFolder);
  const bots = botsOf(services);

  const act = async ({ key, component }: Bot, action: ComponentAction): Promise<void> => {
    for (const { call } of component.steps(action)) {
      const outcome = await carryOut(call, environment);
      const words =
        outcome.kind === 'succeeded' ? outcome.value.stderr || outcome.value.stdout : outcome.message;
      const good = outcome.kind === 'succeeded' && outcome.value.code === 0;
      log(good ? 'debug' : 'warn', `demo: ${action} ${key}: ${words.trim()}`);
    }
  };

  const stateOf = async ({ component }: Bot): Promise<string> => {
    const status = await component.status((call) => carryOut(call, environment));
    return status.kind === 'succeeded' ? status.value.state : 'unknown';
  };

  // Failing = its PID file is there and its process is not: it died, or the machine was restarted. A restart that goes
  // on from before the kill looks the same for a moment, and must not be joined by a start of ours.
  const resumeOne = async (bot: Bot): Promise<void> => {
    const state = await stateOf(bot);
    log('info', `demo: found ${bot.key} ${state}`);
    if (state !== 'failing') return;
    await pause(PATIENCE_MS);
    if ((await stateOf(bot)) === 'failing') await act(bot, 'start');
  };

  return {
    async start(resume) {
      await Promise.all(bots.map((bot) => (resume ? resumeOne(bot) : act(bot, 'start'))));
    },
    becomeReady: (withinMs) => becomeReady(services, withinMs),
    async stop() {
      await Promise.all(bots.map((bot) => act(bot, 'stop')));
    },
  };
}
