import type { Configuration, PlacedComponent, PlacedService } from './configuration.ts';
import { corrections, didYouMean } from './nearest.ts';
import { type Failed, failed, type Outcome, succeeded } from './outcome.ts';

/** What a person named, found in one environment. */
export interface Subject {
  readonly service: PlacedService;
  /** All components of the service, or the one that was named. */
  readonly components: readonly PlacedComponent[];
  /** False when one component was named. */
  readonly whole: boolean;
}

/** Writes a subject the way people type it. */
export const subjectText = (subject: Subject): string => {
  const [only] = subject.components;
  const component = subject.whole || only === undefined ? '' : `/${only.ref.component}`;
  return `${subject.service.name}${component}@${subject.service.environment}`;
};

const SUBJECT = /^([^/@\s]+)(?:\/([^/@\s]+))?(?:@([^/@\s]+))?$/;

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];

function servicesNamed(
  configuration: Configuration,
  name: string,
  environment: string | undefined,
): Outcome<readonly PlacedService[]> {
  const named = configuration.services.filter((service) => service.name === name);
  if (named.length === 0) {
    const known = unique(configuration.services.map((service) => service.name));
    return {
      ...failed(
        'INPUT_UNKNOWN_SUBJECT',
        `there is no service "${name}".${didYouMean(name, known)}`,
        `There are: ${known.join(', ')}.`,
      ),
      ...corrections(name, known),
    };
  }
  if (environment === undefined) return succeeded(named);
  const here = named.filter((service) => service.environment === environment);
  if (here.length > 0) return succeeded(here);
  const known = named.map((service) => service.environment);
  return {
    ...failed(
      'INPUT_UNKNOWN_SUBJECT',
      `there is no ${name} in "${environment}".${didYouMean(environment, known)}`,
      `It exists in ${known.join(', ')}.`,
    ),
    ...corrections(environment, known),
  };
}

function narrow(services: readonly PlacedService[], component: string): Outcome<readonly Subject[]> {
  const found = services.flatMap((service) => {
    const components = service.components.filter((candidate) => candidate.ref.component === component);
    return components.length === 0 ? [] : [{ service, components, whole: false }];
  });
  if (found.length > 0) return succeeded(found);
  const known = unique(
    services.flatMap((service) => service.components.map((candidate) => candidate.ref.component)),
  );
  const name = services[0]?.name ?? '';
  return {
    ...failed(
      'INPUT_UNKNOWN_SUBJECT',
      `there is no component "${component}" in ${name}.${didYouMean(component, known)}`,
      `It has: ${known.join(', ')}.`,
    ),
    ...corrections(component, known),
  };
}

/** Finds what one text names, in every environment it may mean. */
export function findSubject(configuration: Configuration, text: string): Outcome<readonly Subject[]> {
  const [, name, component, environment] = SUBJECT.exec(text.toLowerCase()) ?? [];
  if (name === undefined)
    return failed(
      'INPUT_UNKNOWN_SUBJECT',
      `"${text}" is not a subject`,
      'Write service, service/component or service@environment.',
    );
  const services = servicesNamed(configuration, name, environment);
  if (services.kind !== 'succeeded') return services;
  if (component !== undefined) return narrow(services.value, component);
  return succeeded(
    services.value.map((service) => ({ service, components: service.components, whole: true })),
  );
}

function ambiguous(text: string, found: readonly Subject[]): Failed {
  const could = found.map(subjectText);
  const refusal = failed(
    'INPUT_AMBIGUOUS_SUBJECT',
    `"${text}" could mean ${could.join(' or ')}`,
    'Say which one.',
  );
  return { ...refusal, instead: could.map((meant) => ({ typed: text, meant })) };
}

/** Finds what several texts name; a change must mean exactly one environment each, and no component twice. */
export function findSubjects(
  configuration: Configuration,
  texts: readonly string[],
  forChange: boolean,
): Outcome<readonly Subject[]> {
  const subjects: Subject[] = [];
  for (const text of texts) {
    const found = findSubject(configuration, text);
    if (found.kind !== 'succeeded') return found;
    if (forChange && found.value.length > 1) return ambiguous(text, found.value);
    subjects.push(...found.value);
  }
  const seen = new Set<PlacedComponent>();
  const distinct = subjects.map((subject) => ({
    ...subject,
    components: subject.components.filter((component) => !seen.has(component) && seen.add(component)),
  }));
  // A service that only checks watch has no components, and is meant all the same.
  return succeeded(
    distinct.filter(({ service, components }) => components.length > 0 || service.components.length === 0),
  );
}
