import { z } from 'zod';
import type { CheckKind } from '../src/checks/check.ts';
import type { ComponentKind } from '../src/components/component.ts';
import type { Configuration } from '../src/domain/configuration.ts';
import type { Outcome } from '../src/domain/outcome.ts';
import type { Risk } from '../src/domain/policy.ts';
import type { ExecutorKind } from '../src/executors/executor.ts';
import type { Source } from '../src/intake/source.ts';
import { backupsSetting } from './backups.ts';
import { DECLARED_TARGET_KINDS } from './declared-kinds.ts';
import { deploySetting } from './deploys.ts';
import { envFileSetting } from './env-files.ts';
import { clock, duration, line, name, telegramId, timezone, variableName, version } from './fields.ts';
import { freezesSetting } from './freezes-schema.ts';
import { incidentsSetting } from './incidents.ts';
import { integrationsSetting } from './integrations.ts';
import { onCallSetting } from './on-call.ts';
import { policyRule } from './policy-schema.ts';
import { postMortemsSetting } from './post-mortems.ts';
import { proceduresSetting } from './procedures.ts';
import { safety } from './safety.ts';
import { schedulesSetting } from './schedules.ts';
import { statusPageSetting } from './status-page.ts';
import { storagesSetting } from './storages.ts';
import { upkeep } from './upkeep.ts';

/** The kinds that exist; what the schema is assembled from. */
export interface Registries {
  readonly executors: readonly ExecutorKind[];
  readonly components: readonly ComponentKind[];
  readonly checks: readonly CheckKind[];
  readonly sources: readonly Source[];
  /** What can be typed, for the policy's `verb`, with the most that it may do; absent = verbs are not checked. */
  readonly verbs?: readonly { readonly name: string; readonly risk: Risk }[];
  /** Reads a line as if somebody typed it, for what is typed by the calendar; absent = those lines are not checked. */
  readonly readLine?: (line: string, configuration: Configuration) => Outcome<unknown>;
}

/** What the assembled schema accepts as one entry of a kind; the kind's own keys come beside these. */
export interface KindedEntry {
  readonly kind: string;
  readonly [key: string]: unknown;
}

const person = z.strictObject({
  name: line.describe('how people call them'),
  slack: z
    .string()
    .regex(
      /^[UW][A-Z0-9]+$/,
      'not a Slack member id\nwrite it as Slack shows it under "Copy member ID": U0ABC123',
    )
    .optional()
    .describe('member id on Slack: U0ABC123'),
  telegram: telegramId(/^\d+$/, 'write the numeric user id, which /ops whoami shows')
    .optional()
    .describe('numeric user id on Telegram'),
  roles: z.array(name).describe('what they may do, by the names the policy uses'),
});

const slackChat = z.strictObject({
  team: z
    .string()
    .regex(/^[TE][A-Z0-9]+$/, 'not a Slack team id\nwrite the id that starts with T')
    .describe('id of the workspace: T0ABC123'),
  channels: z
    .record(
      name,
      z.string().regex(/^[CGD][A-Z0-9]+$/, 'not a Slack channel id\nwrite the id that starts with C or G'),
    )
    .describe('channels people may work in, by a name of ours: `operations`, `incidents`'),
  groups: z
    .record(
      name,
      z.string().regex(/^S[A-Z0-9]+$/, 'not a Slack user group id\nwrite the id that starts with S'),
    )
    .optional()
    .describe('roles that the members of a user group hold, by role: S0ABC123'),
});

const telegramChat = z.strictObject({
  chats: z
    .record(name, telegramId(/^-?\d+$/, 'write the numeric chat id; groups are negative'))
    .describe('chats people may work in, by a name of ours'),
});

const botswainKeys = {
  version,
  timezone: timezone.default('UTC').describe('IANA name; times without a zone are read and shown in it'),
  people: z
    .record(name, person)
    .refine((people) => Object.keys(people).length > 0, 'nobody is listed\nadd at least one person')
    .describe('who may act, by a short key; all accounts of one entry are one person'),
  chats: z
    .strictObject({
      slack: slackChat.optional().describe('where on Slack'),
      telegram: telegramChat.optional().describe('where on Telegram'),
      takeover: duration('2m').describe(
        'how long an urgent message waits for a chat that does not answer before the other one shows it, in its channel of the same name',
      ),
    })
    .prefault({})
    .describe('where people work'),
  policy: z
    .array(policyRule)
    .min(1)
    .describe('rules from top to bottom; the first that matches decides, and nothing matching means no'),
  ...safety,
  ...upkeep,
  freezes: freezesSetting,
  storages: storagesSetting,
  audit: z
    .strictObject({
      heads: line
        .optional()
        .describe(
          'file to which the head of the audit is appended every day, best on another machine; absent = `audit-heads.log` in the data folder',
        ),
      post_at: clock('09:00').describe('when the head is also posted to the operations channels'),
    })
    .prefault({})
    .describe('how it comes out when somebody alters the audit'),
  incidents: incidentsSetting,
  on_call: onCallSetting,
  status_page: statusPageSetting,
  post_mortems: postMortemsSetting,
};

