import type { Answer } from '../../src/chat/chat.ts';
import type { Context } from '../../src/dispatch/command.ts';
import { mayAlterPlaces } from '../../src/dispatch/find-incident.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { failed, type Outcome, succeeded } from '../../src/domain/outcome.ts';
import { SEVERITIES, type Severity } from '../../src/domain/policy.ts';
import { findSubject } from '../../src/domain/subject.ts';
import type { OpenedByHand } from '../../src/incidents/incident-control.ts';

/** What somebody typed behind `incident open`. */
export interface TypedOpening {
  readonly title: readonly string[];
  readonly severity: Severity | undefined;
  readonly service: string | undefined;
}

/** How bad it is where nobody says: somebody looks at it, and nobody of the management is woken. */
const USUAL: Severity = 'P2';
const LONGEST_TITLE = 150;

type Place = Pick<OpenedByHand, 'service' | 'environment'>;

/** A service that runs in several environments has the one that is named, or none in particular. */
async function placeOf(context: Context, typed: string | undefined): Promise<Outcome<Place>> {
  if (typed === undefined) return succeeded({});
  const found = findSubject(context.configuration, typed);
  if (found.kind !== 'succeeded') return found;
  const places = found.value.map(({ service }) => ({
    service: service.name,
    environment: service.environment,
  }));
  const may = await mayAlterPlaces(context, 'incident', places);
  if (may.kind !== 'succeeded') return may;
  const [first, ...others] = places;
  if (first === undefined) return succeeded({});
  return succeeded(others.length === 0 ? first : { service: first.service });
}

/** What is to be opened, once everything that it needs is said. */
export async function readOpening(context: Context, typed: TypedOpening): Promise<Outcome<OpenedByHand>> {
  const title = typed.title.join(' ').trim();
  if (title === '')
    return failed(
      'INPUT_INVALID_VALUE',
      'an incident wants a title',
      'Type: incident open "nobody can log in" --severity P1 --service karmabot',
    );
  if (title.length > LONGEST_TITLE)
    return failed(
      'INPUT_TOO_LONG',
      `that title has ${title.length} characters, at most ${LONGEST_TITLE} are taken`,
      'Say the rest with note.',
    );
  const place = await placeOf(context, typed.service);
  if (place.kind !== 'succeeded') return place;
  return succeeded({ title, severity: typed.severity ?? USUAL, ...place.value });
}

/** Its card is shown where incidents are; this is for whoever opened it. */
export const openAnswer = ({ id, severity, title }: Incident): Answer => ({
  audience: 'asker',
  message: {
    title: `${id} is open as ${severity}`,
    tone: 'neutral',
    parts: [{ kind: 'text', text: title }],
    actions: [
      { label: 'Acknowledge', line: `ack ${id}`, style: 'primary' },
      ...SEVERITIES.slice(0, 2)
        .filter((graver) => graver < severity)
        .map((graver) => ({
          label: `Make it ${graver}`,
          line: `severity ${id} ${graver}`,
          style: 'plain' as const,
        })),
    ],
  },
});
