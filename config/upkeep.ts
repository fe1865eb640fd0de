import { z } from 'zod';
import type { Configuration } from '../src/domain/configuration.ts';
import { durationMs, formatDuration } from '../src/domain/duration.ts';
import { secretReference } from './fields.ts';

const DAY_MS = 24 * 60 * 60_000;

const atLeast = (preset: string, least: number) =>
  durationMs
    .refine((ms) => ms >= least, `too short to be of any use\nkeep it for ${formatDuration(least)} at least`)
    .prefault(preset);

const atMost = (preset: string, most: number) =>
  durationMs
    .refine((ms) => ms > 0 && ms <= most, `out of range\nwrite a duration of ${formatDuration(most)} at most`)
    .prefault(preset);

/** `dead_man` and `retention` as they are written in botswain.yaml. */
export const upkeep = {
  dead_man: z
    .strictObject({
      url: z
        .union([
          z.url({ protocol: /^https?$/, error: 'not a URL\nwrite one that starts with https://' }),
          secretReference,
        ])
        .describe('what is called with GET; whoever watches it raises the alarm when the calls stop'),
      every: atMost('1m', DAY_MS).describe('time between two calls, a day at most'),
    })
    .optional()
    .describe('tells somebody outside that Botswain is well: silence is the alarm. Absent = nobody is told'),
  retention: z
    .strictObject({
      chats: atLeast('90d', DAY_MS).describe(
        'how long messages, console entries, buttons and what senders of alerts delivered are kept',
      ),
      changes: atLeast('400d', 30 * DAY_MS).describe(
        'how long changes and the output of their steps are kept',
      ),
    })
    .prefault({})
    .describe('what the journal forgets, and when; the audit is kept for ever'),
};

const Upkeep = z.object(upkeep);

/** The settings as the program works with them. */
export const placeUpkeep = ({
  dead_man: deadMan,
  retention,
}: z.infer<typeof Upkeep>): Pick<Configuration, 'deadMan' | 'retention'> => ({
  ...(deadMan === undefined ? {} : { deadMan: { url: deadMan.url, everyMs: deadMan.every } }),
  retention: { chatsMs: retention.chats, changesMs: retention.changes },
});
