import type { Configuration } from '../src/domain/configuration.ts';
import type { Outcome } from '../src/domain/outcome.ts';
import type { PolicyContext } from './policy-draft.ts';
import type { Finding, KeyPath } from './problem.ts';
import { type Entry, entry, text } from './read.ts';

const pathOf = (name: string, key: string): KeyPath => ['schedules', name, key];

/** Schedules in the name of somebody who is not there. */
export function scheduleFindings(service: Entry, { people }: PolicyContext): readonly Finding[] {
  const keys = people.map(({ key }) => key);
  return Object.entries(entry(service.schedules)).flatMap(([name, value]) => {
    const as = text(entry(value).as) ?? 'calendar';
    if (keys.includes(as)) return [];
    return [
      {
        path: entry(value).as === undefined ? ['schedules', name] : pathOf(name, 'as'),
        at: 'value' as const,
        message: `there is nobody called "${as}" in whose name it could be typed`,
        remedy: `add to botswain.yaml under people: ${as}: { name: Calendar, roles: [operator] }`,
      },
    ];
  });
}

/** Lines of schedules that nobody could type; `read` reads one as it would be read then. */
export function unreadableLines(
  service: string,
  { services }: Pick<Configuration, 'services'>,
  read: (line: string) => Outcome<unknown>,
): readonly Finding[] {
  const all = services.filter(({ name }) => name === service).flatMap(({ schedules }) => schedules);
  const findings = all.flatMap(({ name, line }): readonly Finding[] => {
    const answer = read(line);
    if (answer.kind === 'succeeded') return [];
    const remedy = answer.kind === 'failed' ? answer.remedy : undefined;
    return [
      {
        path: ['schedules', name],
        at: 'value',
        message: `"${line}" cannot be typed: ${answer.message}`,
        remedy: remedy ?? 'write a line that help knows',
      },
    ];
  });
  const seen = new Set<string>();
  return findings.filter(({ path }) => {
    const key = JSON.stringify(path);
    return !seen.has(key) && seen.add(key);
  });
}
