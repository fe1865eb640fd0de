import { type Target, targetKey } from '../domain/fleet.ts';
import { sudoersWord } from '../executors/receipt-sudo.ts';
import type { HostFacts } from './host.ts';
import { sudoWays } from './sudo-needs.ts';
import { knowsFolders, knowsRegularExpressions, sudoersRule } from './sudoers.ts';
import type { CallSources, CallWord, TargetCall } from './target-calls.ts';
import { callsOn } from './target-calls.ts';

/** What a file of sudoers is made for. */
export interface SudoersHost {
  readonly facts: Pick<HostFacts, 'user' | 'isRoot' | 'sudoVersion' | 'programs'>;
  /** Whether the host's docker has compose as a plugin; undefined where it could not be asked: then both ways are written. */
  readonly composePlugin: boolean | undefined;
  /** True where the host could not be asked, so that paths and version are guesses. */
  readonly guessed: boolean;
}

/** What a host is taken for that cannot be asked: a Debian of these years. */
export const GUESSED_HOST = {
  sudoVersion: '1.9.13',
  programs: new Map(
    ['systemctl', 'journalctl', 'docker', 'docker-compose', 'tail', 'stat'].map((name) => [
      name,
      `/usr/bin/${name}`,
    ]),
  ),
} as const;

/** Programs that need to start no other one here; for the rest NOEXEC would break them, or does nothing (static Go). */
const ALONE: readonly string[] = ['systemctl', 'journalctl', 'tail', 'stat'];

interface Rule {
  readonly words: readonly CallWord[];
  readonly cwd?: string;
  readonly why: string;
  readonly optional: boolean;
}

/** The ways in which one call goes through sudo on this host. */
function rulesOf(call: TargetCall, plugin: boolean | undefined): readonly Rule[] {
  const { words, sudo, why, optional } = call;
  const about = { why, optional, ...(call.cwd === undefined ? {} : { cwd: call.cwd }) };
  if (sudo) return [{ words, ...about }];
  const plain = words.filter((word) => typeof word === 'string');
  if (plain.length < words.length) return [];
  const [first, second] = sudoWays({ kind: 'argv', argv: plain });
  if (first === undefined) return [];
  const asked = (first.probe === undefined ? [] : [first.probe]).map((probe) => ({
    words: probe,
    why: 'which compose answers',
    optional,
  }));
  return [
    ...(plugin === false ? [] : [...asked, { words: first.argv, ...about }]),
    ...(plugin === true || second === undefined ? [] : [{ words: second.argv, ...about }]),
  ];
}

/** The engine behind a target, reached through sudo: that is as much as root. */
const streamRules = ({ configuration }: CallSources, target: Target): readonly Rule[] =>
  configuration.targets
    .filter(
      ({ environment, settings }) =>
        environment === target.environment && settings.via === target.name && settings.sudo === true,
    )
    .map(({ name }) => ({
      words: ['docker', 'system', 'dial-stdio'],
      why: `${name}: the whole engine, which is as much as root; components of the kind compose need less`,
      optional: false,
    }));

/** A compose program obeys the file in the folder it is called in, so the folder belongs into the line. */
function lineOf({ words, cwd }: Rule, { facts }: SudoersHost): string {
  const isAlone = ALONE.some((name) => name === words[0]);
  const folder = cwd !== undefined && knowsFolders(facts.sudoVersion) ? `CWD=${sudoersWord(cwd)} ` : '';
  return sudoersRule(words, facts, `${folder}NOPASSWD:${isAlone ? ' NOEXEC:' : ''}`);
}

/** Each line once, below all the reasons for it; `but` are lines that stand there already. */
function ruleLines(
  rules: readonly Rule[],
  host: SudoersHost,
  but: readonly string[] = [],
): readonly string[] {
  const reasons = new Map<string, string[]>();
  for (const rule of rules) {
    const line = lineOf(rule, host);
    reasons.set(line, [...new Set([...(reasons.get(line) ?? []), rule.why])]);
  }
  const fresh = [...reasons].filter(([line]) => !but.includes(line));
  return fresh.flatMap(([line, why]) => [`# ${why.join('; ')}`, line]);
}

function headLines(target: Target, { facts, guessed }: SudoersHost): readonly string[] {
  const key = targetKey(target);
  return [
    `# What Botswain may do as root on ${key}; made by \`botswain doctor --sudoers ${key}\`.`,
    '# Install it there as root:',
    '#   visudo -c -f botswain.sudoers && install -m 0440 -o root botswain.sudoers /etc/sudoers.d/botswain',
    ...(guessed
      ? ['# The host could not be asked: see that the paths are right there (`command -v systemctl`).']
      : []),
    ...(knowsRegularExpressions(facts.sudoVersion)
      ? []
      : [
          `# sudo ${facts.sudoVersion} knows no regular expressions (1.9.10 does): what stands for a * is not checked.`,
        ]),
  ];
}

/** A file for /etc/sudoers.d that lets the account do what the components of a target need, and nothing else. */
export async function sudoersFor(sources: CallSources, target: Target, host: SudoersHost): Promise<string> {
  const calls = await callsOn(sources, target);
  const rules = [
    ...streamRules(sources, target),
    ...calls.flatMap((call) => rulesOf(call, host.composePlugin)),
  ];
  const head = headLines(target, host);
  if (host.facts.isRoot) return [...head, `# Nothing: ${host.facts.user} is root there.`, ''].join('\n');
  if (rules.length === 0) return [...head, '# Nothing: no component there says `sudo: true`.', ''].join('\n');
  const needed = ruleLines(
    rules.filter(({ optional }) => !optional),
    host,
  );
  const rest = ruleLines(
    rules.filter(({ optional }) => optional),
    host,
    needed,
  );
  return [
    ...head,
    `Defaults:${host.facts.user} !requiretty`,
    ...needed,
    ...(rest.length === 0 ? [] : ['', '# Only for `logs` and `restart --recreate`:']),
    ...rest,
    '',
  ].join('\n');
}
