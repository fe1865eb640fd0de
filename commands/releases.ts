import { type Context, defineRead } from '../src/dispatch/command.ts';
import { maySeeChange } from '../src/dispatch/may-see.ts';
import { CHANGE_TONES } from '../src/domain/change-tone.ts';
import type { Version } from '../src/domain/deploy.ts';
import type { Action, Cell, Field, Message, Part } from '../src/domain/message.ts';
import { showMoment } from '../src/domain/moment.ts';
import { failed, type Outcome, succeeded } from '../src/domain/outcome.ts';
import type { PastRelease } from '../src/domain/releases.ts';
import type { Subject } from '../src/domain/subject.ts';
import { nameOf } from '../src/workflow/people.ts';
import { deployOf, pastReleases } from '../src/workflow/plan-deploy.ts';

/** Releases and versions shown. */
const SHOWN = 15;
const BUTTONS = 3;

interface Shelf {
  readonly kept: readonly Version[];
  readonly there: readonly Version[];
  readonly runs: Version;
}

/** A version as the target knows it, else as it was planned: before the fetch nobody knew what its commit says. */
const labelOf = ({ runs, kept, there }: Shelf, { id, label }: Version): string =>
  [runs, ...kept, ...there].find((version) => version.id === id)?.label ?? label;

/** Whether a version can be gone back to, and how. */
function backTo({ kept, there, runs }: Shelf, id: string): string {
  if (id === runs.id) return 'it runs';
  if (kept.some((version) => version.id === id)) return 'at hand';
  return there.some((version) => version.id === id) ? 'by building it' : 'by deploying it';
}

function row(context: Context, shelf: Shelf, { change, release }: PastRelease): readonly Cell[] {
  const { people, timezone } = context.configuration;
  return [
    { text: change.id, tone: CHANGE_TONES[change.state] },
    { text: context.redact(labelOf(shelf, release.to)) },
    { text: `${change.plan.verb}, ${change.state}` },
    { text: nameOf(people, change.requester) },
    { text: showMoment(change.endedAt ?? change.requestedAt, timezone, context.now()) },
    { text: backTo(shelf, release.to.id) },
  ];
}

function known(context: Context, shelf: Shelf, past: readonly PastRelease[]): Part {
  if (past.length === 0) return { kind: 'text', text: 'None of its releases went through here yet.' };
  return {
    kind: 'table',
    columns: ['Id', 'Version', 'How', 'Asked by', 'When', 'Back to it'],
    rows: past.slice(0, SHOWN).map((each) => row(context, shelf, each)),
  };
}

/** Versions on the target that no release of ours in sight speaks of. */
function others(context: Context, shelf: Shelf, past: readonly PastRelease[]): readonly Part[] {
  const shown = new Set(past.slice(0, SHOWN).map(({ release }) => release.to.id));
  const rest = [...shelf.kept, ...shelf.there].filter(({ id }) => id !== shelf.runs.id && !shown.has(id));
  if (rest.length === 0) return [];
  const lines = rest.slice(0, SHOWN).map(({ id, label }) => `${context.redact(label)}: ${backTo(shelf, id)}`);
  return [{ kind: 'text', text: `Also kept there:\n${lines.join('\n')}` }];
}

const buttons = ({ service }: Subject, { kept, runs }: Shelf): readonly Action[] =>
  kept
    .filter(({ id }) => id !== runs.id)
    .slice(0, BUTTONS)
    .map(({ id, label }) => ({
      label: `Back to ${label.split(' ')[0]}`,
      style: 'plain',
      line: `rollback ${service.name}@${service.environment} --to ${id}`,
    }));

/** What one service runs, and what it ran. */
async function releasesIn(context: Context, subject: Subject): Promise<Outcome<Message>> {
  const home = deployOf(context.fleet, subject);
  if (home.kind !== 'succeeded') return home;
  const { deploy, read, service } = home.value;
  const [present, behind, all] = await Promise.all([
    deploy.present(read),
    deploy.behind(read),
    pastReleases(context.journal, service),
  ]);
  if (present.kind !== 'succeeded') return present;
  const past = all.filter(({ change }) => maySeeChange(context, change, 'releases'));
  const shelf = present.value;
  const last = past.find(
    ({ release, change }) => release.to.id === shelf.runs.id && change.endedAt !== undefined,
  );
  const since = last?.change.endedAt ?? shelf.since;
  const { timezone } = context.configuration;
  const fields: readonly Field[] = [
    { label: 'Runs now', value: `${context.redact(shelf.runs.label)}, ${shelf.follows}` },
    ...(since === undefined ? [] : [{ label: 'Since', value: showMoment(since, timezone, context.now()) }]),
    {
      label: 'Compared with its remote',
      value: context.redact(behind.kind === 'succeeded' ? behind.value : behind.message),
    },
  ];
  return succeeded({
    title: `Releases of ${service.name}@${service.environment}`,
    tone: behind.kind === 'succeeded' ? 'neutral' : 'warning',
    parts: [{ kind: 'fields', fields }, known(context, shelf, past), ...others(context, shelf, past)],
    actions: buttons(subject, shelf),
  });
}

/** What runs, which releases there were, and which of them can be gone back to. */
export const releases = defineRead({
  name: 'releases',
  summary: 'what runs now, what ran before, and what can be gone back to',
  examples: ['releases karmabot'],
  subjects: 'one',
  arguments: {},
  answer: async (context, _args, [subject, other]) => {
    if (subject === undefined || other !== undefined)
      return failed('INPUT_AMBIGUOUS_SUBJECT', 'it stands in several environments', 'Add @environment.');
    const message = await releasesIn(context, subject);
    return message.kind === 'succeeded'
      ? succeeded({ audience: 'conversation', message: message.value })
      : message;
  },
});
