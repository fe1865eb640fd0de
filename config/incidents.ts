import { z } from 'zod';
import type { Level } from '../src/domain/alert.ts';
import { durationMs, formatDuration } from '../src/domain/duration.ts';
import type { EscalationChain } from '../src/domain/incident.ts';
import {
  type AlertRule,
  type IncidentSettings,
  type SeveritySettings,
  USUAL_INCIDENTS,
} from '../src/domain/incident-settings.ts';
import { parseMatchers } from '../src/domain/matcher.ts';
import { CHAIN_OF_SEVERITY } from '../src/domain/on-call.ts';
import { SEVERITIES, type Severity } from '../src/domain/policy.ts';
import type { Matcher } from '../src/domain/silence.ts';
import { duration, line, name, oneOrMore, someDuration, timezone } from './fields.ts';
import { placeWindow, window } from './freezes-schema.ts';

const matcher = z
  .string()
  .superRefine((text, context) => {
    const read = parseMatchers(text);
    if (read.kind === 'failed')
      context.addIssue({ code: 'custom', message: `${read.message}\n${read.remedy ?? ''}` });
  })
  .describe('`service="karmabot"`, `alertname=~"Disk.*"`; RE2, the whole value');

const matchers = oneOrMore(matcher);

const severityOf = (preset: Severity) =>
  z.enum(SEVERITIES).prefault(preset).describe('the severity that it comes to');

const levels = (preset: (level: Level) => Severity) =>
  z
    .strictObject({
      critical: severityOf(preset('critical')),
      error: severityOf(preset('error')),
      warning: severityOf(preset('warning')),
      info: severityOf(preset('info')),
      unknown: severityOf(preset('unknown')),
    })
    .prefault({})
    .describe("what the senders' words for how bad it is come to");

const lastsValue = (preset: number | 'never') =>
  z
    .union([z.literal('never'), durationMs])
    .prefault(preset === 'never' ? preset : preset === 0 ? '0s' : formatDuration(preset))
    .describe('how long it has to fire, or `never`');

const lasts = z
  .strictObject({
    critical: lastsValue(USUAL_INCIDENTS.lasts.critical),
    error: lastsValue(USUAL_INCIDENTS.lasts.error),
    warning: lastsValue(USUAL_INCIDENTS.lasts.warning),
    info: lastsValue(USUAL_INCIDENTS.lasts.info),
    unknown: lastsValue(USUAL_INCIDENTS.lasts.unknown),
  })
  .prefault({})
  .describe(
    'how long an alert has to fire before it opens an incident, or `never`, where no rule says otherwise',
  );

const optionalDuration = (preset: number | undefined) =>
  preset === undefined ? someDuration.optional() : duration(formatDuration(preset)).optional();

const severity = (of: Severity) => {
  const usual = USUAL_INCIDENTS.severities[of];
  return z
    .strictObject({
      respond: duration(formatDuration(usual.respondMs)).describe('by when somebody has acknowledged it'),
      resolve: duration(formatDuration(usual.resolveMs)).describe('by when it is resolved'),
      update: optionalDuration(usual.updateEveryMs).describe(
        'how often those who follow it are told something; absent = nobody asks for it',
      ),
      post_mortem: optionalDuration(usual.postMortemMs).describe(
        'how long after its end the post-mortem is due; absent = none is demanded',
      ),
      chain: name
        .prefault(CHAIN_OF_SEVERITY[of])
        .describe('name of the chain of `on_call` by which people are called'),
    })
    .prefault({})
    .describe(`what a ${of} demands`);
};

const rule = z.strictObject({
  match: matchers.describe('all must match'),
  group_by: oneOrMore(line).optional().describe('labels whose values alerts of one incident share'),
  severity: z.enum(SEVERITIES).optional().describe('how bad it is here'),
  service: name.optional().describe('whose it is'),
  ignore: z.boolean().default(false).describe('recorded, and nobody is told'),
  lasts: durationMs.optional().describe('how long it has to fire before it opens an incident'),
  chain: name.optional().describe('name of the chain of `on_call`, in place of the one of its severity'),
  propose: oneOrMore(line)
    .default([])
    .describe(
      'lines that are offered as buttons: `restart karmabot/app@production`; an alert never types one',
    ),
});

