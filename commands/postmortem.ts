import type { Answer } from '../src/chat/chat.ts';
import { idWord, toggle } from '../src/dispatch/argument.ts';
import { type Context, defineRecord } from '../src/dispatch/command.ts';
import { findToAlter } from '../src/dispatch/find-incident.ts';
import type { Action, Part } from '../src/domain/message.ts';
import { failed, type Outcome, succeeded } from '../src/domain/outcome.ts';
import type { KeptAs } from '../src/github/shelf.ts';
import type { WrittenPostMortem } from '../src/incidents/incident-control.ts';

interface Flags {
  readonly issue: boolean;
  readonly 'pull-request': boolean;
}

function keptAs(flags: Flags): Outcome<KeptAs | undefined> {
  if (flags.issue && flags['pull-request'])
    return failed(
      'INPUT_INVALID_VALUE',
      'a post-mortem is an issue or a pull request',
      'Leave one of them out.',
    );
  if (flags.issue) return succeeded('issue');
  return succeeded(flags['pull-request'] ? 'pull request' : undefined);
}

const STATES: Readonly<Record<WrittenPostMortem['became'], string>> = {
  drafted: 'drafted',
  opened: 'opened',
  altered: 'brought up to date',
  'as it was': 'nothing is new',
};

const blanks = (count: number): string => {
  if (count === 0) return 'Nothing is blank any more.';
  return `${count === 1 ? 'One blank is' : `${count} blanks are`} marked for people to fill in.`;
};

function actions({ configuration }: Context, { incident, url }: WrittenPostMortem): readonly Action[] {
  const { postMortems } = configuration;
  if (url !== undefined || postMortems === undefined) return [];
  const [label, flag] =
    postMortems.as === 'issue' ? ['Open as an issue', '--issue'] : ['Open a pull request', '--pull-request'];
  return [{ label, line: `postmortem ${incident.id} ${flag}`, style: 'primary' }];
}

function answer(context: Context, done: WrittenPostMortem): Answer {
  const { incident, text, url, became } = done;
  const where: readonly Part[] =
    url === undefined
      ? [{ kind: 'context', text: 'The file holds it as it stands; drafted again, it has what is new.' }]
      : [{ kind: 'text', text: `People write it at ${url}; what they write there stays.` }];
  return {
    audience: 'conversation',
    message: {
      title: `Post-mortem of ${incident.id}`,
      tone: 'neutral',
      state: STATES[became],
      parts: [{ kind: 'text', text: blanks(done.blanks) }, ...where],
      actions: actions(context, done),
      file: { name: `${incident.id}.md`, text },
    },
  };
}

/** Drafts the post-mortem of an incident from all that was recorded, and keeps what people wrote. */
export const postmortem = defineRecord({
  name: 'postmortem',
  summary: 'draft the post-mortem of an incident, or bring it up to date',
  examples: ['postmortem INC-7', 'postmortem INC-7 --issue', 'postmortem INC-7 --pull-request'],
  subjects: 'none',
  arguments: {
    id: idWord('ID', 'the incident, INC-7', ['INC']),
    issue: toggle('open it as an issue on GitHub'),
    'pull-request': toggle('open it as a file in a pull request on GitHub'),
  },
  open: 'to those who may change',
  preview: async (context, { id, ...flags }) => {
    const as = keptAs(flags);
    if (as.kind !== 'succeeded') return as;
    const found = await findToAlter(context, id, 'postmortem');
    if (found.kind !== 'succeeded') return found;
    const where =
      as.value === undefined
        ? ''
        : `, and open it as ${as.value === 'issue' ? 'an issue' : 'a pull request'}`;
    return succeeded(`It would draft the post-mortem of ${found.value.id}${where}.`);
  },
  apply: async (context, { id, ...flags }) => {
    const as = keptAs(flags);
    if (as.kind !== 'succeeded') return as;
    const found = await findToAlter(context, id, 'postmortem');
    if (found.kind !== 'succeeded') return found;
    const done = await context.incidents.postMortem(found.value.id, as.value);
    return done.kind === 'succeeded' ? succeeded(answer(context, done.value)) : done;
  },
});
