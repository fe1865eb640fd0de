import { heartbeatCheckKind } from '../src/checks/heartbeat.ts';
import type { ServiceDraft } from './drafts.ts';
import type { ServiceHere } from './place.ts';
import type { Finding } from './problem.ts';
import { entry, text } from './read.ts';

/** A service's file, and what it says in each environment. */
interface Listening {
  readonly draft: ServiceDraft;
  readonly here: readonly ServiceHere[];
}

/** A check that waits for calls under a name. */
interface Listener {
  readonly service: ServiceDraft;
  readonly check: string;
  /** As people write it: `shop/nightly@production`. */
  readonly words: string;
  readonly heard: string;
}

const listenersOf = ({ draft, here }: Listening): readonly Listener[] =>
  here.flatMap(({ content, environment }) =>
    Object.entries(entry(entry(content).checks)).flatMap(([check, value]): readonly Listener[] => {
      const { kind, name } = entry(value);
      const heard = text(name);
      if (kind !== heartbeatCheckKind.kind || heard === undefined) return [];
      return [{ service: draft, check, words: `${draft.name}/${check}@${environment}`, heard }];
    }),
  );

/** Checks that wait for calls under one name, at the first of them in each file: what one program says counts for all. */
export function heartbeatWarnings(
  services: readonly Listening[],
): readonly { readonly service: ServiceDraft; readonly finding: Finding }[] {
  const all = services.flatMap(listenersOf);
  return all.flatMap((own, index) => {
    const same = all.filter(({ heard }) => heard === own.heard);
    const isFirst = all.findIndex(({ service, heard }) => service === own.service && heard === own.heard);
    if (same.length === 1 || isFirst !== index) return [];
    const path = ['checks', own.check, 'name'];
    const message = `${same.map(({ words }) => words).join(' and ')} wait for the same calls, /heartbeats/${own.heard}: while one of them calls, the others look well`;
    const remedy = `give each its own name; for environments a variable of the target: "\${server.heartbeat}"`;
    return [{ service: own.service, finding: { path, at: 'value', message, remedy } }];
  });
}
