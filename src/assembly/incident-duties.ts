import type { Chat } from '../chat/chat.ts';
import { knownNames } from '../domain/alert-facts.ts';
import type { Incident } from '../domain/incident.ts';
import { USUAL_INCIDENTS } from '../domain/incident-settings.ts';
import type { Outcome } from '../domain/outcome.ts';
import { failed } from '../domain/outcome.ts';
import type { WebhookPage } from '../domain/page.ts';
import { alertDuty } from '../incidents/alert-rounds.ts';
import { incidentDuty } from '../incidents/incident-rounds.ts';
import { ownSignalsDuty } from '../incidents/own-signals.ts';
import { pagingDuty } from '../incidents/pages.ts';
import { incidentKey } from '../incidents/publish-incident.ts';
import type { TakingSettings } from '../incidents/taking.ts';
import { genericAlert } from '../intake/generic.ts';
import { alertRequestOf } from '../intake/read-request.ts';
import { sources } from '../intake/registry.ts';
import { callWebhook } from '../paging/webhook.ts';
import type { Duty } from '../workflow/duty.ts';
import { chatOf } from '../workflow/outbox.ts';
import { incidentPlaces } from './chats.ts';
import type { AppOptions, Core } from './core.ts';
import type { IncidentParts } from './incidents.ts';

/** What duties about incidents are made of. */
export interface IncidentDutyPorts {
  readonly options: AppOptions;
  readonly core: Core;
  readonly incidents: IncidentParts;
  readonly chats: readonly Chat[];
  readonly onError: (duty: string) => (error: unknown) => void;
}

const takingSettings = ({ configuration, redact }: AppOptions): TakingSettings => ({
  settings: configuration.incidents ?? USUAL_INCIDENTS,
  integrations: configuration.integrations ?? [],
  known: knownNames(configuration),
  timezone: configuration.timezone,
  redact,
});

/** A link to an incident where the first chat that has links shows it. */
async function linkTo(
  { options, core, chats }: IncidentDutyPorts,
  incident: Incident,
): Promise<string | undefined> {
  for (const place of incidentPlaces(options.configuration)) {
    const chat = chatOf(chats, place.platform);
    const shown = await core.journal.deliveries.find(incidentKey(incident.id, place));
    const link = shown?.posted === undefined ? undefined : chat?.linkTo?.(shown.posted);
    if (link !== undefined) return link;
  }
  return undefined;
}

function webhookCaller({ secret }: AppOptions) {
  return async (page: WebhookPage, signal: AbortSignal): Promise<Outcome<void>> => {
    const { url, token } = page.webhook;
    const address = typeof url === 'string' ? { kind: 'succeeded' as const, value: url } : secret(url);
    if (address.kind !== 'succeeded') return address;
    const shown = token === undefined ? undefined : secret(token);
    if (shown !== undefined && shown.kind !== 'succeeded')
      return failed('CONFIG_SECRET_MISSING', `the token of the webhook ${page.webhook.name} cannot be had`);
    return callWebhook(
      { url: address.value, token: shown?.value, key: page.key, notice: page.notice },
      signal,
    );
  };
}

/** Takes alerts up, looks after incidents, calls people, and turns what Botswain sees itself into alerts. */
export function incidentDuties(ports: IncidentDutyPorts): readonly Duty[] {
  const { options, core, incidents, onError } = ports;
  const { journal, wakeups, now, watch, publishing } = core;
  const { configuration } = options;
  const taking = takingSettings(options);
  const { settings, integrations } = taking;
  const book = journal.incidents;
  const people = () => configuration.people;
  const { rotations = [], webhooks = [] } = configuration.onCall ?? {};
  return [
    alertDuty({
      book,
      wakeups,
      now,
      taking,
      sourceOf: ({ source }) => sources.find((each) => each.source === source),
      requestOf: alertRequestOf,
      general: genericAlert,
      onError: onError('alerts'),
    }),
    incidentDuty({
      book,
      publishing: incidents.publishing,
      taking,
      timers: { settings, rotations, people },
      now,
      onError: onError('incidents'),
    }),
    pagingDuty({
      book,
      wakeups,
      now,
      people,
      webhooks,
      deliveries: journal.deliveries,
      directly: publishing.directly,
      callWebhook: webhookCaller(options),
      linkTo: (incident) => linkTo(ports, incident),
      onError: onError('pages'),
    }),
    ownSignalsDuty({
      journal,
      wakeups,
      services: configuration.services,
      integrations,
      taking,
      lastSeen: (key) => watch.lastSeen(key),
      now,
      onError: onError('own signals'),
    }),
  ];
}
