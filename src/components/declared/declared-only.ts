import type { ComponentRef, Target } from '../../domain/fleet.ts';
import { componentKey } from '../../domain/fleet.ts';
import { failed } from '../../domain/outcome.ts';
import type { Component } from '../component.ts';

/** A component that can be named in the settings before anything reaches it: every look says so. */
export function declaredOnly(
  kind: string,
  where: { readonly ref: ComponentRef; readonly target: Target },
): Component {
  const refused = failed(
    'TARGET_NO_EXECUTOR',
    `${componentKey(where.ref)}: no executor yet for components of kind ${kind}`,
    'It is declared so that it can be named; its checks work.',
  );
  return {
    actions: [],
    steps: (action) => {
      throw new Error(`a ${kind} component has no action ${action}`);
    },
    status: async () => refused,
    identity: async () => refused,
    logs: async () => refused,
  };
}
