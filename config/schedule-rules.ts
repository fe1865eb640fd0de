import type { Configuration, PlacedService } from '../src/domain/configuration.ts';
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

type Said = Pick<Finding, 'message' | 'remedy'>;

/** Why a line cannot be typed; undefined where it can. */
export function whyUnreadable(line: string, answer: Outcome<unknown>): Said | undefined {
  if (answer.kind === 'succeeded') return undefined;
  const remedy = answer.kind === 'failed' ? answer.remedy : undefined;
  return {
    message: `"${line}" cannot be typed: ${answer.message}`,
    remedy: remedy ?? 'write a line that help knows',
  };
}

/** A procedure may say that only people run it. */
function whyNotByCalendar({ procedures }: PlacedService, line: string): Said | undefined {
  const [verb, , named] = line.split(' ');
  const procedure = procedures.find(({ name, schedulable }) => name === named && !schedulable);
  if (verb !== 'run' || procedure === undefined) return undefined;
  return {
    message: `${procedure.name} says "schedule: none": the calendar may not run it`,
    remedy: 'take the schedule out, or that line of the procedure',
  };
}

/** Lines of schedules that nobody could type, or that only people may; `read` reads one as it would be read then. */
export function unreadableLines(
  service: string,
  { services }: Pick<Configuration, 'services'>,
  read: (line: string) => Outcome<unknown>,
): readonly Finding[] {
  const here = services.filter(({ name }) => name === service);
  const findings = here.flatMap((each) =>
    each.schedules.flatMap(({ name, line }): readonly Finding[] => {
      const said = whyNotByCalendar(each, line) ?? whyUnreadable(line, read(line));
      return said === undefined ? [] : [{ path: ['schedules', name], at: 'value', ...said }];
    }),
  );
  const seen = new Set<string>();
  return findings.filter(({ path }) => {
    const key = JSON.stringify(path);
    return !seen.has(key) && seen.add(key);
  });
}