/** `incidents` as it is written in botswain.yaml. */
export const incidentsSetting = z
  .strictObject({
    severities: z
      .strictObject({ P0: severity('P0'), P1: severity('P1'), P2: severity('P2'), P3: severity('P3') })
      .prefault({})
      .describe('what an incident of a severity demands'),
    levels: levels((level) => USUAL_INCIDENTS.severityOf[level]),
    lasts,
    checks: z.boolean().default(true).describe('whether the checks of the services open incidents, too'),
    rules: z.array(rule).default([]).describe('what becomes of alerts; the first that matches decides'),
    inhibit: z
      .array(
        z.strictObject({
          source: matchers.describe('while such an alert fires,'),
          target: matchers.describe('such ones are recorded only,'),
          equal: oneOrMore(line).default([]).describe('where these labels have the same values'),
        }),
      )
      .default([])
      .describe('alerts that follow from others'),
    maintenance: z
      .array(
        z.strictObject({
          name: line.describe('what people are told'),
          match: matchers.describe('alerts that are expected'),
          ...window,
          timezone: timezone.optional().describe('IANA name; absent = that of this file'),
        }),
      )
      .default([])
      .describe('work that is announced: alerts are recorded, and nobody is called'),
    group_wait: duration(formatDuration(USUAL_INCIDENTS.groupWaitMs)).describe(
      'how long the first alert of a group waits for others; P0 does not wait',
    ),
    reopen: duration(formatDuration(USUAL_INCIDENTS.reopenMs)).describe(
      'an alert that comes back within this reopens its incident',
    ),
    resolve_after: duration(formatDuration(USUAL_INCIDENTS.resolveAfterMs)).describe(
      'all alerts were over for so long: it is resolved, unless somebody has taken it on',
    ),
    storm: z
      .strictObject({
        incidents: z.int().min(2).default(USUAL_INCIDENTS.storm.incidents).describe('so many new incidents,'),
        alerts: z.int().min(2).default(USUAL_INCIDENTS.storm.alerts).describe('or so many new alerts,'),
        within: duration(formatDuration(USUAL_INCIDENTS.storm.withinMs)).describe('in so long a time'),
      })
      .prefault({})
      .describe('when one incident takes the place of many'),
  })
  .optional()
  .describe('how alerts become incidents');

type Written = NonNullable<z.infer<typeof incidentsSetting>>;

const placeMatchers = (texts: readonly string[]): readonly Matcher[] =>
  texts.flatMap((text) => {
    const read = parseMatchers(text);
    return read.kind === 'succeeded' ? read.value : [];
  });

const NOBODY: EscalationChain = { steps: [], repeat: 0, repeatAfterMs: 0 };

type Chains = Readonly<Record<string, EscalationChain>>;

const placeSeverity = (written: Written['severities'][Severity], chains: Chains): SeveritySettings => ({
  respondMs: written.respond,
  resolveMs: written.resolve,
  chain: chains[written.chain] ?? NOBODY,
  ...(written.update === undefined ? {} : { updateEveryMs: written.update }),
  ...(written.post_mortem === undefined ? {} : { postMortemMs: written.post_mortem }),
});

const placeRule = (written: Written['rules'][number], number: number, chains: Chains): AlertRule => ({
  number,
  match: placeMatchers(written.match),
  isIgnored: written.ignore,
  propose: written.propose,
  ...(written.group_by === undefined ? {} : { groupBy: written.group_by }),
  ...(written.severity === undefined ? {} : { severity: written.severity }),
  ...(written.service === undefined ? {} : { service: written.service }),
  ...(written.lasts === undefined ? {} : { lastsMs: written.lasts }),
  ...(written.chain === undefined ? {} : { chain: chains[written.chain] ?? NOBODY }),
});

/** How alerts become incidents, as the program works with it; without the section by what is usual, and from no check. */
export function placeIncidents(
  given: z.infer<typeof incidentsSetting>,
  { chains, timezone: home }: { readonly chains: Chains; readonly timezone: string },
): IncidentSettings {
  const written = given ?? incidentsSetting.unwrap().parse({ checks: false });
  const { severities, inhibit, maintenance, storm } = written;
  return {
    severities: {
      P0: placeSeverity(severities.P0, chains),
      P1: placeSeverity(severities.P1, chains),
      P2: placeSeverity(severities.P2, chains),
      P3: placeSeverity(severities.P3, chains),
    },
    severityOf: written.levels,
    lasts: written.lasts,
    checks: written.checks,
    rules: written.rules.map((rule, index) => placeRule(rule, index + 1, chains)),
    inhibitions: inhibit.map(({ source, target, equal }) => ({
      source: placeMatchers(source),
      target: placeMatchers(target),
      equal,
    })),
    maintenance: maintenance.map((each) => ({
      name: each.name,
      match: placeMatchers(each.match),
      windows: [placeWindow(each, each.timezone ?? home)].flatMap((one) => one ?? []),
    })),
    groupWaitMs: written.group_wait,
    reopenMs: written.reopen,
    resolveAfterMs: written.resolve_after,
    storm: { incidents: storm.incidents, alerts: storm.alerts, withinMs: storm.within },
  };
}
