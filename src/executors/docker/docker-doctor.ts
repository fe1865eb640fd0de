import { z } from 'zod';
import { clockDiagnosis, type Diagnosis, good, wrong } from '../../domain/diagnosis.ts';
import { type Target, targetKey } from '../../domain/fleet.ts';
import { networkTrouble } from '../../domain/network-error.ts';
import type { Failed } from '../../domain/outcome.ts';
import type { ExecutorPorts } from '../executor.ts';
import { type Connection, connect } from './connection.ts';
import { engineTime, ping } from './engine-api.ts';
import { readSettings } from './settings.ts';
import { answeredStatus, engineWords } from './trouble.ts';

/** Milliseconds the engine may take for all of it, once there is a way to it. */
const LOOK_MS = 6_000;

const version = z.object({ Version: z.string(), ApiVersion: z.string() });

/** Tries a Docker engine: the way to it, a ping, its version and its clock. */
export async function diagnoseEngine(ports: ExecutorPorts, target: Target): Promise<readonly Diagnosis[]> {
  const opened = await connect(ports, target);
  if (opened.kind === 'unknown') return [wrong(opened.message)];
  if (opened.kind === 'failed') return [noWay(target, opened)];
  const signal = AbortSignal.timeout(LOOK_MS);
  try {
    return await look(opened.value, signal);
  } catch (error) {
    return [trouble(target, error, signal)];
  } finally {
    opened.value.close();
  }
}

/** What the way to it goes through is told where that target is. */
function noWay(target: Target, { message, remedy = '' }: Failed): Diagnosis {
  const { via, sudo } = readSettings(target);
  if (via === undefined) return wrong(message, remedy);
  const needs = sudo === true ? ', and what sudo refuses there' : '';
  return wrong(message, `First mend ${target.environment}/${via}${needs}.`, remedy);
}

async function look({ docker }: Connection, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  await ping(docker, signal);
  const told = version.parse(await docker.version());
  const from = Date.now();
  const time = await engineTime(docker, signal);
  return [
    good(`the engine answers: Docker ${told.Version}, API ${told.ApiVersion}`),
    clockDiagnosis('its clock', time - (from + Date.now()) / 2, 'whichever of the two is wrong'),
  ];
}

function trouble(target: Target, error: unknown, signal: AbortSignal): Diagnosis {
  const engine = `the engine of ${targetKey(target)}`;
  if (signal.aborted)
    return wrong(
      `${engine} does not answer within ${LOOK_MS / 1_000} s`,
      'See on its host whether it answers there: docker info',
    );
  if (answeredStatus(error) !== undefined)
    return wrong(
      `${engine} refuses: ${engineWords(error)}`,
      'Allow /_ping, /version and /info in the proxy in front of it.',
    );
  const { code, words } = networkTrouble(error);
  if (code === 'EACCES')
    return wrong(
      `${engine}: ${words}`,
      'Let the user Botswain runs as use the socket: usermod -aG docker USER, then start the bot again.',
    );
  return wrong(
    `${engine} cannot be reached: ${words}`,
    'See that dockerd runs (systemctl status docker on its host) and that the address in targets.yaml is right.',
  );
}
