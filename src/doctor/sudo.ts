import type { Read } from '../components/component.ts';
import { type Diagnosis, doubtful, good, wrong } from '../domain/diagnosis.ts';
import type { HostFacts } from './host.ts';
import type { SudoNeed, SudoWay } from './sudo-needs.ts';
import { knowsRegularExpressions, sudoersLine } from './sudoers.ts';

/** What sudo would not run, or might ask a password for. */
export interface SudoRefusal {
  readonly argv: readonly string[];
  readonly optional: boolean;
}

/** Asks sudo which of these it would run without a password; nothing is run but what a launcher runs to choose. */
export async function refusedNeeds(
  read: Read,
  facts: HostFacts,
  needs: readonly SudoNeed[],
): Promise<readonly SudoRefusal[]> {
  if (facts.isRoot || needs.length === 0) return [];
  const allows = await listing(read);
  const asked = needs.map(async ({ ways, optional }): Promise<readonly SudoRefusal[]> => {
    const way = await chosen(read, facts, ways);
    if (await allows(way.argv)) return [];
    // The launcher asks only the first, before it chooses.
    const probe = way !== ways[0] || way.probe === undefined ? [] : [{ argv: way.probe, optional }];
    return [...probe, { argv: way.argv, optional }];
  });
  return (await Promise.all(asked)).flat();
}

/** The way a launcher would take: the first that answers, else the last that is installed. */
async function chosen(read: Read, { programs }: HostFacts, ways: readonly SudoWay[]): Promise<SudoWay> {
  const [first, second] = ways;
  if (first === undefined) throw new Error('a need for sudo has no way');
  if (second === undefined || first.probe === undefined) return first;
  const answer = await read({ kind: 'argv', argv: first.probe, sudo: true });
  if (answer.kind === 'succeeded' && answer.value.code === 0) return first;
  return programs.has(second.argv[0] ?? '') ? second : first;
}

/** Whether sudo would run something, by asking for its rules once and then for each command. */
async function listing(read: Read): Promise<(argv: readonly string[]) => Promise<boolean>> {
  const sudo = (argv: readonly string[]) => read({ kind: 'argv', argv: ['sudo', '-n', '-l', ...argv] });
  const all = await sudo([]);
  // It lists nothing to somebody whom every rule asks for a password.
  if (all.kind !== 'succeeded' || all.value.code !== 0) return async () => false;
  const rules = rulesIn(all.value.stdout);
  return async (argv) => {
    const one = await sudo(argv);
    if (one.kind !== 'succeeded' || one.value.code !== 0) return false;
    return runsFreely(rules, one.value.stdout.trim());
  };
}

/** One command of a rule, as `sudo -l` lists them: in their order, of which the last that matches counts. */
export interface SudoRule {
  readonly command: string;
  /** True where no password is asked. */
  readonly free: boolean;
}

/** Reads what `sudo -l` printed. */
export function rulesIn(text: string): readonly SudoRule[] {
  const never = /Defaults[\s\S]*?!authenticate[\s\S]*?\n\n/.test(text);
  const lines = text.split('\n').flatMap((line) => /^\s+\([^)]*\)\s*(.*)$/.exec(line)?.[1] ?? []);
  return lines.flatMap((line) => {
    let free = never;
    return line.split(/(?<!\\),/).map((part): SudoRule => {
      // A tag holds for the commands after it, too.
      if (/\bPASSWD:/.test(part)) free = false;
      if (/\bNOPASSWD:/.test(part)) free = true;
      const command = part.replace(/^\s*(?:[A-Z_]+:\s*)*/, '').trim();
      return { command: command.replace(/\\(.)/g, '$1'), free };
    });
  });
}

/**
 * Whether a command that `sudo -l` lets pass needs no password: it also lets pass what does. Patterns are not compared,
 * so a rule that asks for one and matches word by word counts against it.
 */
export function runsFreely(rules: readonly SudoRule[], command: string): boolean {
  const [program = ''] = command.split(' ');
  return rules.findLast((rule) => ['ALL', program, command].includes(rule.command))?.free ?? true;
}

/** Says which lines of sudoers are missing. */
export function sudoDiagnoses(
  facts: HostFacts,
  refusals: readonly SudoRefusal[],
  needed: boolean,
): readonly Diagnosis[] {
  if (!needed) return [];
  if (facts.isRoot) return [good('sudo: the account is root')];
  if (!facts.programs.has('sudo'))
    return [wrong('sudo is not installed', 'Install it there: apt-get install -y sudo')];
  const required = linesOf(
    facts,
    refusals.filter(({ optional }) => !optional),
  );
  const optional = linesOf(
    facts,
    refusals.filter((refusal) => refusal.optional),
  ).filter((line) => !required.includes(line));
  if (required.length + optional.length === 0)
    return [good(`sudo: ${facts.user} may run everything the components need without a password`)];
  return [
    ...(required.length === 0
      ? []
      : [
          wrong(
            `sudo refuses ${facts.user} ${count(required)} that the components need`,
            ...mend(facts, required),
          ),
        ]),
    ...(optional.length === 0
      ? []
      : [
          doubtful(
            `sudo refuses ${facts.user} ${count(optional)} for \`logs\` or \`--recreate\``,
            ...mend(facts, optional),
          ),
        ]),
  ];
}

const count = (lines: readonly string[]): string =>
  lines.length === 1 ? '1 command' : `${lines.length} commands`;

const linesOf = (facts: HostFacts, refusals: readonly SudoRefusal[]): readonly string[] => [
  ...new Set(refusals.map(({ argv }) => sudoersLine(argv, facts)).toSorted()),
];

function mend(facts: HostFacts, lines: readonly string[]): readonly string[] {
  const inexact =
    lines.some((line) => line.includes('[0-9]*')) && !knowsRegularExpressions(facts.sudoVersion);
  const warning = inexact
    ? [
        `sudo ${facts.sudoVersion} knows no exact form of these (1.9.10 does): what stands for a * is not checked.`,
      ]
    : [];
  return ['Add there with `visudo -f /etc/sudoers.d/botswain`:', ...lines, ...warning];
}
