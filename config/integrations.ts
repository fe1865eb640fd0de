import { z } from 'zod';
import { LEVELS } from '../src/domain/alert.ts';
import type { Integration } from '../src/domain/incident-settings.ts';
import type { Source } from '../src/intake/source.ts';
import { line, name, oneOrMoreOf, secretReference, someDuration } from './fields.ts';
import { type Entry, entry } from './read.ts';

const login = z.strictObject({
  user: line.describe('name of the login'),
  password: secretReference.describe('its password'),
});

/** What every integration may say, whatever its source is. */
const base = {
  token: secretReference
    .optional()
    .describe(
      'what a sender must show: at the end of the path, as Bearer, in X-Auth-Token or as `?token=`; the routing key of events-v2',
    ),
  tokens: z
    .array(secretReference)
    .min(1)
    .optional()
    .describe('several, any of which will do, while one is replaced by another'),
  basic: oneOrMoreOf(login).optional().describe('or the login of HTTP Basic, or a list of them'),
  secret: secretReference
    .optional()
    .describe(
      'with what the sender signs, where this source signs; then nothing without a signature is taken',
    ),
  secrets: z.array(secretReference).min(1).optional().describe('several, any of which will do'),
  environment: name.optional().describe('the environment of alerts that do not say it'),
  service: name.optional().describe('the service of alerts that do not say it'),
  services: z
    .array(
      z.strictObject({
        match: line.describe('regular expression (RE2) that all of what the alert calls its service matches'),
        service: name.describe('the service as we call it'),
      }),
    )
    .default([])
    .describe(
      'what the sender calls our services, where it is not their name; the first that matches counts',
    ),
  levels: z
    .record(line, z.enum(LEVELS))
    .default({})
    .describe("the sender's own words for how bad it is, and what they mean: `High: critical`"),
  most_in_5m: z
    .int()
    .min(1)
    .max(100_000)
    .default(300)
    .describe('alerts that are taken up in five minutes; what is beyond is kept, and said once'),
  watchdog: someDuration
    .optional()
    .describe(
      'longest time between two Watchdog alerts before monitoring itself counts as down; absent = none is expected',
    ),
} as const;

const Base = z.object(base);

/** An integration as it is written, with the keys of its source beside its own. */
export type WrittenIntegration = z.infer<typeof Base> & {
  readonly source: string;
  readonly [key: string]: unknown;
};

function bySource({ source, summary, settings = z.strictObject({}) }: Source): z.ZodObject {
  if (!(settings instanceof z.ZodObject))
    throw new Error(`the settings of source ${source} are not one z.strictObject`);
  return settings
    .safeExtend({ source: z.literal(source).describe('what sends to it'), ...base })
    .describe(summary);
}

function oneOfSources(sources: readonly Source[]): z.ZodType<WrittenIntegration> {
  const [first, ...rest] = sources.map(bySource);
  if (first === undefined) throw new Error('there is no source of alerts');
  return z.discriminatedUnion('source', [first, ...rest]).pipe(z.custom<WrittenIntegration>());
}

/** `integrations` as it is written in botswain.yaml. */
export const integrationsSetting = (sources: readonly Source[]) =>
  z.record(name, oneOfSources(sources)).default({}).describe('who may send alerts, by a name of ours');

const OURS: readonly string[] = ['source', ...Object.keys(base)];

/** The settings of the source alone, as written: it reads them itself. */
const ownSettings = (written: Entry): Entry =>
  Object.fromEntries(Object.entries(written).filter(([key]) => !OURS.includes(key) && !key.startsWith('x-')));

const listed = <T>(one: T | undefined, several: readonly T[] = []): readonly T[] =>
  one === undefined ? several : [one, ...several];

/** The integrations as the program works with them; `written` is what the file says, before it was read. */
export const placeIntegrations = (
  integrations: Readonly<Record<string, WrittenIntegration>>,
  written: Entry,
): readonly Integration[] =>
  Object.entries(integrations).map(([key, it]) => ({
    name: key,
    source: it.source,
    settings: ownSettings(entry(written[key])),
    tokens: listed(it.token, it.tokens),
    logins: it.basic ?? [],
    secrets: listed(it.secret, it.secrets),
    ...(it.service === undefined ? {} : { service: it.service }),
    ...(it.environment === undefined ? {} : { environment: it.environment }),
    services: it.services,
    levels: it.levels,
    mostInFiveMinutes: it.most_in_5m,
    ...(it.watchdog === undefined ? {} : { watchdogMs: it.watchdog }),
  }));
