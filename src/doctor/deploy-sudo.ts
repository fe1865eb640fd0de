import { GIT_WORDS } from '../deploys/git/calls.ts';
import { keptName } from '../deploys/git/images.ts';
import { KEPT_REFS } from '../deploys/git/kept.ts';
import { type As, dockerAs, type GitSettings, gitAs, gitSettings } from '../deploys/git/settings.ts';
import type { PlacedService } from '../domain/configuration.ts';
import { type Target, targetKey } from '../domain/fleet.ts';
import { type CallWord, type Part, withShapes } from './call-words.ts';
import { SHA, SHORT } from './deploy-calls.ts';
import type { TargetCall } from './target-calls.ts';

const word = (...parts: readonly Part[]): CallWord => ({ parts });

/** What the scripts of src/deploys/git/scripts.ts call git for. */
const gitInside = ({ branch }: GitSettings): readonly (readonly CallWord[])[] => [
  ['rev-parse', 'HEAD'],
  ['update-ref', word(`${KEPT_REFS}/`, SHA), word(SHA)],
  ['update-ref', '-d', word(`${KEPT_REFS}/`, SHA)],
  ['status', '--porcelain', '--untracked-files=no'],
  ['cat-file', '-e', word(SHA, '^{commit}')],
  ['checkout', '-q', '--detach', word(SHA), '--'],
  ['rev-parse', '-q', '--verify', `refs/heads/${branch}^{commit}`],
  ['merge-base', '--is-ancestor', word(SHA), word(SHA)],
  ['log', '--oneline', '--max-count=10', word(SHA, '..', SHA)],
  ['symbolic-ref', '-q', '--short', 'HEAD'],
  ['merge', '-q', '--ff-only', word(SHA)],
  ['checkout', '-q', '-B', branch, word(SHA), '--'],
];

const TAGS = '{{range .RepoTags}}{{println .}}{{end}}';

/** What they call docker for, for one image. */
function dockerInside(image: string): readonly (readonly CallWord[])[] {
  const mark = '0123456';
  const kept = withShapes(keptName(image, mark), new Map([[mark, SHORT]]));
  return [
    ['image', 'inspect', '--format', TAGS, image],
    ['image', 'tag', image, kept],
    ['image', 'tag', kept, image],
    ['image', 'inspect', kept],
    ['image', 'rm', kept],
  ];
}

/**
 * What the scripts of a deploy run through sudo inside of themselves, where the settings have git or docker run by somebody
 * else: `callsOn` sees the scripts only, which run as the login user.
 */
export function deploySudo({ deploy, ...service }: PlacedService, target: Target): readonly TargetCall[] {
  const isHere = service.components.some(
    ({ ref, target: own }) => ref.component === deploy?.component && targetKey(own) === targetKey(target),
  );
  if (deploy?.kind !== 'git' || !isHere) return [];
  const given = gitSettings.parse(deploy.settings);
  const call = (as: As, words: readonly CallWord[], cwd?: string): readonly TargetCall[] =>
    as.sudo !== true && as.user === undefined
      ? []
      : [
          {
            words,
            ...(cwd === undefined ? {} : { cwd }),
            sudo: as.sudo === true,
            ...(as.user === undefined ? {} : { user: as.user }),
            way: 'change',
            why: `${service.name}@${service.environment}: deploy`,
            optional: true,
          },
        ];
  return [
    ...gitInside(given).flatMap((args) => call(gitAs(given), [...GIT_WORDS, '-C', given.folder, ...args])),
    ...given.images.flatMap((image) =>
      dockerInside(image).flatMap((args) => call(dockerAs(given), ['docker', ...args])),
    ),
    ...[...given.install, ...given.build].flatMap(({ argv, as }) =>
      call(as ?? gitAs(given), argv, given.folder),
    ),
  ];
}
