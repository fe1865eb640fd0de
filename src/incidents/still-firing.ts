import { formatDuration } from '../domain/duration.ts';
import type { Alteration } from '../domain/incident-alteration.ts';
import type { IncidentSettings } from '../domain/incident-settings.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { IncidentDesk } from './incident-book.ts';

const MOST_NAMED = 3;

/** The end of an incident, with the alerts that fire all the same: whoever resolves it hears what becomes of them. */
export async function sayingWhatFires(
  desk: IncidentDesk,
  ended: Outcome<Alteration | undefined>,
  { reopenMs }: Pick<IncidentSettings, 'reopenMs'>,
): Promise<Outcome<Alteration | undefined>> {
  if (ended.kind !== 'succeeded' || ended.value === undefined) return ended;
  const { id } = ended.value.incident;
  const firing = await desk.alertsOf(id, { firing: true });
  if (firing.length === 0) return ended;
  const named = firing.slice(0, MOST_NAMED).map(({ report }) => report.title);
  const more = firing.length > named.length ? ` and ${firing.length - named.length} more` : '';
  const what = firing.length === 1 ? '1 alert still fires' : `${firing.length} alerts still fire`;
  const text = `${what}: ${named.join('; ')}${more}. ${id} comes back in ${formatDuration(reopenMs)} if that stays so; whoever knows better sets a silence.`;
  const [entry, ...others] = ended.value.entries;
  if (entry === undefined) return ended;
  return {
    ...ended,
    value: { ...ended.value, entries: [{ ...entry, text: `${entry.text} ${text}` }, ...others] },
  };
}
