import { createInterface } from 'node:readline/promises';
import { text as readAll } from 'node:stream/consumers';
import { parse } from 'yaml';
import type { CliIo } from '../cli-command.ts';
import { type Answers, QUESTIONS, type Question } from './questions.ts';

/** Answers, or what keeps them from being complete. */
export type Asked =
  | { readonly kind: 'answered'; readonly answers: Answers }
  | { readonly kind: 'incomplete'; readonly problems: readonly string[] };

const applies = (question: Question, answers: Answers): boolean => question.when?.(answers) ?? true;

const hint = (question: Question): string =>
  question.preset === undefined || question.preset === '' ? '' : ` [${question.preset}]`;

const complaint = (question: Question, answer: string): string | undefined =>
  answer === '' && question.preset === undefined ? 'an answer is needed' : question.wrong?.(answer);

/** Puts the questions that were not answered by flags to whoever sits at the terminal; `incomplete` when they leave. */
export async function askPerson(known: Answers, io: CliIo): Promise<Asked> {
  const lines = createInterface({ input: io.stdin, terminal: false });
  const answers: Record<string, string> = {};
  const typed = lines[Symbol.asyncIterator]();
  try {
    for (const question of QUESTIONS) {
      if (!applies(question, answers)) continue;
      const flag = known[question.key];
      const settled = flag !== undefined && complaint(question, flag) === undefined;
      const answer = settled ? flag : await askUntilRight(question, typed, io);
      if (answer === undefined) return { kind: 'incomplete', problems: ['the questions were not answered'] };
      answers[question.key] = answer;
    }
    return { kind: 'answered', answers };
  } finally {
    lines.close();
  }
}

async function askUntilRight(
  question: Question,
  lines: AsyncIterator<string>,
  io: CliIo,
): Promise<string | undefined> {
  for (;;) {
    io.stdout.write(`${question.ask}${hint(question)}: `);
    const line = await lines.next();
    if (line.done === true) return undefined;
    const answer = line.value.trim() || (question.preset ?? '');
    const wrong = complaint(question, answer);
    if (wrong === undefined) return answer;
    io.stdout.write(`  ${wrong}\n`);
  }
}

/** Completes answers given by flags or a file; every missing or wrong one is named at once. */
export function completeAnswers(known: Answers): Asked {
  const answers: Record<string, string> = {};
  const problems: string[] = [];
  for (const question of QUESTIONS.filter((candidate) => applies(candidate, { ...answers, ...known }))) {
    const answer = known[question.key] ?? question.preset ?? '';
    const wrong = complaint(question, answer);
    if (wrong !== undefined) problems.push(`--${question.key}: ${wrong} (${question.ask})`);
    answers[question.key] = answer;
  }
  return problems.length === 0 ? { kind: 'answered', answers } : { kind: 'incomplete', problems };
}

/** Reads answers as YAML from standard input: `name: Ana`, one question a line. */
export async function answersFromStdin(io: CliIo): Promise<Answers> {
  const content: unknown = parse(await readAll(io.stdin));
  if (typeof content !== 'object' || content === null) return {};
  return Object.fromEntries(Object.entries(content).map(([key, value]) => [key, String(value ?? '')]));
}
