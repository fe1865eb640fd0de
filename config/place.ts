import { z } from 'zod';
import type {
  ChatSettings,
  Configuration,
  PlacedCheck,
  PlacedComponent,
  PlacedService,
} from '../src/domain/configuration.ts';
import type { Target } from '../src/domain/fleet.ts';
import type { Person } from '../src/domain/person.ts';
import { placeBackups } from './backups.ts';
import { placeDeploy } from './deploys.ts';
import type { TargetDraft } from './drafts.ts';
import { placeEnvFile } from './env-files.ts';
import { placeFreeze } from './freezes-schema.ts';
import { placeIncidents } from './incidents.ts';
import { placeIntegrations } from './integrations.ts';
import { placeOnCall } from './on-call.ts';
import { placeRule } from './policy-schema.ts';
import { placePostMortems } from './post-mortems.ts';
import { placeProcedures } from './procedures.ts';
import { type Entry, entry } from './read.ts';
import { placeSafety } from './safety.ts';
import { placeSchedules } from './schedules.ts';
import { BASE_KEYS, type FileContents } from './schema.ts';
import { placeStatusPage } from './status-page.ts';
import { placeStorages } from './storages.ts';
import { placeUpkeep } from './upkeep.ts';

/** A service's file in one environment: as written with its variables put in, and as the schema read it. */
export interface ServiceHere {
  readonly environment: string;
  readonly content: unknown;
  readonly value: FileContents['services'];
}

const without = (whole: Entry, keys: readonly string[]): Entry =>
  Object.fromEntries(Object.entries(whole).filter(([key]) => !keys.includes(key) && !key.startsWith('x-')));

const jsonObject = z.record(z.string(), z.json());

/** A target as its executor gets it: its keys as written, without ours. */
export const placeTarget = (draft: TargetDraft): Target => ({
  name: draft.name,
  environment: draft.environment,
  kind: draft.kind ?? '',
  settings: jsonObject.parse(without(draft.entry, BASE_KEYS.target)),
});

const componentBase = z.object({ kind: z.string(), target: z.string().optional(), every: z.number() });

const checkBase = componentBase.extend({
  component: z.string().optional(),
  timeout: z.number(),
  failures: z.number(),
  recoveries: z.number(),
});

type Find = (target: string | undefined) => Target | undefined;

/** The settings of an entry as written; kinds parse them again when they are bound. */
const settingsOf = (here: ServiceHere, section: string, name: string): Entry =>
  entry(entry(entry(here.content)[section])[name]);

function placeComponents(here: ServiceHere, find: Find): readonly PlacedComponent[] {
  const { service, target: home, components } = here.value;
  return Object.entries(components).map(([name, value]) => {
    const base = componentBase.parse(value);
    const target = find(base.target ?? home);
    if (target === undefined) throw new Error(`${service}/${name} was placed where its target is not`);
    return {
      ref: { service, component: name, environment: here.environment },
      kind: base.kind,
      settings: without(settingsOf(here, 'components', name), BASE_KEYS.component),
      target,
      everyMs: base.every,
    };
  });
}

/** A check reads where it says, else where its component lives, else where its service does. */
function checkTarget(here: ServiceHere, base: z.infer<typeof checkBase>): string | undefined {
  const component = here.value.components[base.component ?? ''];
  const home = component === undefined ? undefined : componentBase.parse(component).target;
  return base.target ?? home ?? here.value.target;
}

function placeChecks(here: ServiceHere, find: Find): readonly PlacedCheck[] {
  return Object.entries(here.value.checks).map(([name, value]) => {
    const base = checkBase.parse(value);
    const target = find(checkTarget(here, base));
    return {
      service: here.value.service,
      environment: here.environment,
      name,
      kind: base.kind,
      settings: without(settingsOf(here, 'checks', name), BASE_KEYS.check),
      ...(base.component === undefined ? {} : { component: base.component }),
      ...(target === undefined ? {} : { target }),
      everyMs: base.every,
      timeoutMs: base.timeout,
      thresholds: { failures: base.failures, recoveries: base.recoveries },
    };
  });
}

/** A service in an environment that has all of its targets. */
export function placeService(here: ServiceHere, targets: readonly Target[]): PlacedService {
  const find: Find = (name) =>
    targets.find((target) => target.name === name && target.environment === here.environment);
  const { service, title, links, verify } = here.value;
  const deploy = placeDeploy(here);
  const envFile = placeEnvFile(here);
  return {
    name: service,
    title,
    environment: here.environment,
    links,
    components: placeComponents(here, find),
    checks: placeChecks(here, find),
    verify: { holdMs: verify.hold, withinMs: verify.within },
    procedures: placeProcedures(here),
    backups: placeBackups(here),
    schedules: placeSchedules(here),
    ...(deploy === undefined ? {} : { deploy }),
    ...(envFile === undefined ? {} : { envFile }),
  };
}

type Botswain = FileContents['botswain'];

const placePerson = ([key, person]: [string, Botswain['people'][string]]): Person => ({
  key,
  name: person.name,
  roles: person.roles,
  ...(person.slack === undefined ? {} : { slack: person.slack }),
  ...(person.telegram === undefined ? {} : { telegram: person.telegram }),
});

const placeSlack = ({
  team,
  channels,
  groups,
}: NonNullable<Botswain['chats']['slack']>): ChatSettings['slack'] & object => ({
  team,
  channels,
  ...(groups === undefined ? {} : { groups }),
});

/** One chat alone has nobody to take over from it. */
const placeChats = ({ slack, telegram, takeover }: Botswain['chats']): ChatSettings => ({
  ...(slack === undefined ? {} : { slack: placeSlack(slack) }),
  ...(telegram === undefined ? {} : { telegram }),
  ...(slack === undefined || telegram === undefined ? {} : { takeoverMs: takeover }),
});

/** What botswain.yaml says, in the shapes the program works with; `content` is the file as written. */
export const placeBotswain = (
  botswain: Botswain,
  content: unknown,
): Pick<
  Configuration,
  | 'timezone'
  | 'people'
  | 'chats'
  | 'policy'
  | 'freezes'
  | 'audit'
  | 'breakGlass'
  | 'budget'
  | 'deadMan'
  | 'retention'
  | 'storages'
  | 'onCall'
  | 'incidents'
  | 'integrations'
  | 'statusPage'
  | 'postMortems'
> => ({
  timezone: botswain.timezone,
  people: Object.entries(botswain.people).map(placePerson),
  chats: placeChats(botswain.chats),
  policy: botswain.policy.map((rule, index) => placeRule(rule, index, botswain.timezone)),
  freezes: botswain.freezes.map((freeze) => placeFreeze(freeze, botswain.timezone)),
  ...placeSafety(botswain),
  ...placeUpkeep(botswain),
  storages: placeStorages(botswain.storages),
  integrations: placeIntegrations(botswain.integrations, entry(entry(content).integrations)),
  incidents: placeIncidents(botswain.incidents, {
    chains: botswain.on_call === undefined ? {} : placeOnCall(botswain.on_call, botswain.timezone).chains,
    timezone: botswain.timezone,
  }),
  ...(botswain.on_call === undefined ? {} : { onCall: placeOnCall(botswain.on_call, botswain.timezone) }),
  ...(botswain.post_mortems === undefined ? {} : { postMortems: placePostMortems(botswain.post_mortems) }),
  ...(botswain.status_page === undefined ? {} : { statusPage: placeStatusPage(botswain.status_page) }),
  audit: {
    postAtMinutes: botswain.audit.post_at,
    ...(botswain.audit.heads === undefined ? {} : { heads: botswain.audit.heads }),
  },
});
