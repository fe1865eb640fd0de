import { dockerKind } from './docker/docker.ts';
import type { ExecutorKind } from './executor.ts';
import { httpKind } from './http.ts';
import { localKind } from './local.ts';
import { sshKind } from './ssh/ssh.ts';

/** Every kind of target that can be reached. */
export const executorKinds: readonly ExecutorKind[] = [sshKind, dockerKind, localKind, httpKind];
