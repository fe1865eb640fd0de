import type { Change } from '../domain/change.ts';
import type { Context } from './command.ts';

type Asker = Pick<Context, 'person' | 'may'>;

/** Whether somebody may see a change: they asked for it, may decide on it or review it, or may run this read on everything it touches. */
export function maySeeChange({ person, may }: Asker, change: Change, verb: string): boolean {
  if (change.requester === person.key) return true;
  const asked = [
    ...change.demand.from,
    ...(change.breakGlass?.told ?? []),
    ...(change.breakGlass?.reviewFrom ?? []),
  ];
  if (asked.some((role) => person.roles.includes(role))) return true;
  return change.plan.components.every((subject) => may({ name: verb, risk: 'read' }, subject));
}

/** Whether somebody may see what is recorded of a service, wherever it runs; without one, of every service. */
export function maySeeService(
  { may, configuration }: Pick<Context, 'may' | 'configuration'>,
  service: string | undefined,
  verb: string,
): boolean {
  const placed = configuration.services.filter((each) => service === undefined || each.name === service);
  // One that is not configured any more is judged by the rules that name no environment.
  const places =
    placed.length === 0
      ? [{ service: service ?? '', environment: '' }]
      : placed.map((each) => ({ service: each.name, environment: each.environment }));
  return places.every((place) => may({ name: verb, risk: 'read' }, place));
}