const botswainFile = ({ sources }: Registries) =>
  z.strictObject({ ...botswainKeys, integrations: integrationsSetting(sources) });

type Base = Readonly<Record<string, z.ZodType>>;

/** One kind's settings with the keys every entry of its sort has. */
function entryOf(kind: string, settings: z.ZodType<object>, base: Base): z.ZodObject {
  if (!(settings instanceof z.ZodObject))
    throw new Error(`the settings of kind ${kind} are not one z.strictObject`);
  return settings.safeExtend({ kind: z.literal(kind).describe('what it is'), ...base });
}

interface KindWithSettings {
  readonly kind: string;
  readonly summary: string;
  readonly settings: z.ZodType<object>;
}

function unionOf(kinds: readonly KindWithSettings[], base: Base): z.ZodType<KindedEntry> {
  const [first, ...rest] = kinds.map((kind) =>
    entryOf(kind.kind, kind.settings, base).describe(kind.summary),
  );
  if (first === undefined) throw new Error('a registry is empty');
  return z.discriminatedUnion('kind', [first, ...rest]).pipe(z.custom<KindedEntry>());
}

const targetBase: Base = {
  vars: z
    .record(variableName, z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe(`values that differ between environments, used as \${target.variable}`),
};

const componentBase: Base = {
  target: name.optional().describe("where it lives; absent = the service's `target`"),
  every: duration('30s').describe('time between two looks at its status'),
};

const checkBase: Base = {
  component: name.optional().describe('the component it speaks of; absent = the whole service'),
  target: name
    .optional()
    .describe("the target it reads on, where it reads on one; absent = its component's, else the service's"),
  every: duration('30s').describe('time between two looks'),
  timeout: duration('10s').describe('past this a look counts as failed'),
  failures: z.int().min(1).max(100).default(2).describe('bad looks in a row before the verdict turns bad'),
  recoveries: z.int().min(1).max(100).default(2).describe('good looks in a row before it turns good again'),
};

/** Kinds of target: those with an executor, then those that can only be declared. */
export const targetKinds = (registries: Registries): readonly KindWithSettings[] => [
  ...registries.executors,
  ...DECLARED_TARGET_KINDS.filter(({ kind }) => !registries.executors.some((known) => known.kind === kind)),
];

const targetsFile = (registries: Registries) =>
  z
    .strictObject({ version })
    .catchall(
      z
        .record(name, unionOf(targetKinds(registries), targetBase))
        .describe('an environment: its targets by name'),
    );

const serviceFile = (registries: Registries) =>
  z.strictObject({
    version,
    service: name.describe('its name, as people type it'),
    title: line.describe('its name, as people read it'),
    target: name.optional().describe('where its components live unless they say otherwise'),
    links: z
      .record(name, z.url({ protocol: /^https?$/ }))
      .default({})
      .describe('addresses shown with its status'),
    verify: z
      .strictObject({
        hold: duration('10s').describe('how long everything must hold before a change is called good'),
        within: duration('2m').describe('by when it must have held'),
      })
      .prefault({})
      .refine(
        ({ hold, within }) => hold <= within,
        '"hold" is longer than "within"\nmake "within" the longer one',
      )
      .describe('how its changes are verified'),
    components: z.record(name, unionOf(registries.components, componentBase)).describe('its parts, by name'),
    checks: z
      .record(name, unionOf(registries.checks, checkBase))
      .default({})
      .describe('what is looked at, by name'),
    procedures: proceduresSetting,
    deploy: deploySetting,
    backups: backupsSetting,
    env_file: envFileSetting,
    schedules: schedulesSetting,
  });

/** The schemas of the three kinds of file. */
export const fileSchemas = (registries: Registries) => ({
  botswain: botswainFile(registries),
  targets: targetsFile(registries),
  services: serviceFile(registries),
});

/** What {@link fileSchemas} makes of a file, by kind of file. */
export type FileContents = {
  readonly [Kind in keyof ReturnType<typeof fileSchemas>]: z.infer<ReturnType<typeof fileSchemas>[Kind]>;
};

/** Keys that the configuration itself reads from an entry; the rest are its kind's settings. */
export const BASE_KEYS = {
  target: ['kind', ...Object.keys(targetBase)],
  component: ['kind', ...Object.keys(componentBase)],
  check: ['kind', ...Object.keys(checkBase)],
} as const;
