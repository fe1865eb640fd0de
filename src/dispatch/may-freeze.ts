import type { FrozenPlace } from '../domain/freeze.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Context } from './command.ts';

/** Whether somebody may run this verb on everything that these places are; the part they may not is named. */
export function mayFreeze(
  { configuration, may }: Pick<Context, 'configuration' | 'may'>,
  places: readonly FrozenPlace[] | undefined,
  verb: 'freeze' | 'unfreeze',
): Outcome<void> {
  const concerned = configuration.services.filter(
    ({ name, environment }) =>
      places === undefined ||
      places.some(
        (place) => (place.service ?? name) === name && (place.environment ?? environment) === environment,
      ),
  );
  const command = { name: verb, risk: 'change', kind: 'record' } as const;
  const closed = concerned.find(({ name, environment }) => !may(command, { service: name, environment }));
  return closed === undefined
    ? succeeded(undefined)
    : failed(
        'DENIED_POLICY',
        `you may not ${verb} ${closed.name}@${closed.environment}`,
        places === undefined ? 'Name what you mean: freeze SUBJECT.' : 'Ask somebody who may.',
      );
}
