import type { Context } from '../../src/dispatch/command.ts';
import { mayAlterPlaces } from '../../src/dispatch/find-incident.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { Matcher } from '../../src/domain/silence.ts';

/** What a list of matchers demands of a label; undefined where it is not one value. */
const demanded = (matchers: readonly Matcher[], label: string): string | undefined =>
  matchers.find(({ name, operator }) => name === label && operator === '=')?.value;

/**
 * Whether somebody may keep alerts quiet: those of a service by what they may alter there, others only who may everywhere,
 * also those of a name that is no service of ours, because nobody knows whose they are.
 */
export function maySilence(
  context: Context,
  matchers: readonly Matcher[],
  verb: 'silence' | 'unsilence',
): Promise<Outcome<void>> {
  const service = demanded(matchers, 'service');
  const environment = demanded(matchers, 'environment');
  const { services } = context.configuration;
  const concerned = services.filter(
    (each) => (service ?? each.name) === each.name && (environment ?? each.environment) === each.environment,
  );
  const places = (concerned.length === 0 ? services : concerned).map((each) => ({
    service: each.name,
    environment: each.environment,
  }));
  return mayAlterPlaces(context, verb, places);
}
