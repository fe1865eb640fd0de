import type { DeployKind } from './deploy.ts';
import { gitKind } from './git.ts';

/** Every way a service file may name for new versions to get to a target. */
export const deployKinds: readonly DeployKind[] = [gitKind];
