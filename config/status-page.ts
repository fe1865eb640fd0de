import { z } from 'zod';
import { SEVERITIES } from '../src/domain/policy.ts';
import type { StatusPageSettings } from '../src/domain/status-settings.ts';
import { UPDATE_STATES } from '../src/domain/status-update.ts';
import { statusBackendKinds } from '../src/status-page/registry.ts';
import { duration, line, name, oneOrMore } from './fields.ts';

const component = z.strictObject({
  title: line.describe('its name, as users know it'),
  description: line.optional().describe('one line below it'),
  group: line.optional().describe('the heading under which it stands'),
  service: name.optional().describe('the service of ours that it is; its incidents move it'),
  environment: name.optional().describe('only incidents there move it; absent = all of the service'),
});

const template = z.strictObject({
  state: z.enum(UPDATE_STATES).describe('the state it is for'),
  variant: name
    .default('standard')
    .describe('what `--template` calls it; `no-news` and `regression` are taken where they fit'),
  severity: oneOrMore(z.enum(SEVERITIES)).optional().describe('only for these; absent = all'),
  component: oneOrMore(name).optional().describe('only where one of these is affected; absent = all'),
  title: line.optional().describe('title of the incident, where this is its first update'),
  body: z
    .string()
    .min(1)
    .max(5_000)
    .describe('the text; `{{impact}}` and its like are put in, and `{{scope?}}` goes where it is not known'),
});

const host = z.string().regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, {
  error: (issue) => `${JSON.stringify(issue.input)} is not a host name\nwrite one such as example.com`,
});

const backends = Object.fromEntries(
  statusBackendKinds.map(({ kind, settings, summary }) => [kind, settings.optional().describe(summary)]),
);

/** `status_page` as it is written in botswain.yaml. */
export const statusPageSetting = z
  .strictObject({
    title: line.describe('its name: whose status it is'),
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('where users find it; absent = `PUBLIC_URL`'),
    support: z
      .url({ protocol: /^(?:https?|mailto)$/ })
      .optional()
      .describe('where users get help'),
    allow_hosts: z
      .array(host)
      .default([])
      .describe('host names that updates may name, with all below them; that of the page always'),
    next_update: z
      .strictObject({
        P0: duration('20m').describe('for a P0'),
        P1: duration('30m').describe('for a P1'),
        P2: duration('1h').describe('for a P2'),
        P3: duration('2h').describe('for a P3'),
      })
      .prefault({})
      .describe('when the next update is promised, unless somebody says otherwise'),
    components: z.record(name, component).default({}).describe('its parts, by a name of ours'),
    templates: z
      .array(template)
      .default([])
      .describe('own words, taken before those that come with Botswain'),
    backends: z.strictObject(backends).prefault({}).describe('pages elsewhere that get every update, too'),
  })
  .optional()
  .describe('the public status page; absent = there is none');

type Written = NonNullable<z.infer<typeof statusPageSetting>>;

const placeTemplate = ({
  state,
  variant,
  severity,
  component: components,
  title,
  body,
}: Written['templates'][number]): StatusPageSettings['templates'][number] => ({
  state,
  variant,
  ...(severity === undefined ? {} : { severities: severity }),
  ...(components === undefined ? {} : { components }),
  ...(title === undefined ? {} : { title }),
  body,
});

const placeComponent = ([key, it]: [
  string,
  Written['components'][string],
]): StatusPageSettings['components'][number] => {
  const { title, description, group, service, environment } = it;
  return {
    name: key,
    title,
    ...(description === undefined ? {} : { description }),
    ...(group === undefined ? {} : { group }),
    ...(service === undefined ? {} : { service }),
    ...(environment === undefined ? {} : { environment }),
  };
};

/** Puts `status_page` into the shape the program works with. */
export const placeStatusPage = (written: Written): StatusPageSettings => ({
  title: written.title,
  ...(written.url === undefined ? {} : { url: written.url.replace(/\/+$/, '') }),
  ...(written.support === undefined ? {} : { support: written.support }),
  allowedHosts: written.allow_hosts,
  nextUpdateMs: written.next_update,
  components: Object.entries(written.components).map(placeComponent),
  templates: written.templates.map(placeTemplate),
  backends: Object.entries(written.backends).flatMap(([kind, settings]) =>
    settings === undefined ? [] : [{ kind, settings }],
  ),
});
