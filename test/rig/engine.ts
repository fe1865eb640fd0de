import { docker, tryDocker } from './docker-cli.ts';
import { rigImages } from './images.ts';

/** The Docker engine of this machine, as the tests reach it. */
export type Engine = {
  readonly socketPath: string;
  readonly version: string;
};

/** The engine's socket: of DOCKER_HOST if that is a socket, else the usual place. */
export const engineSocketPath = process.env.DOCKER_HOST?.startsWith('unix://')
  ? process.env.DOCKER_HOST.slice('unix://'.length)
  : '/var/run/docker.sock';

/** Asks the engine for its version; undefined when none answers within 30 s, because a busy machine is no absent engine. */
export async function findEngine(): Promise<Engine | undefined> {
  const answer = await tryDocker(['version', '--format', '{{.Server.Version}}'], { seconds: 30 });
  return answer.exitCode === 0 ? { socketPath: engineSocketPath, version: answer.stdout } : undefined;
}

/** Whether the engine holds an image. */
export async function hasImage(tag: string): Promise<boolean> {
  return (await tryDocker(['image', 'inspect', tag])).exitCode === 0;
}

/** When the engine last started a container, and its process: the pair that tells a real restart. */
export async function containerStart(
  name: string,
): Promise<{ readonly startedAt: string; readonly pid: number }> {
  const [startedAt = '', pid] = (
    await docker('inspect', '-f', '{{.State.StartedAt}} {{.State.Pid}}', name)
  ).split(' ');
  return { startedAt, pid: Number(pid) };
}

/** The tag of the busybox image the container tests start. */
export async function tinyImage(): Promise<string> {
  return (await rigImages()).tiny;
}
