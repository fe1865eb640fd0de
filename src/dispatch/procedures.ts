import type { PlacedService } from '../domain/configuration.ts';
import { corrections, didYouMean } from '../domain/nearest.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { PlacedProcedure } from '../domain/procedure.ts';
import type { Subject } from '../domain/subject.ts';

/** The one service that is meant, in one environment; a procedure belongs to all of it. */
export function serviceOf(subjects: readonly Subject[]): Outcome<PlacedService> {
  const [subject, other] = subjects;
  if (subject === undefined || other !== undefined)
    return failed('INPUT_AMBIGUOUS_SUBJECT', 'it stands in several environments', 'Add @environment.');
  if (subject.whole) return succeeded(subject.service);
  const { name } = subject.service;
  return failed(
    'INPUT_INVALID_VALUE',
    `procedures belong to all of ${name}, not to one component`,
    `Write ${name}.`,
  );
}

/** A procedure of a service by its name; failed with the nearest one. */
export function procedureNamed(service: PlacedService, name: string): Outcome<PlacedProcedure> {
  const wanted = name.toLowerCase();
  const found = service.procedures.find((procedure) => procedure.name === wanted);
  if (found !== undefined) return succeeded(found);
  const known = service.procedures.map((procedure) => procedure.name);
  const message = `${service.name} has no procedure "${name}".${didYouMean(wanted, known)}`;
  const remedy =
    known.length === 0
      ? 'It has none at all.'
      : `See procedures ${service.name} for the ${known.length} there are.`;
  return { ...failed('INPUT_UNKNOWN_SUBJECT', message, remedy), ...corrections(wanted, known) };
}
