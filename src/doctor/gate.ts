import type { ArgvCall } from '../domain/call.ts';
import { type Diagnosis, doubtful, good } from '../domain/diagnosis.ts';
import { type Target, targetKey } from '../domain/fleet.ts';
import { placeIn } from '../executors/http-way.ts';
import { callLines } from '../executors/receipt-carry.ts';
import { findProgram } from '../executors/receipt-order.ts';
import { type GateRule, gateMark, gateScript } from '../executors/ssh/gate.ts';
import { addressOf, readSettings } from '../executors/ssh/settings.ts';
import { type CallWord, partsEre } from './call-words.ts';
import { type HostFacts, hostCall } from './host.ts';
import { sectionCalls } from './sections.ts';
import { sudoNeeds } from './sudo-needs.ts';
import { type CallSources, callsOn, type TargetCall } from './target-calls.ts';
import { wantedPrograms } from './wanted-programs.ts';

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

/** A word as the gate compares it: a line as it is, the name of a kind, or an expression. */
function compared(word: CallWord | undefined, line: string): string {
  if (word === undefined || typeof word === 'string') return line;
  return 'varies' in word ? word.varies : `~${partsEre(word.parts)}`;
}

const WAYS = { read: 'read', change: 'start', transfer: 'transfer' } as const;

/** Writes a call as its order comes in: the folder and each word as a line, but for those that vary. */
function ruleOf(call: TargetCall): GateRule {
  const { words, cwd, sudo, user, way } = call;
  const argv = words.map((word) => (typeof word === 'string' ? word : '0'));
  const as = { sudo, ...(cwd === undefined ? {} : { cwd }), ...(user === undefined ? {} : { user }) };
  const lines = callLines({ kind: 'argv', argv, ...as }).slice(0, -1);
  const before = lines.length - words.length;
  return {
    way: WAYS[way],
    words: lines.map((line, index) => compared(words[index - before], line)),
    why: [call.why, ...widened(words)].join('; '),
  };
}

/** What of a call is let through more widely than the settings have it. */
const widened = (words: readonly CallWord[]): readonly string[] => {
  const parts = words.flatMap((word) => (typeof word === 'object' && 'parts' in word ? word.parts : []));
  const why = parts.flatMap((part) =>
    typeof part === 'object' && part.widened !== undefined ? [part.widened] : [],
  );
  return [...new Set(why)];
};

/** What `botswain doctor` reads on a host beside the components. */
async function doctorCalls(sources: CallSources, target: Target): Promise<readonly TargetCall[]> {
  const fleet = { configuration: sources.configuration, kinds: sources.components };
  const needs = sudoNeeds(fleet, target);
  const about = 'botswain doctor';
  const list = (argv: readonly string[]): TargetCall =>
    literal({ kind: 'argv', argv: ['sudo', '-n', '-l', ...argv] }, `${about}: what sudo allows`);
  const ways = needs.flatMap((need) => need.ways);
  // Only the first way is asked for, before one is chosen.
  const probes = needs.flatMap(({ ways: [first] }) => (first?.probe === undefined ? [] : [first.probe]));
  return [
    literal(
      hostCall(target, await wantedPrograms(sources, target)),
      `${about}: the host's programs and clock`,
    ),
    ...sources.configuration.services.flatMap((service) =>
      sectionCalls(service, target).map((call) => literal(call, `${about}: folders and files`)),
    ),
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

/** Where a target that is reached through another one is, as sshd wants it; undefined where it is not. */
function placeBehind({ kind, settings }: Target, name: string): string | undefined {
  if (kind === 'ssh') return settings.jump === name ? addressOf(readSettings({ settings })) : undefined;
  if (kind !== 'http' || settings.via !== name || typeof settings.url !== 'string') return undefined;
  const { host, port } = placeIn(settings.url);
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Places that are reached through a target. */
function behind({ configuration }: CallSources, target: Target): readonly string[] {
  const places = configuration.targets
    .filter(({ environment }) => environment === target.environment)
    .flatMap((other) => placeBehind(other, target.name) ?? []);
  return [...new Set(places)];
}

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

/** A transfer of which nothing is sent is as good as a read, so that one of the two is enough. */
function eachOnce(all: readonly GateRule[]): readonly GateRule[] {
  const isTransfer = ({ way }: GateRule): boolean => way === 'transfer';
  const rules = [...all.filter(isTransfer), ...all.filter((rule) => !isTransfer(rule))];
  const keys = rules.map(({ way, words }) => JSON.stringify([way === 'start', words]));
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
  const all = [...calls, ...whereCalls(calls), ...(await doctorCalls(sources, target))];
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
