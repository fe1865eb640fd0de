import type { Answer } from '../../src/chat/chat.ts';
import { privately } from '../../src/dispatch/answers.ts';
import type { Context } from '../../src/dispatch/command.ts';
import { showDay } from '../../src/domain/moment.ts';
import { type Outcome, succeeded } from '../../src/domain/outcome.ts';
import { stateWords } from '../../src/domain/status-update.ts';
import type { StatusControl } from '../../src/incidents/status-control.ts';

/** Lines that usually come next for announced work. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  scheduled: ['start', 'remind', 'cancel'],
  in_progress: ['verify', 'complete'],
  verifying: ['complete'],
};

/** What is announced and not over, with the lines that usually come next. */
export async function list(
  { configuration, now }: Context,
  control: StatusControl,
): Promise<Outcome<Answer>> {
  const work = await control.work();
  if (work.length === 0)
    return succeeded(
      privately(
        'No maintenance',
        'Announce some: maintenance schedule "TITLE" --from "sat 22:00" --until "sun 02:00".',
      ),
    );
  const at = (moment: number): string => showDay(moment, configuration.timezone, now());
  const rows = work.map(({ of, title, status, scheduled }) => [
    { text: of },
    { text: title },
    { text: stateWords(status) },
    { text: scheduled === undefined ? '' : `${at(scheduled.from)} to ${at(scheduled.until)}` },
  ]);
  const actions = work.flatMap(({ of, status }) =>
    (NEXT[status] ?? []).map((word) => ({
      label: `${word.charAt(0).toUpperCase()}${word.slice(1)} ${of}`,
      line: `maintenance ${word} ${of}`,
      style: 'plain' as const,
    })),
  );
  return succeeded({
    audience: 'asker',
    message: {
      title: 'Announced maintenance',
      tone: 'neutral',
      parts: [{ kind: 'table', columns: ['ID', 'What', 'State', 'When'], rows }],
      actions: actions.slice(0, 10),
    },
  });
}
