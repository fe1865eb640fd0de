import type { AlertReport, Level } from './alert.ts';
import type { Configuration } from './configuration.ts';
import type { AlertRule, IncidentSettings, Integration } from './incident-settings.ts';
import { type Facts, matchesAll, wholeExpression } from './matcher.ts';
import type { Severity } from './policy.ts';

/** What the configuration calls things. */
export interface KnownNames {
  readonly services: readonly string[];
  readonly environments: readonly string[];
}

/** The names of the configuration. */
export function knownNames({ services }: Pick<Configuration, 'services'>): KnownNames {
  return {
    services: [...new Set(services.map(({ name }) => name))],
    environments: [...new Set(services.map(({ environment }) => environment))],
  };
}

/** What an alert is to us. */
export interface AlertFacts {
  /** Our names; absent where it is not sure whose it is. */
  readonly service?: string;
  readonly environment?: string;
  /** By the integration's own words for it where it has some, else by its source. */
  readonly level: Level;
  readonly severity: Severity;
  /** The first that matches; absent = none does. */
  readonly rule?: AlertRule;
  /** Recorded, and nobody is told. */
  readonly isIgnored: boolean;
  /** For matchers and for grouping. */
  readonly facts: Facts;
}

/** What is needed to tell what an alert is. */
export interface FactsAsked {
  readonly report: AlertReport;
  readonly integration: Pick<Integration, 'name' | 'service' | 'environment' | 'services' | 'levels'>;
  readonly settings: Pick<IncidentSettings, 'rules' | 'severityOf'>;
  readonly known: KnownNames;
}

/** Only what people write differently by habit: letters and what stands between words. More would be a guess. */
const normalised = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_.]+/g, '-');

function knownAs(said: string, known: readonly string[]): string | undefined {
  if (known.includes(said)) return said;
  const alike = known.filter((name) => normalised(name) === normalised(said));
  return alike.length === 1 ? alike[0] : undefined;
}

const serviceOf = (
  { service: said }: AlertReport,
  { integration, known }: FactsAsked,
): string | undefined => {
  if (said === undefined) return integration.service;
  const mapped = integration.services.find(({ match }) => wholeExpression(match).matcher(said).matches());
  return mapped?.service ?? knownAs(said, known.services) ?? integration.service;
};

/** How environments are shortened. */
const LONG: ReadonlyMap<string, string> = new Map([
  ['prod', 'production'],
  ['live', 'production'],
  ['stg', 'staging'],
  ['stage', 'staging'],
  ['dev', 'development'],
]);

/** Words that name an environment, and no cluster or namespace, which senders give in its place. */
const ENVIRONMENT =
  /^(?:prod(?:uction)?|live|stag(?:e|ing)|stg|dev(?:elopment)?|test(?:ing)?|qa|uat|sandbox|preview|demo|local)\b/;

function environmentOf({ environment: said }: AlertReport, { integration, known }: FactsAsked) {
  if (said === undefined) return integration.environment;
  const long = LONG.get(normalised(said));
  const ours =
    knownAs(said, known.environments) ?? (long === undefined ? undefined : knownAs(long, known.environments));
  // A test environment that nobody configured must not pass for production.
  if (ours !== undefined || ENVIRONMENT.test(normalised(said))) return ours;
  return integration.environment;
}

function levelOf({ level, levelSaid }: AlertReport, { integration }: FactsAsked): Level {
  if (levelSaid === undefined) return level;
  const wanted = levelSaid.trim().toLowerCase();
  const [, ours] =
    Object.entries(integration.levels).find(([said]) => said.trim().toLowerCase() === wanted) ?? [];
  return ours ?? level;
}

const said = (name: string, value: string | undefined): Facts =>
  value === undefined ? {} : { [name]: value };

/** An alert as far as matchers and grouping look at it. */
export interface Standing {
  /** Name of the integration. */
  readonly integration: string;
  readonly report: AlertReport;
  /** Ours; absent where it is not known. */
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
  readonly severity: Severity;
}

/**
 * What matchers look at: labels, and over them our names, else the sender's; `severity` is what the label of that name says,
 * else ours; `alertname` the label, else the title. An Alert as it is kept will do.
 */
export function factsOf({
  integration,
  report,
  service = report.service,
  environment = report.environment,
  severity,
}: Standing): Facts {
  const { labels, level, title } = report;
  return {
    severity,
    alertname: title,
    ...labels,
    ...said('service', service),
    ...said('environment', environment),
    integration,
    level,
    title,
  };
}

/** What an alert is to us: whose, how bad, and by which rule. Guesses nothing: a name that is not known stays away. */
export function alertFacts(asked: FactsAsked): AlertFacts {
  const { report, settings } = asked;
  const level = levelOf(report, asked);
  const bySource = settings.severityOf[level];
  const place = { service: serviceOf(report, asked), environment: environmentOf(report, asked) };
  const standing = { integration: asked.integration.name, report: { ...report, level }, ...place };
  const before = factsOf({ ...standing, severity: bySource });
  const rule = settings.rules.find(({ match }) => matchesAll(match, before));
  const service = rule?.service ?? place.service;
  const severity = rule?.severity ?? bySource;
  return {
    ...(service === undefined ? {} : { service }),
    ...(place.environment === undefined ? {} : { environment: place.environment }),
    level,
    severity,
    ...(rule === undefined ? {} : { rule }),
    isIgnored: rule?.isIgnored ?? false,
    facts: factsOf({ ...standing, service, severity }),
  };
}
