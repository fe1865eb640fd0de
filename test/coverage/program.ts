import type { Row } from './inventory.ts';

/** What a row calls: its program, and the word after it where that says what is done. */
export interface Called {
  readonly program: string;
  readonly verb?: string;
}

/** Programs that do many things, told apart by a word. */
const MANY = [
  'docker',
  'docker-compose',
  'systemctl',
  'supervisorctl',
  'git',
  'certbot',
  'pip',
  'ufw',
  'terraform',
  'aws',
  'apt',
  'apt-get',
  'alembic',
  'redis-cli',
  'fail2ban-client',
  'kubectl',
];

/** What stands between the row's quotes; undefined where it is prose. */
const codeOf = ({ command }: Row): string | undefined => /^`(.*)`$/.exec(command)?.[1];

const WRAPPERS = [
  /^ssh ‹host› ["“](.*?)["”](?=$| \|)/,
  /^cd \S+ && /,
  /^echo \| /,
  /^sudo( -n)?( -u \S+)? /,
  /^docker exec( -it)? \S+ /,
  /^kubectl exec \S+( -n \S+)? -- /,
];

/** What runs in the end: without the way there. */
function unwrapped(text: string): string {
  for (const wrapper of WRAPPERS) {
    const found = wrapper.exec(text);
    if (found === null) continue;
    const inner = wrapper.source.startsWith('^ssh') ? (found[1] ?? '') : text.slice(found[0].length);
    return unwrapped(inner);
  }
  return text;
}

const isWord = (text: string): boolean => /^[a-z][a-z0-9:-]*$/.test(text);

function verbOf(program: string, words: readonly string[]): string | undefined {
  if (!MANY.includes(program)) return undefined;
  return words.find((word) => isWord(word));
}

/** The program of a row that is an operation; undefined for prose, and for what is no command. */
export function calledBy(row: Row): Called | undefined {
  const code = codeOf(row);
  if (code === undefined || row.risk === 'none') return undefined;
  const [program = '', ...words] = unwrapped(code).split(/\s+/);
  const verb = verbOf(program, words);
  return { program, ...(verb === undefined ? {} : { verb }) };
}

/** Names that a command is about, whatever carries it out: containers, units, tables of PostgreSQL, files of the system. */
const NOUNS = [
  /\bkarmabot-(?:app|mongodb)\b/g,
  /\b(?:katana_bot|chatai-backend|chatai-bot-manager|scalable_bot_manager|bot_worker)\b/g,
  /\bpg_[a-z_]+\b/g,
  /(?<=[\s"'])\/(?:etc|opt|var)\/[\w./-]+/g,
  /\b(?:backend\/logs|docs\/examples|tools)\/[\w./-]+/g,
];

/** What a row is about, as it stands there; each once. */
export function nounsOf(row: Row): readonly string[] {
  const code = calledBy(row) === undefined ? undefined : codeOf(row);
  if (code === undefined) return [];
  const found = NOUNS.flatMap((noun) => code.match(noun) ?? []);
  return [...new Set(found.map((noun) => noun.replace(/[./]+$/, '')))];
}
