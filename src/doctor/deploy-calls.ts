import type { Read } from '../components/component.ts';
import type { Deploy } from '../deploys/deploy.ts';
import { deployKinds } from '../deploys/registry.ts';
import type { ArgvCall } from '../domain/call.ts';
import type { PlacedService } from '../domain/configuration.ts';
import { type Target, targetKey } from '../domain/fleet.ts';
import { failed, succeeded } from '../domain/outcome.ts';
import { type Shape, withShapes } from './call-words.ts';
import type { TargetCall } from './target-calls.ts';

const HEX = '0123456789abcdef';
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** A whole SHA, of either length. */
export const SHA: Shape = {
  ere: '[0-9a-f]{40}([0-9a-f]{24})?',
  of: new Set(HEX),
  globs: ['[0-9a-f]'.repeat(40), '[0-9a-f]'.repeat(64)],
};
/** The first seven characters of one, as images are tagged. */
export const SHORT: Shape = {
  ere: '[0-9a-f]{7}',
  of: new Set(HEX),
  globs: ['[0-9a-f]'.repeat(7)],
};
/** A name of a branch, a tag or a commit as people type it: no two dots, which git reads as a stretch. */
export const VERSION: Shape = {
  ere: '[A-Za-z0-9]([.]?[A-Za-z0-9_/+-])*',
  of: new Set(`${LETTERS}._/+-`),
};

/** A SHA that no settings hold by chance. */
const sha = (number: number): string => `b0751${String(number).padStart(2, '0')}${'5'.repeat(33)}`;

const HEAD = sha(0);
const AIM = sha(1);
/** Kept on the target: more than are to be kept, so that some have to go. */
const KEPT = Array.from({ length: 9 }, (_, index) => sha(index + 10));
const NAME = 'botswain-some-version';
/** Part of a commit, as people type it. */
const TYPED = 'b0751b0751';

/** The commit that begins like what was typed. */
const FOUND = `${TYPED}${AIM.slice(TYPED.length)}`;

const SHAS = [HEAD, AIM, FOUND, ...KEPT];

/** The longest first, for one begins like another. */
const MARKS: ReadonlyMap<string, Shape> = new Map([
  ...SHAS.map((each) => [each, SHA] as const),
  [NAME, VERSION],
  [TYPED, VERSION],
  ...SHAS.map((each) => [each.slice(0, 7), SHORT] as const),
]);

/** How things stand on a pretended target. */
interface Scene {
  readonly version?: string;
  readonly isRollback: boolean;
  /** Whether the wanted commit is there. */
  readonly isThere: boolean;
  /** Whether images are there. */
  readonly hasImages: boolean;
  /** Whether the checkout is on a branch. */
  readonly isOnBranch: boolean;
  /** How many versions are kept. */
  readonly kept: number;
}

const line = (id: string): string => `${id} 1760000000 words\n`;

type Answer = readonly [number, string];

/** What git and docker might answer, by a word that only stands in that question. */
const ANSWERS: readonly (readonly [string, (scene: Scene, branch: string) => Answer])[] = [
  ['image', ({ hasImages }) => (hasImages ? [0, `sha256:${HEAD}\n`] : [1, ''])],
  ['symbolic-ref', ({ isOnBranch }, branch) => (isOnBranch ? [0, `${branch}\n`] : [1, ''])],
  ['for-each-ref', ({ kept }) => [0, KEPT.slice(0, kept).map(line).join('')]],
  ['ls-remote', (_, branch) => [0, `${AIM}\trefs/heads/${branch}\n${AIM}\trefs/tags/${NAME}\n`]],
  ['status', () => [0, '']],
  ['-g', () => [0, 'HEAD@{1760000000}\n']],
  ['rev-parse', () => [0, `${HEAD}\n`]],
];

