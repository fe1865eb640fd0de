import type { Diagnosis } from '../domain/diagnosis.ts';

/** Things that belong together, under one heading. */
export interface Group {
  readonly title: string;
  readonly diagnoses: readonly Diagnosis[];
}

const MARKS: Readonly<Record<Diagnosis['verdict'], string>> = { good: '✓', doubtful: '!', wrong: '✗' };

/** Names and answers come from elsewhere: none of them steers the terminal. */
const plain = (text: string): string => text.replace(/\p{Cc}/gu, ' ');

const oneLine = (text: string): string => plain(text).replace(/\s+/g, ' ').trim();

/** Writes a group for a terminal or a phone: a line a thing, its mend below, lines to be copied by themselves. */
export function groupText({ title, diagnoses }: Group): string {
  if (diagnoses.length === 0) return '';
  return `${[title, ...diagnoses.flatMap(diagnosisLines)].join('\n')}\n\n`;
}

function diagnosisLines({ verdict, text, mend }: Diagnosis): readonly string[] {
  const [first, ...more] = mend;
  return [
    `  ${MARKS[verdict]} ${oneLine(text)}`,
    ...(first === undefined ? [] : [`      → ${oneLine(first)}`]),
    ...more.map((line) => `        ${plain(line)}`),
  ];
}

/** Writes how many things are how. */
export function totalText(groups: readonly Group[], ms: number): string {
  const verdicts = groups.flatMap(({ diagnoses }) => diagnoses.map(({ verdict }) => verdict));
  const count = (wanted: Diagnosis['verdict']): number => verdicts.filter((one) => one === wanted).length;
  return `${count('good')} good, ${count('doubtful')} doubtful, ${count('wrong')} wrong (${(ms / 1_000).toFixed(1)} s)\n`;
}
