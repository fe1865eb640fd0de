import type { ArgvCall } from '../domain/call.ts';
import { type Diagnosis, doubtful, good } from '../domain/diagnosis.ts';
import { type Target, targetKey } from '../domain/fleet.ts';
import { callLines } from '../executors/receipt-carry.ts';
import { findProgram } from '../executors/receipt-order.ts';
import { type GateRule, gateMark, gateScript } from '../executors/ssh/gate.ts';
import { addressOf, readSettings } from '../executors/ssh/settings.ts';
import { type HostFacts, hostCall } from './host.ts';
import { programsOf, sudoNeeds } from './sudo-needs.ts';
import { type CallSources, callsOn, type TargetCall } from './target-calls.ts';

/** Where the gate is installed on a target. */
export const GATE_PATH = '/usr/local/bin/botswain-gate';

/** What is known of the way to a target, for the line of authorized_keys. */
export interface GateWay {
  /** What the host told, where it could be asked. */
  readonly facts: Pick<HostFacts, 'seesUsAs'> | undefined;
  /** The key we log in with, `ssh-ed25519 AAAA… botswain`; absent where an agent holds it. */
  readonly publicKey?: string;
}

const literal = (call: ArgvCall, why: string): TargetCall => ({
  words: call.argv,
  ...(call.cwd === undefined ? {} : { cwd: call.cwd }),
  sudo: call.sudo === true,
  way: 'read',
  why,
  optional: false,
});

/** Writes a call as its order comes in: the folder and each word as a line, but for those that vary. */
function ruleOf({ words, cwd, sudo, way, why }: TargetCall): GateRule {
  const argv = words.map((word) => (typeof word === 'string' ? word : '0'));
  const lines = callLines({ kind: 'argv', argv, sudo, ...(cwd === undefined ? {} : { cwd }) }).slice(0, -1);
  const before = lines.length - words.length;
  const compared = lines.map((line, index) => {
    const word = words[index - before];
    return word === undefined || typeof word === 'string' ? line : word.varies;
  });
  return { way: way === 'change' ? 'start' : 'read', words: compared, why };
}

/** What `botswain doctor` reads on a host beside the components. */
function doctorCalls(sources: CallSources, target: Target): readonly TargetCall[] {
  const fleet = { configuration: sources.configuration, kinds: sources.components };
  const needs = sudoNeeds(fleet, target);
  const about = 'botswain doctor';
  const list = (argv: readonly string[]): TargetCall =>
    literal({ kind: 'argv', argv: ['sudo', '-n', '-l', ...argv] }, `${about}: what sudo allows`);
  const ways = needs.flatMap((need) => need.ways);
  // Only the first way is asked for, before one is chosen.
  const probes = needs.flatMap(({ ways: [first] }) => (first?.probe === undefined ? [] : [first.probe]));
  return [
    literal(hostCall(target, programsOf(needs)), `${about}: the host's programs and clock`),
    literal(COMPOSE_PLUGIN, `${about}: whether compose is a plugin`),
    ...(needs.length === 0 ? [] : [list([])]),
    ...ways.map(({ argv }) => list(argv)),
    ...probes.map((argv) => literal({ kind: 'argv', argv, sudo: true }, `${about}: which compose answers`)),
  ];
}

/** Tells by its code whether the host's docker has compose as a plugin; needs no engine and no rights. */
export const COMPOSE_PLUGIN: ArgvCall = { kind: 'argv', argv: ['docker', 'compose', 'version'] };

/** Where a program is, which is asked when sudo refused it. */
function whereCalls(calls: readonly TargetCall[]): readonly TargetCall[] {
  const names = calls.flatMap(({ words: [name], sudo }) => (sudo && typeof name === 'string' ? [name] : []));
  return [...new Set(names)].map((name) =>
    literal(findProgram(name), `where ${name} is, after sudo refused it`),
  );
}

function streamsOf({ configuration }: CallSources, target: Target): readonly string[] {
  const engines = configuration.targets.filter(
    ({ kind, environment, settings }) =>
      kind === 'docker' && environment === target.environment && settings.via === target.name,
  );
  const lines = engines.map(
    ({ settings }) => `exec ${settings.sudo === true ? 'sudo -n ' : ''}docker system dial-stdio`,
  );
  return [...new Set(lines)];
}

/** Targets that are reached through this one, as sshd wants them. */
const behind = ({ configuration }: CallSources, target: Target): readonly string[] =>
  configuration.targets
    .filter(
      ({ kind, environment, settings }) =>
        kind === 'ssh' && environment === target.environment && settings.jump === target.name,
    )
    .map((other) => addressOf(readSettings(other)));

/** The line of authorized_keys that leads a key to the gate and nowhere else. */
export function authorizedKey(sources: CallSources, target: Target, { facts, publicKey }: GateWay): string {
  const address = facts?.seesUsAs ?? '';
  const jumps = behind(sources, target);
  const options = [
    'restrict',
    ...(jumps.length === 0 ? [] : ['port-forwarding', ...jumps.map((place) => `permitopen="${place}"`)]),
    ...(address === '' ? [] : [`from="${address}"`]),
    `command="exec ${GATE_PATH}"`,
  ];
  return `${options.join(',')} ${publicKey ?? 'PUBLIC-KEY-OF-BOTSWAIN'}`;
}

function eachOnce(rules: readonly GateRule[]): readonly GateRule[] {
  const keys = rules.map(({ way, words }) => JSON.stringify([way, words]));
  return rules.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

/** Says of a host whose key opens a gate whether that is the one these settings make; nothing where there is none. */
export async function gateDiagnoses(
  sources: CallSources,
  target: Target,
  { gate }: Pick<HostFacts, 'gate'>,
): Promise<readonly Diagnosis[]> {
  if (gate === '') return [];
  const wanted = gateMark(await gateFor(sources, target, { facts: undefined }));
  if (gate === wanted) return [good('the key opens the gate only, and it is the one for these settings')];
  return [
    doubtful(
      'the gate there was made for other settings or by another version, so that some calls may be refused',
      `Make it anew: botswain doctor --gate ${targetKey(target)}`,
    ),
  ];
}

/** The whole gate of a target, with how to install it in its head. */
export async function gateFor(sources: CallSources, target: Target, way: GateWay): Promise<string> {
  const { user, receipts } = readSettings(target);
  const calls = await callsOn(sources, target);
  const all = [...calls, ...whereCalls(calls), ...doctorCalls(sources, target)];
  const address = way.facts?.seesUsAs ?? '';
  return gateScript({
    target: targetKey(target),
    receipts: receipts ?? '',
    rules: eachOnce(all.map(ruleOf)),
    streams: streamsOf(sources, target),
    head: [
      `Made by \`botswain doctor --gate ${targetKey(target)}\`; make it anew when the settings or Botswain change.`,
      'Install it there as root:',
      `  install -m 0755 -o root botswain-gate ${GATE_PATH}`,
      `and let this be the only line of ~${user}/.ssh/authorized_keys for this key:`,
      `  ${authorizedKey(sources, target, way)}`,
      ...(address === ''
        ? ['Add from="ADDRESS" with the address Botswain comes from; the host could not be asked for it.']
        : []),
    ],
  });
}
