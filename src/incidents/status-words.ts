import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import {
  chooseTemplate,
  fill,
  type TemplateFacts,
  titleOf,
  USUAL_IMPACT,
  variantsOf,
} from '../domain/status-template.ts';
import { isMaintenance, type StatusUpdate, stateWords } from '../domain/status-update.ts';
import type { Drafting } from './status-drafting.ts';

/** What is known before there are words. */
export interface Known extends Pick<StatusUpdate, 'components' | 'nextUpdateAt' | 'scheduled'> {
  readonly startedAt: number;
  readonly isAllWell: boolean;
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

function titlesOf({ ports, before }: Drafting, { components }: Known): readonly string[] {
  const names = Object.keys(components).length > 0 ? Object.keys(components) : (before?.affected ?? []);
  return ports.settings.components.filter(({ name }) => names.includes(name)).map(({ title }) => title);
}

/** As users know it: what is affected, else the title of the service, else of the page. */
function serviceTitle({ ports, wish }: Drafting, titles: readonly string[]): string {
  if (titles.length > 0) return listed(titles);
  const service = wish.about.kind === 'incident' ? wish.about.incident.service : undefined;
  const placed = ports.configuration.services.find(({ name }) => name === service);
  return placed?.title ?? ports.settings.title;
}

function impactWords({ wish, before }: Drafting): string {
  const kept = before === undefined ? undefined : /: (.+)$/.exec(before.title)?.[1];
  if (wish.impact !== undefined) return wish.impact;
  if (wish.about.kind === 'maintenance') return 'short interruptions';
  return kept ?? USUAL_IMPACT[wish.about.incident.severity];
}

/** Everything that templates may say. */
function factsOf(drafting: Drafting, known: Known): TemplateFacts {
  const { wish, before, now } = drafting;
  const titles = titlesOf(drafting, known);
  const incident = wish.about.kind === 'incident' ? wish.about.incident : undefined;
  return {
    service: serviceTitle(drafting, titles),
    impact: impactWords(drafting),
    isAllWell: known.isAllWell,
    since: known.startedAt,
    resolved: incident?.resolvedAt ?? incident?.mitigatedAt ?? now,
    scope: wish.scope,
    workaround: wish.workaround,
    cause: wish.cause,
    dataStatement: wish.dataStatement,
    next: known.nextUpdateAt,
    last: before?.updatedAt,
    start: known.scheduled?.from,
    end: known.scheduled?.until,
  };
}

/** With a scope the template that says it. */
const variantOf = ({ wish, before }: Drafting): string | undefined =>
  wish.variant ??
  (wish.status === 'investigating' && wish.scope !== undefined && before === undefined
    ? 'scoped'
    : undefined);

/** Title and text: as somebody typed them, else from a template. */
export function wordsOf(drafting: Drafting, known: Known): Outcome<Pick<StatusUpdate, 'title' | 'body'>> {
  const { ports, wish, before, now } = drafting;
  const { templates } = ports.settings;
  const { status } = wish;
  const facts = factsOf(drafting, known);
  const variant = variantOf(drafting);
  const template = chooseTemplate(templates, {
    state: status,
    ...(variant === undefined ? {} : { variant }),
    ...(wish.about.kind === 'incident' ? { severity: wish.about.incident.severity } : {}),
    components: Object.keys(known.components),
    ...(before === undefined ? {} : { before: before.status }),
  });
  if (template === undefined)
    return failed(
      'INPUT_INVALID_VALUE',
      `there is no template "${variant ?? 'standard'}" for ${stateWords(status)}`,
      `There are: ${variantsOf(templates, status).join(', ')}.`,
    );
  const named = template.title === undefined ? undefined : fill(template.title, facts, now);
  const first = isMaintenance(status) ? `Maintenance: ${facts.service}` : titleOf(facts);
  return succeeded({
    title: wish.title ?? before?.title ?? named ?? first,
    body: wish.text ?? fill(template.body, facts, now),
  });
}
