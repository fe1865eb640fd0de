import { z } from 'zod';
import type { Configuration } from '../src/domain/configuration.ts';
import { duration, line, name, oneOrMore } from './fields.ts';

/** `break_glass` and `budget` as they are written in botswain.yaml. */
export const safety = {
  break_glass: z
    .strictObject({
      roles: oneOrMore(name).describe(
        'roles that may go ahead without approval, with `--break-glass --reason "…"`',
      ),
      review_from: oneOrMore(name).describe('roles of which another person must sign the review afterwards'),
      within: duration('24h').describe('how soon the review is to be signed'),
    })
    .optional()
    .describe(
      'who may skip approvals, freezes and the budget when it cannot wait; locks, digest and rules that deny stay. Absent = nobody',
    ),
  budget: z
    .array(
      z.strictObject({
        verb: oneOrMore(line).describe('verbs it speaks of, each counted by itself'),
        service: oneOrMore(name).optional().describe('services it speaks of; absent = all'),
        environment: oneOrMore(name).optional().describe('environments it speaks of; absent = all'),
        component: oneOrMore(name).optional().describe('components it speaks of; absent = all'),
        tries: z
          .int()
          .min(1)
          .max(100)
          .describe('so many tries of a verb on one component, however they end,'),
        within: duration('1h').describe('in so long a time; then somebody has to look'),
        rest: duration('30m').describe(
          'after that long one more try is allowed; verified, the budget is full again',
        ),
      }),
    )
    .default([])
    .describe('how often the same thing may be tried; the first line that matches counts, none = for ever'),
};

const Safety = z.object(safety);

/** What {@link safety} makes of botswain.yaml. */
export type SafetySettings = z.infer<typeof Safety>;

/** The settings as the program works with them. */
export const placeSafety = ({
  break_glass: glass,
  budget,
}: SafetySettings): Pick<Configuration, 'breakGlass' | 'budget'> => ({
  ...(glass === undefined
    ? {}
    : { breakGlass: { roles: glass.roles, reviewFrom: glass.review_from, withinMs: glass.within } }),
  budget: budget.map(({ verb, service, environment, component, tries, within, rest }) => ({
    verb,
    ...(service === undefined ? {} : { service }),
    ...(environment === undefined ? {} : { environment }),
    ...(component === undefined ? {} : { component }),
    tries,
    withinMs: within,
    restMs: rest,
  })),
});
