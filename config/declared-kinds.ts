import { z } from 'zod';
import { secretReference } from './fields.ts';

/** Kinds of target that can be declared before an executor for them exists; their settings are taken as they are. */
export const DECLARED_TARGET_KINDS = [
  {
    kind: 'kubernetes',
    summary: 'A Kubernetes cluster; declared only, no executor yet.',
    settings: z.looseObject({
      kubeconfig: secretReference.optional().describe('the kubeconfig that reaches it'),
      context: z.string().min(1).optional().describe('the context in it'),
      namespace: z.string().min(1).optional().describe('the namespace its components live in'),
    }),
  },
  {
    kind: 'render',
    summary: 'An account at render.com; declared only, no executor yet.',
    settings: z.looseObject({
      api_key: secretReference.optional().describe('the API key'),
    }),
  },
] as const;
