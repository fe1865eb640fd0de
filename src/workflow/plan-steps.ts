import type { StepDraft } from '../components/component.ts';
import type { PlacedComponent } from '../domain/configuration.ts';
import type { Target } from '../domain/fleet.ts';
import type { Batch, Step } from '../domain/plan.ts';

/** Bytes kept of what a step prints, of stdout and stderr each. */
export const OUTPUT_CAP_BYTES = 256 * 1024;

/** A batch whose steps have no numbers yet. */
export interface Stretch {
  readonly steps: readonly Omit<Step, 'id'>[];
  readonly verifications: Batch['verifications'];
}

/** Drafts as the steps of a component, on its own target unless told. */
export const stepsOn = (
  placed: PlacedComponent,
  drafts: readonly StepDraft[],
  target: Pick<Target, 'name'> = placed.target,
): Stretch['steps'] =>
  drafts.map((draft) => ({
    ...draft,
    component: placed.ref,
    target: target.name,
    outputCapBytes: OUTPUT_CAP_BYTES,
  }));

/** Numbers the steps of a plan, 1, 2, … in the order shown. */
export function numbered(stretches: readonly Stretch[]): readonly Batch[] {
  let number = 0;
  return stretches.map(({ steps, verifications }) => ({
    steps: steps.map((step) => {
      number += 1;
      return { ...step, id: String(number) };
    }),
    verifications,
  }));
}
