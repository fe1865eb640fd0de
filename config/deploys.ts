import { z } from 'zod';
import { deployKinds } from '../src/deploys/registry.ts';
import type { PlacedDeploy } from '../src/domain/deploy.ts';
import { name } from './fields.ts';
import type { ServiceHere } from './place.ts';
import { entry } from './read.ts';

const base = {
  component: name.describe('the component on whose target it is done'),
  components: z
    .array(name)
    .default([])
    .describe('other components it concerns: nobody alters them meanwhile'),
  afterwards: z
    .record(name, z.enum(['restart', 'recreate', 'start', 'stop']))
    .default({})
    .describe(
      'what happens to components once the version is there, in this order, each verified before the next',
    ),
  migrate: name
    .optional()
    .describe('procedure that runs in between, such as a migration of the database; never in a rollback'),
};

const KEYS = ['kind', ...Object.keys(base)];

const kinds = deployKinds.map(({ kind, summary, settings }) => {
  if (!(settings instanceof z.ZodObject))
    throw new Error(`the settings of kind ${kind} are not one z.strictObject`);
  return settings
    .safeExtend({ kind: z.literal(kind).describe('how new versions get there'), ...base })
    .describe(summary);
});

interface DeployEntry {
  readonly kind: string;
  readonly component: string;
  readonly components: readonly string[];
  readonly afterwards: Readonly<Record<string, PlacedDeploy['afterwards'][number]['action']>>;
  readonly migrate?: string | undefined;
  readonly [key: string]: unknown;
}

function oneOfKinds(): z.ZodType<DeployEntry> {
  const [first, ...rest] = kinds;
  if (first === undefined) throw new Error('there is no kind of deploy');
  return z.discriminatedUnion('kind', [first, ...rest]).pipe(z.custom<DeployEntry>());
}

/** What a service file says under `deploy`. */
export const deploySetting = oneOfKinds()
  .optional()
  .describe('how new versions of it get to where it runs: `deploy`, `releases`, `rollback`');

/** Puts `deploy` of a service's file into the shape the program works with. */
export function placeDeploy({ value, content }: ServiceHere): PlacedDeploy | undefined {
  const { deploy } = value;
  if (deploy === undefined) return undefined;
  const { kind, component, components, migrate } = deploy;
  const afterwards = Object.entries(deploy.afterwards).map(([of, action]) => ({ component: of, action }));
  const written = Object.entries(entry(entry(content).deploy));
  return {
    kind,
    component,
    components: [...new Set([component, ...components, ...afterwards.map((each) => each.component)])],
    afterwards,
    ...(migrate === undefined ? {} : { migrate }),
    settings: Object.fromEntries(written.filter(([key]) => !KEYS.includes(key) && !key.startsWith('x-'))),
  };
}
