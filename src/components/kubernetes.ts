import { z } from 'zod';
import type { ComponentKind } from './component.ts';
import { declaredOnly } from './declared/declared-only.ts';

const name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'not a Kubernetes name\nuse a-z, 0-9, dots and dashes');

const settings = z.strictObject({
  namespace: name.describe('Namespace of the workload'),
  deployment: name.describe('Name of the deployment'),
  container: name
    .exactOptional()
    .describe('Name of the container in its pods; needed where there are several'),
});

/** A Kubernetes deployment; declared only. */
export const kubernetesKind: ComponentKind = {
  kind: 'kubernetes',
  summary: 'A Kubernetes deployment (declared only: no executor yet)',
  calls: [],
  settings,
  bind(given, where) {
    settings.parse(given);
    return declaredOnly('kubernetes', where);
  },
};
