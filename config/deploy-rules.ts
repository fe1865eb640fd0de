import { deployKinds } from '../src/deploys/registry.ts';
import type { ServiceDraft, TargetDraft } from './drafts.ts';
import type { Finding, KeyPath } from './problem.ts';
import { entry, text, texts } from './read.ts';
import { lostName } from './references.ts';
import type { Registries } from './schema.ts';

/** Where a deploy names a component. */
function named(
  deploy: Readonly<Record<string, unknown>>,
): readonly (readonly [string, KeyPath, Finding['at']])[] {
  const own = text(deploy.component);
  return [
    ...(own === undefined ? [] : [[own, ['deploy', 'component'], 'value'] as const]),
    ...(texts(deploy.components) ?? []).map(
      (name, index) => [name, ['deploy', 'components', index], 'value'] as const,
    ),
    ...Object.keys(entry(deploy.afterwards)).map(
      (name) => [name, ['deploy', 'afterwards', name], 'key'] as const,
    ),
  ];
}

/** A target of another kind than those that carry out what this kind of deploy calls. */
function reachFindings(
  service: ServiceDraft,
  targets: readonly TargetDraft[],
  registries: Registries,
): readonly Finding[] {
  const deploy = entry(service.content.deploy);
  const calls = deployKinds.find(({ kind }) => kind === deploy.kind)?.calls ?? [];
  const home = service.parts.find(
    ({ section, name }) => section === 'components' && name === deploy.component,
  );
  const wrong = targets.find(({ name, kind }) => {
    const executor = registries.executors.find((known) => known.kind === kind);
    return (
      name === home?.target && executor !== undefined && calls.some((call) => !executor.calls.includes(call))
    );
  });
  if (wrong === undefined) return [];
  return [
    {
      path: ['deploy', 'component'],
      at: 'value',
      message: `${wrong.name} is a target of kind ${wrong.kind}, where no programs can be run, so nothing is deployed there by ${text(deploy.kind)}`,
      remedy: 'name a component that lives on a host',
    },
  ];
}

/** What a service's deploy names that is not there; `targets` is undefined where targets.yaml cannot be read. */
export function deployFindings(
  service: ServiceDraft,
  targets: readonly TargetDraft[] | undefined,
  registries: Registries,
): readonly Finding[] {
  const deploy = entry(service.content.deploy);
  const components = service.parts.filter(({ section }) => section === 'components').map(({ name }) => name);
  const lost = named(deploy)
    .filter(([name]) => !components.includes(name))
    .map(([name, path, at]): Finding => {
      const { guess, remedy } = lostName(name, components, `add ${name} to components`);
      return { path, at, message: `there is no component "${name}"${guess}`, remedy };
    });
  const migrate = text(deploy.migrate);
  const procedures = Object.keys(entry(service.content.procedures));
  if (migrate !== undefined && !procedures.includes(migrate)) {
    const { guess, remedy } = lostName(migrate, procedures, `add ${migrate} to procedures`);
    const message = `there is no procedure "${migrate}"${guess}`;
    return [...lost, { path: ['deploy', 'migrate'], at: 'value', message, remedy }];
  }
  return [...lost, ...reachFindings(service, targets ?? [], registries)];
}
