import { z } from 'zod';
import type { Answer } from '../src/chat/chat.ts';
import { privately } from '../src/dispatch/answers.ts';
import { type ArgumentsOf, idWord, optionalWord, sentence, toggle, value } from '../src/dispatch/argument.ts';
import { type Context, defineRecord } from '../src/dispatch/command.ts';
import { findIncident, mayAlter } from '../src/dispatch/find-incident.ts';
import {
  placesOfIncident,
  publishDemand,
  readComponents,
  statusControl,
} from '../src/dispatch/status-wish.ts';
import { parseSpokenDuration } from '../src/domain/duration.ts';
import type { Incident } from '../src/domain/incident.ts';
import { corrections, didYouMean } from '../src/domain/nearest.ts';
import { type Failed, failed, type Outcome, succeeded } from '../src/domain/outcome.ts';
import { readPast } from '../src/domain/past-moment.ts';
import { INCIDENT_UPDATE_STATES, type UpdateState } from '../src/domain/status-update.ts';
import type { StatusControl, StatusWish } from '../src/incidents/status-control.ts';

const line = z.string().min(1).max(500);

const publishArguments = {
  id: idWord('ID', 'the incident, INC-7', ['INC']),
  state: optionalWord(
    'STATE',
    'investigating, identified, monitoring or resolved; `retry` tries pages again',
  ),
  text: sentence('TEXT', 'what is said; without it a template is filled', 0),
  components: value('NAMES', 'what becomes of components: website=degraded,api', line),
  next: value('TIME', 'when the next update comes: 30m', z.string().min(1)),
  title: value('"TITLE"', 'title of the incident in public', z.string().min(1).max(255)),
  impact: value('"WORDS"', 'what users meet: "errors when sending karma"', line),
  scope: value('"WORDS"', 'who meets it: "users in Europe"', line),
  workaround: value('"WORDS"', 'what helps meanwhile', line),
  cause: value('"WORDS"', 'what is said of the cause', line),
  data: value('"WORDS"', 'what is said of data at the end: "No data was lost"', line),
  since: value('TIME', 'when it began for users: 03:12', z.string().min(1)),
  template: value('NAME', 'another template: third-party, false-alarm, runbook …', z.string().min(1)),
  note: value('"WHY"', 'why it goes back to an earlier state', line),
  quiet: toggle('do not tell subscribers'),
  draft: value('DIGEST', 'publishes what was shown under it; a button sends it', z.string().min(6).max(64)),
  anyway: toggle('publish although the lint found errors; wants --reason'),
  reason: value('"WHY"', 'why it is right all the same', line),
} as const;

type Given = ArgumentsOf<typeof publishArguments>;

/** What is usually said next, a press away. */
function wantsState(id: string): Failed {
  const offers = INCIDENT_UPDATE_STATES.map((state) => ({ label: state, line: `publish ${id} ${state}` }));
  return {
    ...failed('INPUT_INVALID_VALUE', `how far is ${id}?`, 'Each shows a preview first:'),
    offers,
  };
}

function stateOf(word: string): Outcome<UpdateState> {
  const known = INCIDENT_UPDATE_STATES.find((state) => state === word.toLowerCase());
  if (known !== undefined) return succeeded(known);
  return {
    ...failed(
      'INPUT_INVALID_VALUE',
      `"${word}" is no state.${didYouMean(word, INCIDENT_UPDATE_STATES)}`,
      `There are: ${INCIDENT_UPDATE_STATES.join(', ')}.`,
    ),
    ...corrections(word, INCIDENT_UPDATE_STATES),
  };
}

const anywayOf = ({ id, state, anyway, reason, draft, text }: Given): Outcome<string | undefined> => {
  if (!anyway) return succeeded(undefined);
  // A form behind the button appends its words.
  const why = reason ?? (draft === undefined ? undefined : text.join(' ') || undefined);
  if (why !== undefined) return succeeded(why);
  const shown = draft === undefined ? '…' : `--draft ${draft}`;
  return failed(
    'DENIED_REASON_MISSING',
    'publishing in spite of errors wants a reason',
    `Type: publish ${id} ${state ?? ''} ${shown} --anyway --reason "why"`,
  );
};

