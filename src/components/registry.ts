import type { ComponentKind } from './component.ts';
import { composeKind } from './compose.ts';
import { containerKind } from './container.ts';
import { kubernetesKind } from './kubernetes.ts';
import { processKind } from './process.ts';
import { renderKind } from './render.ts';
import { supervisorKind } from './supervisor.ts';
import { systemdKind } from './systemd.ts';

/** Every kind of component a service file may name. */
export const componentKinds: readonly ComponentKind[] = [
  composeKind,
  containerKind,
  systemdKind,
  supervisorKind,
  processKind,
  kubernetesKind,
  renderKind,
];
