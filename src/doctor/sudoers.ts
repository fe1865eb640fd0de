import { sudoersWord } from '../executors/receipt-sudo.ts';

/** Whom a line lets do something, and what the target has. */
export interface SudoersFor {
  readonly user: string;
  /** Full paths by name, as found on the target. */
  readonly programs: ReadonlyMap<string, string>;
  /** `1.9.13p3`. */
  readonly sudoVersion: string;
}

/** Words that differ from call to call, as sudo's regular expressions and as its older wildcards write them. */
const VARYING: readonly { readonly like: RegExp; readonly regex: string; readonly glob: string }[] = [
  { like: /^\d+$/, regex: '[0-9]+', glob: '[0-9]*' },
  { like: /^@[\d.]+$/, regex: '@[0-9.]+', glob: '@[0-9]*' },
  { like: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/, regex: '[0-9TZ:.-]+', glob: '[0-9]*' },
];

const literal = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const varying = (word: string) => VARYING.find(({ like }) => like.test(word));

/** Since 1.9.10 sudoers may hold regular expressions: https://www.sudo.ws/docs/man/sudoers.man/#Regular_expressions */
export function knowsRegularExpressions(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.p]/).map(Number);
  return major * 1e6 + minor * 1e3 + patch >= 1_009_010;
}

function words(args: readonly string[], version: string): string {
  if (!args.some(varying)) return args.map(sudoersWord).join(' ');
  if (knowsRegularExpressions(version))
    return `^${args.map((word) => varying(word)?.regex ?? literal(word)).join(' ')}$`;
  return args.map((word) => varying(word)?.glob ?? sudoersWord(word)).join(' ');
}

/** The line of sudoers that lets an account run exactly this without a password; numbers and times may differ. */
export function sudoersLine([name = '', ...args]: readonly string[], at: SudoersFor): string {
  const program = sudoersWord(at.programs.get(name) ?? name);
  return `${at.user} ALL=(root) NOPASSWD: ${[program, words(args, at.sudoVersion)].join(' ').trim()}`;
}
