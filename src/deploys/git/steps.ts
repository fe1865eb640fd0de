import type { StepDraft } from '../../components/component.ts';
import { gitCall } from './calls.ts';
import { shortSha } from './checkout.ts';
import { keptName } from './images.ts';
import { KEPT_REFS } from './kept.ts';
import type { Aim } from './resolve.ts';
import { forgetCall, keepCall, moveCall, programCall, retagCall } from './scripts.ts';
import type { GitSettings, Program } from './settings.ts';

const KEEP_MS = 2 * 60_000;
const FETCH_MS = 10 * 60_000;

const step = (
  title: string,
  of: Pick<StepDraft, 'call' | 'deadlineMs'> & { readonly ifFailed: string },
): StepDraft => ({ title: title.slice(0, 200), effect: 'change', acceptedCodes: [0], ...of });

const UNTOUCHED = 'Neither the checkout nor what runs was touched.';

/** Keeps what runs now as a way back. */
export function keepStep(given: GitSettings, head: string): StepDraft {
  const images = given.images.map((image) => [image, keptName(image, head)] as const);
  const also = images.length === 0 ? '' : ` with ${given.images.join(', ')}`;
  return step(`keep ${shortSha(head)}${also} as a way back`, {
    call: keepCall(given, { head, refs: KEPT_REFS, images }),
    deadlineMs: KEEP_MS,
    ifFailed: UNTOUCHED,
  });
}

/** Brings the version to the target. */
export const fetchSteps = (given: GitSettings, { fetch, name }: Aim): readonly StepDraft[] =>
  fetch === undefined
    ? []
    : [
        step(`fetch ${name} from ${given.remote}`, {
          call: gitCall(given, 'fetch', '--no-tags', given.remote, fetch),
          deadlineMs: FETCH_MS,
          ifFailed: UNTOUCHED,
        }),
      ];

/** Moves the checkout. */
export const moveStep = (
  given: GitSettings,
  of: { readonly from: string; readonly to: string; readonly branch?: string | undefined },
): StepDraft =>
  step(
    `check out ${shortSha(of.to)}${of.branch === undefined ? '' : ` on ${of.branch}`} in ${given.folder}`,
    {
      call: moveCall(given, of),
      deadlineMs: KEEP_MS,
      ifFailed: 'What runs was not touched.',
    },
  );

const programStep = (
  given: GitSettings,
  of: { readonly head: string; readonly program: Program; readonly ifFailed: string },
): StepDraft =>
  step(of.program.argv.join(' '), {
    call: programCall(given, of.head, of.program),
    deadlineMs: of.program.timeoutMs,
    ifFailed: of.ifFailed,
  });

/** Installs what the version needs. */
export const installSteps = (given: GitSettings, head: string): readonly StepDraft[] =>
  given.install.map((program) =>
    programStep(given, {
      head,
      program,
      ifFailed: `What runs was not restarted; ${given.folder} is at ${shortSha(head)} already.`,
    }),
  );

/** Builds it. */
export const buildSteps = (given: GitSettings, head: string): readonly StepDraft[] =>
  given.build.map((program) =>
    programStep(given, {
      head,
      program,
      ifFailed: `What runs was not touched; ${given.folder} is at ${shortSha(head)} already.`,
    }),
  );

/** Takes the images that were kept of a version. */
export const retagStep = (given: GitSettings, head: string): StepDraft =>
  step(`take the image kept of ${shortSha(head)} again`, {
    call: retagCall(given, {
      head,
      images: given.images.map((image) => [keptName(image, head), image] as const),
    }),
    deadlineMs: KEEP_MS,
    ifFailed: `What runs was not touched; ${given.folder} is at ${shortSha(head)} already.`,
  });

/** Lets go of what was kept long enough. */
export const forgetSteps = (
  given: GitSettings,
  of: { readonly head: string; readonly old: readonly string[] },
): readonly StepDraft[] =>
  of.old.length === 0
    ? []
    : [
        step(`let go of ${of.old.map(shortSha).join(', ')}, kept long enough`, {
          call: forgetCall(given, {
            head: of.head,
            refs: of.old.map((sha) => `${KEPT_REFS}/${sha}`),
            images: of.old.flatMap((sha) => given.images.map((image) => keptName(image, sha))),
          }),
          deadlineMs: KEEP_MS,
          ifFailed: 'What was deployed runs, and was verified.',
        }),
      ];
