import { posix } from 'node:path';
import { type Target, targetKey } from '../domain/fleet.ts';
import { sudoersWord } from '../executors/receipt-sudo.ts';
import type { CallWord } from './call-words.ts';
import { deploySudo } from './deploy-sudo.ts';
import type { HostFacts } from './host.ts';
import { sudoWays } from './sudo-needs.ts';
import { knowsFolders, knowsRegularExpressions, lacking, sudoersRules, whyUnwritable } from './sudoers.ts';
import type { CallSources, TargetCall } from './target-calls.ts';
import { callsOn } from './target-calls.ts';

/** What a file of sudoers is made for. */
export interface SudoersHost {
  readonly facts: Pick<HostFacts, 'user' | 'isRoot' | 'sudoVersion' | 'programs'>;
  /** Whether the host's docker has compose as a plugin; undefined where it could not be asked: then both ways are written. */
  readonly composePlugin: boolean | undefined;
  /** True where the host could not be asked, so that paths and version are guesses. */
  readonly guessed: boolean;
}

/** Programs that Debian has for root. */
const FOR_ROOT: readonly string[] = [
  ...['nginx', 'ufw', 'useradd', 'usermod', 'userdel', 'groupadd', 'adduser', 'deluser', 'service'],
  ...['logrotate', 'iptables', 'nft', 'reboot', 'shutdown', 'sysctl', 'swapon', 'swapoff', 'sshd'],
];

/** What a host is taken for that cannot be asked: a Debian of these years, whose programs are where Debian has them. */
export const GUESSED_HOST = { sudoVersion: '1.9.13', programs: new Map<string, string>() } as const;

const guessedPath = (name: string): string => `${FOR_ROOT.includes(name) ? '/usr/sbin' : '/usr/bin'}/${name}`;

/** Programs that need to start no other one here; for the rest NOEXEC would break them, or does nothing (static Go). */
const ALONE: readonly string[] = ['systemctl', 'journalctl', 'tail', 'stat'];

interface Rule {
  readonly words: readonly CallWord[];
  readonly cwd?: string;
  readonly runAs?: string;
  readonly why: string;
  readonly optional: boolean;
}

/** The ways in which one call goes through sudo on this host. */
function rulesOf(call: TargetCall, plugin: boolean | undefined): readonly Rule[] {
  const { words, sudo, user, why, optional } = call;
  const about = { why, optional, ...(call.cwd === undefined ? {} : { cwd: call.cwd }) };
  if (user !== undefined) return [{ words, runAs: user, ...about }];
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

/** The full path of a rule's program; undefined where nobody knows it. */
function pathOf({ words: [name], cwd }: Rule, { facts, guessed }: SudoersHost): string | undefined {
  if (typeof name !== 'string') return undefined;
  if (name.startsWith('/')) return name;
  if (name.includes('/')) return cwd === undefined ? undefined : posix.join(cwd, name);
  return facts.programs.get(name) ?? (guessed ? guessedPath(name) : undefined);
}

/** A compose program obeys the file in the folder it is called in, so the folder belongs into the line. */
function linesOf(rule: Rule, path: string, { facts }: SudoersHost): readonly string[] {
  const { words, cwd, runAs } = rule;
  const isAlone = ALONE.some((name) => name === words[0]);
  const folder = cwd !== undefined && knowsFolders(facts.sudoVersion) ? `CWD=${sudoersWord(cwd)} ` : '';
  const options = `${folder}NOPASSWD:${isAlone ? ' NOEXEC:' : ''}`;
  return sudoersRules([path, ...words.slice(1)], facts, { runAs, options });
}

/** The lines for a rule, or why there is none. */
function writtenRule(rule: Rule, host: SudoersHost): readonly string[] {
  const { words } = rule;
  const version = host.facts.sudoVersion;
  const path = pathOf(rule, host);
  const not = (why: string): readonly string[] => [`# NOT ALLOWED: ${shown(words)}: ${why}.`];
  if (path === undefined) return not('it was not found there: install it, then make this file anew');
  const why = whyUnwritable(words, version);
  if (why !== undefined) return not(`${why}: ${INSTEAD}`);
  const lines = linesOf(rule, path, host);
  const lacks = lacking(words, version).map((each) => `# ${each}`);
  return [...lacks, ...lines];
}

const INSTEAD =
  'no line is written, and sudo will refuse it. Narrow its pattern, or put the program with its words into a script of root, and let the settings run that';

const LONGEST_SHOWN = 160;

/** Words as people recognise them, on one line. */
function shown(words: readonly CallWord[]): string {
  const text = words.map((word) => (typeof word === 'string' ? word : '…')).join(' ');
  const line = text.replace(/\s+/g, ' ').replace(/\p{C}/gu, '');
  return line.length > LONGEST_SHOWN ? `${line.slice(0, LONGEST_SHOWN - 1)}…` : line;
}

/** Each line once, below all the reasons for it; `but` are lines that stand there already. */
function ruleLines(
  rules: readonly Rule[],
  host: SudoersHost,
  but: readonly string[] = [],
): readonly string[] {
  const reasons = new Map<string, string[]>();
  for (const rule of rules) {
    const text = writtenRule(rule, host).join('\n');
    reasons.set(text, [...new Set([...(reasons.get(text) ?? []), rule.why])]);
  }
  const fresh = [...reasons].filter(([text]) => !but.includes(text));
  return fresh.flatMap(([text, why]) => [`# ${why.join('; ')}`, text]);
}

function headLines(target: Target, { facts, guessed }: SudoersHost): readonly string[] {
  const key = targetKey(target);
  return [
    `# What Botswain may do through sudo on ${key}; made by \`botswain doctor --sudoers ${key}\`.`,
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
    ...sources.configuration.services
      .flatMap((service) => deploySudo(service, target))
      .flatMap((call) => rulesOf(call, host.composePlugin)),
  ];
  const head = headLines(target, host);
  if (host.facts.isRoot) return [...head, `# Nothing: ${host.facts.user} is root there.`, ''].join('\n');
  if (rules.length === 0)
    return [...head, '# Nothing: nothing there says `sudo: true` or `user`.', ''].join('\n');
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
    ...(rest.length === 0
      ? []
      : ['', '# Only for `logs`, `restart --recreate`, procedures, deploys, backups and variables:']),
    ...rest,
    '',
  ].join('\n');
}