function answer(argv: readonly string[], scene: Scene, branch: string): Answer {
  const [, told] = ANSWERS.find(([word]) => argv.includes(word)) ?? [];
  if (told !== undefined) return told(scene, branch);
  if (!argv.includes('log')) return [0, '1\n'];
  return argv.includes('HEAD') && argv.includes('-1') ? [0, line(HEAD)] : wanted(argv, scene);
}

/** A commit that is asked for by its name; nothing lies between two. */
function wanted(argv: readonly string[], { isThere }: Scene): Answer {
  if (argv.some((word) => word.startsWith('^'))) return [isThere ? 0 : 128, ''];
  const isTyped = argv.some((word) => word.startsWith(TYPED));
  return isThere ? [0, line(isTyped ? FOUND : AIM)] : [128, ''];
}

const SCENES: readonly Scene[] = [undefined, NAME, TYPED, AIM].flatMap((version) =>
  [true, false].flatMap((isThere) =>
    [true, false].flatMap((isRollback) =>
      // Six are kept at a time; more have to go where letting go failed before.
      [5, 6, 7, 8, 9].map((kept) => ({
        ...(version === undefined ? {} : { version }),
        isRollback,
        isThere,
        hasImages: kept % 2 === 0,
        isOnBranch: kept % 2 === 1,
        kept,
      })),
    ),
  ),
);

interface Made {
  readonly call: ArgvCall;
  readonly way: TargetCall['way'];
}

const branchOf = (settings: unknown): string => {
  const branch: unknown =
    typeof settings === 'object' && settings !== null ? Reflect.get(settings, 'branch') : undefined;
  return typeof branch === 'string' ? branch : 'main';
};

/** Plays one scene; the calls that were read with, and those that were drafted. */
async function played(deploy: Deploy, scene: Scene, branch: string): Promise<readonly Made[]> {
  const made: Made[] = [];
  const read: Read = async (call) => {
    if (call.kind !== 'argv') return failed('TARGET_NO_EXECUTOR', 'only programs are of interest');
    made.push({ call, way: 'read' });
    const [code, stdout] = answer(call.argv, scene, branch);
    const stderr = call.argv.includes('image') ? 'No such image' : '';
    return succeeded({ code, stdout, stderr, truncated: false, durationMs: 0 });
  };
  const { version, isRollback } = scene;
  const asked = { known: [], ...(version === undefined ? {} : { version }) };
  const drafted = isRollback ? await deploy.rollback(read, asked) : await deploy.deploy(read, asked);
  await deploy.present(read);
  await deploy.behind(read);
  if (drafted.kind !== 'succeeded') return made;
  const steps = [...drafted.value.before, ...drafted.value.after];
  const programs = steps.flatMap(({ call }) => (call.kind === 'argv' ? [call] : []));
  return [...made, ...programs.map((call) => ({ call, way: 'change' as const }))];
}

/** Every program that deploying a service makes Botswain run on a target, found by playing deploys through; asks no target. */
export async function deployCalls(service: PlacedService, target: Target): Promise<readonly TargetCall[]> {
  const { deploy: placed } = service;
  const kind = deployKinds.find((one) => one.kind === placed?.kind);
  const isHere = service.components.some(
    ({ ref, target: own }) => ref.component === placed?.component && targetKey(own) === targetKey(target),
  );
  if (placed === undefined || kind === undefined || !isHere) return [];
  const deploy = kind.bind(placed.settings);
  const made: Made[] = [];
  for (const scene of SCENES) made.push(...(await played(deploy, scene, branchOf(placed.settings))));
  const distinct = new Map(made.map((one) => [JSON.stringify([one.way, one.call]), one]));
  return [...distinct.values()].map(({ call, way }) => ({
    words: call.argv.map((word) => withShapes(word, MARKS)),
    ...(call.cwd === undefined ? {} : { cwd: call.cwd }),
    sudo: call.sudo === true,
    ...(call.user === undefined ? {} : { user: call.user }),
    way,
    why: `${service.name}@${service.environment}: deploy`,
    optional: true,
  }));
}
