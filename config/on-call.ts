import { z } from 'zod';
import { durationMs } from '../src/domain/duration.ts';
import type { EscalationChain, EscalationStep } from '../src/domain/incident.ts';
import type { OnCallSettings, Rotation, RotationLayer } from '../src/domain/on-call.ts';
import { readWallTime } from '../src/domain/rotation.ts';
import { duration, line, name, oneOrMore, secretReference, someDuration, timezone } from './fields.ts';
import { placeWindow, window } from './freezes-schema.ts';

const EVERY = /^([1-9]\d{0,2})([dw])$/;

const wallTime = z
  .string()
  .transform((text) => text.replace(' ', 'T'))
  .refine((text) => readWallTime(text) !== undefined, {
    error: (issue) =>
      `${JSON.stringify(issue.input)} is not a day with a time\nwrite one such as "2026-01-05T09:00"`,
  });

const open = z.strictObject({
  ...window,
  timezone: timezone.optional().describe('IANA name; absent = that of the rotation'),
});

const layer = z.strictObject({
  people: z
    .array(name)
    .min(1, 'nobody is in it\nname at least one person')
    .describe('who takes turns, in their order, by the keys of `people`'),
  every: z
    .string()
    .regex(EVERY, {
      error: (issue) =>
        `${JSON.stringify(issue.input)} is not the length of a turn\nwrite days or weeks, such as 1d or 2w`,
    })
    .prefault('1w')
    .describe('how long a turn is: `1d`, `2w`'),
  from: wallTime.describe(
    'the first hand-over, as clocks on the wall show it; all others come at the same time of day, and before it this layer has nobody',
  ),
  only: z
    .union([open, z.array(open).min(1)])
    .transform((given) => (Array.isArray(given) ? given : [given]))
    .optional()
    .describe('when this layer has anybody: follow-the-sun is several layers with windows. Absent = always'),
});

const rotation = z.strictObject({
  timezone: timezone.optional().describe('IANA name of its hand-overs; absent = that of this file'),
  services: oneOrMore(name).optional().describe('services it is for; absent = all without one of their own'),
  layers: z
    .array(layer)
    .min(1, 'the rotation has nobody\nadd a layer with people')
    .describe('where two layers have somebody, the later one counts'),
});

const step = z.strictObject({
  after: durationMs.describe('when it comes, counted from the beginning of the chain: `0m`, `5m`'),
  call: oneOrMore(line)
    .default([])
    .describe('who is called: names of rotations, `role:NAME`, or keys of people'),
  webhooks: oneOrMore(name).default([]).describe('webhooks that are called as well'),
});

const chain = z.strictObject({
  steps: z
    .array(step)
    .min(1, 'the chain calls nobody\nadd a step, such as { after: 0m, call: [primary] }')
    .describe('who is called as long as nobody acknowledges, in their order'),
  repeat: z.int().min(0).max(20).default(0).describe('how often it begins again after its last step'),
  repeat_after: duration('5m').describe('how long after the last step it begins again'),
  remind: someDuration
    .optional()
    .describe(
      'whoever acknowledged is asked after so long without a word; without an answer it is open again. Absent = never',
    ),
  unresolved: z
    .array(step)
    .default([])
    .describe('who is called although somebody has acknowledged, so long after the incident began'),
});

const webhook = z.strictObject({
  url: z
    .union([
      z.url({ protocol: /^https?$/, error: 'not a URL\nwrite one that starts with https://' }),
      secretReference,
    ])
    .describe('gets JSON by POST: incident, severity, title, service, person, url'),
  token: secretReference.optional().describe('sent as `Authorization: Bearer …`'),
});

/** `on_call` as it is written in botswain.yaml. */
export const onCallSetting = z
  .strictObject({
    rotations: z.record(name, rotation).default({}).describe('who is on call when, by name'),
    chains: z
      .record(name, chain)
      .default({})
      .describe(
        'who is called when nobody acknowledges, by name; `critical`, `high`, `medium` and `low` are those of P0 … P3 unless `incidents` says otherwise',
      ),
    webhooks: z
      .record(name, webhook)
      .default({})
      .describe('phone services and the like that are told who is called, by name'),
  })
  .optional()
  .describe('who is called for incidents. Absent = nobody');

type Written = NonNullable<z.infer<typeof onCallSetting>>;
type WrittenLayer = z.infer<typeof layer>;

function placeEvery(text: string): RotationLayer['every'] {
  const [, count, unit] = EVERY.exec(text) ?? [];
  return { unit: unit === 'w' ? 'week' : 'day', count: Number(count) };
}

const placeLayer = ({ people, every, from, only }: WrittenLayer, zone: string): RotationLayer => ({
  people,
  every: placeEvery(every),
  from,
  ...(only === undefined ? {} : { only: only.flatMap((each) => placeWindow(each, zone) ?? []) }),
});

function placeRotation(called: string, written: z.infer<typeof rotation>, home: string): Rotation {
  const zone = written.timezone ?? home;
  return {
    name: called,
    timezone: zone,
    layers: written.layers.map((each) => placeLayer(each, zone)),
    ...(written.services === undefined ? {} : { services: written.services }),
  };
}

const placeStep = ({ after, call, webhooks }: z.infer<typeof step>): EscalationStep => ({
  afterMs: after,
  call,
  webhooks,
});

const placeChain = (written: z.infer<typeof chain>): EscalationChain => ({
  steps: written.steps.map(placeStep),
  repeat: written.repeat,
  repeatAfterMs: written.repeat_after,
  ...(written.remind === undefined ? {} : { remindMs: written.remind }),
  ...(written.unresolved.length === 0 ? {} : { unresolved: written.unresolved.map(placeStep) }),
});

/** Who is on call and who is called when, as the program works with it; `home` is the time zone of the file. */
export const placeOnCall = (written: Written, home: string): OnCallSettings => ({
  rotations: Object.entries(written.rotations).map(([called, each]) => placeRotation(called, each, home)),
  chains: Object.fromEntries(
    Object.entries(written.chains).map(([called, each]) => [called, placeChain(each)]),
  ),
  webhooks: Object.entries(written.webhooks).map(([called, { url, token }]) => ({
    name: called,
    url,
    ...(token === undefined ? {} : { token }),
  })),
});
