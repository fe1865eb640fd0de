import type { Loaded } from '../../config/load.ts';
import type { SecretReader } from '../../config/secrets.ts';
import { diagnoseSlack } from '../chat/slack/slack-doctor.ts';
import { diagnoseTelegram } from '../chat/telegram/telegram-doctor.ts';
import { telegramSettings } from '../chat/telegram/telegram-settings.ts';
import { componentKinds } from '../components/registry.ts';
import type { Configuration, Environment } from '../domain/configuration.ts';
import { type Diagnosis, wrong } from '../domain/diagnosis.ts';
import { targetKey } from '../domain/fleet.ts';
import type { Outcome } from '../domain/outcome.ts';
import { executorKinds } from '../executors/registry.ts';
import type { AccessSources } from '../github/access.ts';
import { diagnoseGithub } from '../github/github-doctor.ts';
import { dataDiagnoses, nodeDiagnosis } from './machine.ts';
import { callers, diagnosePublicUrl } from './public-url.ts';
import { Reach } from './reach.ts';
import type { Group } from './report.ts';
import { secretDiagnoses } from './secrets.ts';
import {
  chatDiagnoses,
  configurationOf,
  environmentOf,
  settingsDiagnoses,
  variableDiagnoses,
} from './settings.ts';
import { statusPageDiagnoses } from './status-page.ts';
import { storageDiagnoses } from './storages.ts';
import { examineTarget } from './targets.ts';

/** What is to be examined: settings that were read, whether they hold or not. */
export interface Examination {
  readonly environment: Outcome<Environment>;
  readonly loaded: Loaded;
  readonly folder: string;
  readonly secret: SecretReader;
}

/** Everything must be said within this, milliseconds; contract: under 20 s when nothing answers. */
const WHOLE_MS = 17_000;
/** Connections that are still being made are not waited for longer, milliseconds. */
const CLOSE_MS = 1_000;

interface Pending {
  readonly title: string;
  readonly found: Promise<readonly Diagnosis[]>;
}

/** Tries everything at once; yields the groups in their order, each as soon as it is known. */
export async function* examine(it: Examination): AsyncGenerator<Group> {
  const environment = environmentOf(it.environment);
  const configuration = configurationOf(it.loaded);
  const reach = new Reach(configuration ?? { targets: [] }, executorKinds, it.secret);
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), WHOLE_MS);
  const pending = [
    ...atOnce(it),
    ...(environment === undefined ? [] : chats(environment, configuration)),
    ...(configuration === undefined ? [] : storages(configuration, it.secret)),
    ...(configuration === undefined || environment === undefined
      ? []
      : [
          ...statusPage(configuration, { environment, secret: it.secret }),
          ...postMortems(configuration, { environment, secret: it.secret }),
        ]),
    ...(configuration === undefined ? [] : targets(configuration, reach)),
  ].map((one) => ({ ...one, found: inTime(one.found, deadline.signal) }));
  try {
    for (const { title, found } of pending) yield { title, diagnoses: await found };
  } finally {
    clearTimeout(timer);
    await Promise.race([reach.close(), pause(CLOSE_MS)]);
  }
}

function atOnce(it: Examination): readonly Pending[] {
  return [
    { title: 'This machine', found: machine(it) },
    { title: 'Settings', found: settings(it) },
  ];
}

async function machine({ environment }: Examination): Promise<readonly Diagnosis[]> {
  const variables = environmentOf(environment);
  return [nodeDiagnosis(), ...(variables === undefined ? [] : dataDiagnoses(variables.dataFolder))];
}

async function settings({ environment, loaded, folder, secret }: Examination): Promise<readonly Diagnosis[]> {
  const variables = environmentOf(environment);
  const configuration = configurationOf(loaded);
  return [
    ...(environment.kind === 'succeeded' ? [] : variableDiagnoses(environment)),
    ...settingsDiagnoses(loaded, folder),
    ...(configuration === undefined ? [] : secretDiagnoses(configuration, secret)),
    ...(configuration === undefined || variables === undefined
      ? []
      : chatDiagnoses(variables, configuration)),
  ];
}

function chats(environment: Environment, configuration: Configuration | undefined): readonly Pending[] {
  const places = configuration?.chats ?? {};
  const telegram = telegramSettings(environment, { chats: places });
  return [
    ...(callers(environment).length === 0
      ? []
      : [{ title: 'PUBLIC_URL', found: diagnosePublicUrl(environment) }]),
    ...(environment.slack === undefined ? [] : [slack(environment.slack, configuration)]),
    ...(telegram === undefined
      ? []
      : [
          {
            title: 'Telegram',
            found: diagnoseTelegram({ settings: telegram, chats: places.telegram?.chats ?? {} }),
          },
        ]),
  ];
}

function slack(
  { botToken, way, apiUrl }: NonNullable<Environment['slack']>,
  configuration: Configuration | undefined,
): Pending {
  const { team, channels = {}, groups = {} } = configuration?.chats.slack ?? {};
  const settings = {
    botToken,
    way,
    ...(team === undefined ? {} : { team }),
    ...(apiUrl === undefined ? {} : { apiUrl }),
  };
  return {
    title: 'Slack',
    found: diagnoseSlack({
      settings,
      channels,
      groups,
      ...(configuration === undefined ? {} : { people: configuration.people }),
    }),
  };
}

const storages = ({ storages: placed = [] }: Configuration, secret: SecretReader): readonly Pending[] =>
  placed.length === 0 ? [] : [{ title: 'Storages', found: storageDiagnoses(placed, secret) }];

const postMortems = ({ postMortems: settings }: Configuration, sources: AccessSources): readonly Pending[] =>
  settings === undefined ? [] : [{ title: 'Post-mortems', found: diagnoseGithub(sources, settings) }];

const statusPage = (
  { statusPage: settings }: Configuration,
  from: { readonly environment: Environment; readonly secret: SecretReader },
): readonly Pending[] =>
  settings === undefined || settings.backends.length === 0
    ? []
    : [{ title: 'Status page', found: statusPageDiagnoses(settings, from) }];

const targets = (configuration: Configuration, reach: Reach): readonly Pending[] =>
  configuration.targets.map((target) => ({
    title: `${targetKey(target)} (${target.kind})`,
    found: examineTarget({ configuration, kinds: componentKinds, reach }, target),
  }));

/** One examination that goes wrong, or on for ever, does not take the others along. */
function inTime(found: Promise<readonly Diagnosis[]>, deadline: AbortSignal): Promise<readonly Diagnosis[]> {
  const late = Promise.withResolvers<readonly Diagnosis[]>();
  deadline.addEventListener('abort', () =>
    late.resolve([
      wrong(
        `it did not answer everything within ${WHOLE_MS / 1_000} s`,
        'See that it is not overloaded, and run this again.',
      ),
    ]),
  );
  const safe = found.catch((error: unknown) => [
    wrong(
      `a fault of Botswain itself: ${error instanceof Error ? error.message : String(error)}`,
      'Report it with this line and `botswain version`.',
    ),
  ]);
  return Promise.race([safe, late.promise]);
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
