import type { Loaded } from '../../config/load.ts';
import { displayName, type Problem } from '../../config/problem.ts';
import type { Configuration, Environment } from '../domain/configuration.ts';
import { type Diagnosis, doubtful, good, wrong } from '../domain/diagnosis.ts';
import type { Failed, Outcome, Unknown } from '../domain/outcome.ts';

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** Says what `check` says of a folder. */
export function settingsDiagnoses(loaded: Loaded, folder: string): readonly Diagnosis[] {
  if (loaded.kind === 'broken') return loaded.problems.map((problem) => placed(wrong, problem));
  const { services, targets, people } = loaded.configuration;
  return [
    good(
      `${displayName(folder)}: ${[count(new Set(services.map(({ name }) => name)).size, 'service'), count(targets.length, 'target')].join(', ')}, ${people.length} people`,
    ),
    ...loaded.warnings.map((problem) => placed(doubtful, problem)),
  ];
}

const placed = (say: typeof wrong, { file, line, column, message, remedy }: Problem): Diagnosis =>
  say(`${file}:${line}:${column} ${message}`, remedy);

/** Says what is wrong with the variables of contract 6.2. */
export const variableDiagnoses = (told: Failed | Unknown): readonly Diagnosis[] => [
  wrong(
    `variables: ${told.message}`,
    ...('remedy' in told && told.remedy !== undefined ? [told.remedy] : []),
  ),
];

interface Platform {
  readonly name: string;
  readonly token: string;
  readonly places: string;
  readonly hasToken: boolean;
  readonly hasPlaces: boolean;
}

/** Says where tokens and settings of a chat do not come together. */
export function chatDiagnoses(
  { slack, telegram }: Environment,
  { chats }: Pick<Configuration, 'chats'>,
): readonly Diagnosis[] {
  const platforms: readonly Platform[] = [
    {
      name: 'Slack',
      token: 'SLACK_BOT_TOKEN and SLACK_APP_TOKEN',
      places: 'chats.slack',
      hasToken: slack !== undefined,
      hasPlaces: chats.slack !== undefined,
    },
    {
      name: 'Telegram',
      token: 'TELEGRAM_BOT_TOKEN',
      places: 'chats.telegram',
      hasToken: telegram !== undefined,
      hasPlaces: chats.telegram !== undefined,
    },
  ];
  const halves = platforms.flatMap(half);
  const none = platforms.every(({ hasToken }) => !hasToken);
  return none && halves.length === 0
    ? [
        doubtful(
          'no chat: people can only work in the web console',
          'Set SLACK_BOT_TOKEN or TELEGRAM_BOT_TOKEN (README, Variables).',
        ),
      ]
    : halves;
}

function half({ name, token, places, hasToken, hasPlaces }: Platform): readonly Diagnosis[] {
  if (hasToken === hasPlaces) return [];
  return hasToken
    ? [
        wrong(
          `${name}: there is a token, and ${places} is not in botswain.yaml`,
          `Write ${places} in botswain.yaml (README, Configuration reference).`,
        ),
      ]
    : [
        wrong(
          `${name}: ${places} is in botswain.yaml, and there is no token`,
          `Set ${token} where botswain starts, or remove ${places}.`,
        ),
      ];
}

/** The configuration, where there is one. */
export const configurationOf = (loaded: Loaded): Configuration | undefined =>
  loaded.kind === 'loaded' ? loaded.configuration : undefined;

/** The value of the variables, where they hold. */
export const environmentOf = (read: Outcome<Environment>): Environment | undefined =>
  read.kind === 'succeeded' ? read.value : undefined;
