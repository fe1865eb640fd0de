import type { SecretReader } from '../../config/secrets.ts';
import { checkKinds } from '../checks/registry.ts';
import { componentKinds } from '../components/registry.ts';
import type { Configuration } from '../domain/configuration.ts';
import { type Target, targetKey } from '../domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import { executorKinds } from '../executors/registry.ts';
import { readCredentials } from '../executors/ssh/credentials.ts';
import { readSettings } from '../executors/ssh/settings.ts';
import { COMPOSE_PLUGIN, gateFor } from './gate.ts';
import { askHost, type HostFacts } from './host.ts';
import { Reach } from './reach.ts';
import { GUESSED_HOST, sudoersFor } from './sudoers-file.ts';
import type { CallSources } from './target-calls.ts';
import { wantedPrograms } from './wanted-programs.ts';

/** A file the doctor writes for a target. */
export interface Wanted {
  readonly kind: 'sudoers' | 'gate';
  /** As a person typed it: `production/karmabot-server`, or the name alone where there is one. */
  readonly target: string;
}

/** A file, and what is to be said beside it. */
export interface Written {
  readonly text: string;
  readonly notes: readonly string[];
}

/** The target somebody means; failed with what there is instead. */
export function targetNamed({ targets }: Pick<Configuration, 'targets'>, named: string): Outcome<Target> {
  const hosts = targets.filter(({ kind }) => kind === 'ssh' || kind === 'local');
  const found = hosts.filter((target) => [targetKey(target), target.name].includes(named));
  const [first, ...more] = found;
  if (first !== undefined && more.length === 0) return succeeded(first);
  const names = (found.length > 1 ? found : hosts).map(targetKey).join(', ');
  return failed(
    'INPUT_UNKNOWN_SUBJECT',
    found.length > 1 ? `"${named}" could be ${names}` : `there is no host called "${named}" in targets.yaml`,
    names === '' ? 'Add a target of the kind ssh.' : `Name one of: ${names}.`,
  );
}

/** Writes a file for a target; what the host itself knows (paths, versions, our address) is asked there where it answers. */
export async function writeFor(
  configuration: Configuration,
  wanted: Wanted,
  secret: SecretReader,
): Promise<Outcome<Written>> {
  const target = targetNamed(configuration, wanted.target);
  if (target.kind !== 'succeeded') return target;
  if (wanted.kind === 'gate' && target.value.kind !== 'ssh')
    return failed(
      'INPUT_NOT_SUPPORTED',
      `${targetKey(target.value)} is this machine; a gate is for hosts reached over SSH`,
      'Name a target of the kind ssh.',
    );
  const sources = { configuration, components: componentKinds, checks: checkKinds };
  const reach = new Reach(configuration, executorKinds, secret);
  try {
    const host = await ask(sources, target.value, reach);
    const text =
      wanted.kind === 'gate'
        ? gate(sources, target.value, { host, reach })
        : sudoers(sources, target.value, host);
    return succeeded({ text: await text, notes: host.kind === 'told' ? [] : host.notes });
  } finally {
    await reach.close();
  }
}

type Host =
  | { readonly kind: 'told'; readonly facts: HostFacts; readonly composePlugin: boolean | undefined }
  | { readonly kind: 'silent'; readonly notes: readonly string[] };

async function ask(sources: CallSources, target: Target, reach: Reach): Promise<Host> {
  const read = reach.read(target);
  const facts = await askHost(read, target, await wantedPrograms(sources, target));
  if (facts.kind !== 'succeeded')
    return { kind: 'silent', notes: [`the host could not be asked: ${facts.message}`] };
  const answer = facts.value.programs.has('docker') ? await read(COMPOSE_PLUGIN) : undefined;
  const composePlugin = answer?.kind === 'succeeded' ? answer.value.code === 0 : undefined;
  return { kind: 'told', facts: facts.value, composePlugin };
}

const userOf = (target: Target): string =>
  target.kind === 'ssh' ? readSettings(target).user : 'ACCOUNT-OF-BOTSWAIN';

function sudoers(sources: CallSources, target: Target, host: Host): Promise<string> {
  if (host.kind === 'told') return sudoersFor(sources, target, { ...host, guessed: false });
  const facts = { ...GUESSED_HOST, user: userOf(target), isRoot: false };
  return sudoersFor(sources, target, { facts, composePlugin: undefined, guessed: true });
}

function gate(
  sources: CallSources,
  target: Target,
  { host, reach }: { readonly host: Host; readonly reach: Reach },
): Promise<string> {
  const credentials = readCredentials(reach.ports, target);
  const publicKey = credentials.kind === 'succeeded' ? credentials.value.publicKey : undefined;
  return gateFor(sources, target, {
    facts: host.kind === 'told' ? host.facts : undefined,
    ...(publicKey === undefined ? {} : { publicKey }),
  });
}
