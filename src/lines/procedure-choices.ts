import type { PickerChoice } from '../chat/picker.ts';
import type { Configuration } from '../domain/configuration.ts';
import { exampleWords } from '../domain/procedure-arguments.ts';

/** The procedures that run as they stand, without a parameter, each behind its service: what `run` is chosen from. */
export const procedureChoices = ({ services }: Pick<Configuration, 'services'>): readonly PickerChoice[] =>
  services.flatMap(({ name, environment, procedures }) =>
    procedures
      .filter((procedure) => exampleWords(procedure) === '')
      .map((procedure) => ({
        name: `${name}@${environment} ${procedure.name}`,
        summary: procedure.title,
      })),
  );