function nextOf(text: string | undefined): Outcome<number | undefined> {
  if (text === undefined) return succeeded(undefined);
  const ms = parseSpokenDuration(text);
  return ms === undefined || ms === 0
    ? failed('INPUT_INVALID_VALUE', `"${text}" is not a duration`, 'Write --next 30m or --next 1h30m.')
    : succeeded(ms);
}

async function wishOf(context: Context, incident: Incident, args: Given): Promise<Outcome<StatusWish>> {
  const status = stateOf(args.state ?? '');
  if (status.kind !== 'succeeded') return status;
  const components = args.components === undefined ? succeeded(undefined) : readComponents(args.components);
  if (components.kind !== 'succeeded') return components;
  const next = nextOf(args.next);
  if (next.kind !== 'succeeded') return next;
  const { configuration, now } = context;
  const since =
    args.since === undefined ? succeeded(undefined) : readPast(args.since, configuration.timezone, now());
  if (since.kind !== 'succeeded') return since;
  const anyway = anywayOf(args);
  if (anyway.kind !== 'succeeded') return anyway;
  const demand = await publishDemand(context, 'publish', placesOfIncident(context, incident));
  if (demand.kind !== 'succeeded') return demand;
  return succeeded({
    about: { kind: 'incident', incident },
    status: status.value,
    isQuiet: args.quiet,
    demand: demand.value,
    text: args.text.join(' ') || undefined,
    components: components.value,
    nextMs: next.value,
    since: since.value,
    anyway: anyway.value,
    title: args.title,
    impact: args.impact,
    scope: args.scope,
    workaround: args.workaround,
    cause: args.cause,
    dataStatement: args.data,
    variant: args.template,
    note: args.note,
  });
}

/** Somebody pressed Publish; whoever has to may do so without being allowed to ask for it. */
async function press(context: Context, control: StatusControl, args: Given): Promise<Outcome<Answer>> {
  const digest = args.draft ?? '';
  const subject = await control.subjectOf(digest);
  if (subject.kind !== 'succeeded') return subject;
  const { of } = subject.value;
  const incident = await context.journal.incidents.find(of);
  if (incident === undefined || of !== args.id.toUpperCase())
    return failed('INPUT_INVALID_VALUE', `that preview is not of ${args.id}`, 'Type it again for a new one.');
  const anyway = anywayOf(args);
  if (anyway.kind !== 'succeeded') return anyway;
  const may = await mayAlter(context, 'publish', incident);
  const done = await control.publish({
    digest,
    isAllowed: may.kind === 'succeeded',
    anyway: anyway.value,
  });
  return done.kind === 'succeeded' ? succeeded(privately('Published', done.value, 'good')) : done;
}

async function answer(context: Context, args: Given): Promise<Outcome<Answer>> {
  const control = statusControl(context);
  if (control.kind !== 'succeeded') return control;
  if (args.draft !== undefined) return press(context, control.value, args);
  const incident = await findIncident(context, args.id, 'publish');
  if (incident.kind !== 'succeeded') return incident;
  const { id } = incident.value;
  if (args.state === undefined) return wantsState(id);
  if (args.state === 'retry') return retry(context, control.value, incident.value);
  const wish = await wishOf(context, incident.value, args);
  if (wish.kind !== 'succeeded') return wish;
  const preview = await control.value.preview(wish.value);
  return preview.kind === 'succeeded'
    ? succeeded({ audience: 'conversation', message: preview.value })
    : preview;
}

async function retry(context: Context, control: StatusControl, incident: Incident): Promise<Outcome<Answer>> {
  const may = await mayAlter(context, 'publish', incident);
  if (may.kind !== 'succeeded') return may;
  const again = await control.retry(incident.id);
  return again.kind === 'succeeded' ? succeeded(privately('Publish', again.value)) : again;
}

/** Tells the public how far an incident is: shows exactly what would be said first. */
export const publish = defineRecord({
  name: 'publish',
  summary: 'tell the public how far an incident is, with a preview first',
  examples: [
    'publish INC-7 investigating',
    'publish INC-7 identified --impact "errors when sending karma" --next 30m',
    'publish INC-7 resolved "Karmabot works again. We are sorry for the trouble."',
  ],
  subjects: 'none',
  arguments: publishArguments,
  open: 'judges itself',
  preview: async (context, { id }) => {
    const found = await findIncident(context, id, 'publish');
    return found.kind === 'succeeded'
      ? succeeded(`It would show what the public would read of ${found.value.id}, with a button.`)
      : found;
  },
  apply: answer,
});
