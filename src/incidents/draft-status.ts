import { createHash } from 'node:crypto';
import { type Failed, failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import { type StatusDraft, signDraft } from '../domain/status-draft.ts';
import { lint } from '../domain/status-lint.ts';
import { statusOf, turnsOf } from '../domain/status-rollup.ts';
import { isMaintenance, type StatusUpdate } from '../domain/status-update.ts';
import type { StatusWish } from './status-control.ts';
import { type Drafting, drafting, subjectOf } from './status-drafting.ts';
import { effectOf, impactFor, nextUpdate, startOf } from './status-effect.ts';
import { lintFacts } from './status-lint-facts.ts';
import type { StatusPorts } from './status-ports.ts';
import { wordsOf } from './status-words.ts';

/** Milliseconds until a draft has to be made anew: what it says of now is old then. */
const DRAFT_MS = 30 * 60_000;

function wrongState({ wish, before }: Drafting): Failed | undefined {
  const { about, status } = wish;
  if (isMaintenance(status) !== (about.kind === 'maintenance'))
    return failed(
      'INPUT_INVALID_VALUE',
      `"${status}" is no state of ${about.kind === 'incident' ? 'an incident' : 'announced work'}`,
      'Incidents are investigating, identified, monitoring or resolved; work has its own verb: maintenance.',
    );
  if (about.kind === 'maintenance' && about.id !== undefined && before === undefined)
    return failed(
      'INPUT_NO_SUCH_ID',
      `there is no ${about.id}`,
      'Type maintenance to see what is announced.',
    );
  return undefined;
}

function strangers({ ports, wish }: Drafting): Failed | undefined {
  const known = ports.settings.components.map(({ name }) => name);
  const stranger = Object.keys(wish.components ?? {}).find((name) => !known.includes(name));
  return stranger === undefined
    ? undefined
    : failed(
        'INPUT_INVALID_VALUE',
        `the page has no component "${stranger}"`,
        known.length === 0
          ? 'Write some under status_page in botswain.yaml.'
          : `There are: ${known.join(', ')}.`,
      );
}

function updateOf(given: Drafting): Outcome<StatusUpdate> {
  const { ports, wish, before, open } = given;
  const components = effectOf(given);
  const nextUpdateAt = nextUpdate(given);
  const scheduled = wish.scheduled ?? before?.scheduled;
  const others = open.filter(({ of }) => of !== subjectOf(wish));
  const shown = {
    status: wish.status,
    components,
    impact: impactFor(given, components),
    ...(nextUpdateAt === undefined ? {} : { nextUpdateAt }),
    ...(scheduled === undefined ? {} : { scheduled }),
    isLoud: !wish.isQuiet,
  };
  const after = [...others, shown];
  const isAllWell =
    ports.settings.components.every(({ name }) => statusOf(name, after) === 'operational') &&
    others.every(({ status, kind }) => kind === 'maintenance' && status === 'scheduled');
  const words = wordsOf(given, { ...shown, startedAt: startOf(given), isAllWell });
  return words.kind === 'succeeded' ? succeeded({ ...shown, ...words.value }) : words;
}

/** What is to be said, word for word, with everything that is wrong with it. */
export async function draftStatus(
  ports: StatusPorts,
  wish: StatusWish,
  person: Person,
): Promise<Outcome<StatusDraft>> {
  const given = await drafting(ports, wish);
  const refused = wrongState(given) ?? strangers(given);
  if (refused !== undefined) return refused;
  const update = updateOf(given);
  if (update.kind !== 'succeeded') return update;
  const { before, open, now } = given;
  const of = subjectOf(wish);
  const others = open.filter((each) => each.of !== of);
  const names = ports.settings.components.map(({ name }) => name);
  const facts = await lintFacts(given, update.value);
  const { redact } = ports;
  return succeeded(
    signDraft({
      of,
      // What should not have been typed is not kept either; the finding says that it was there.
      update: { ...update.value, title: redact(update.value.title), body: redact(update.value.body) },
      startedAt: startOf(given),
      base: before?.updates[0]?.number ?? 0,
      turns: turnsOf(names, open, [...others, update.value]),
      findings: lint(update.value, facts),
      ...(wish.note === undefined ? {} : { note: wish.note }),
      ...(wish.anyway === undefined ? {} : { anyway: wish.anyway }),
      demand: wish.demand,
      by: person.key,
      byName: person.name,
      at: now,
      expiresAt: now + DRAFT_MS,
    }),
  );
}

/** A public id that tells nothing, and is the same for the same draft. */
export const publicId = (digest: string, at: number): string =>
  createHash('sha256').update(`${digest} ${at}`).digest('hex').slice(0, 12);
