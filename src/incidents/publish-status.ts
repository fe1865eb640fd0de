import { type Failed, failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import { errorsOf, type StatusDraft } from '../domain/status-draft.ts';
import { found, type LintFinding } from '../domain/status-finding.ts';
import { stateWords } from '../domain/status-update.ts';
import { publicId } from './draft-status.ts';
import type { PublishedDraft } from './status-book.ts';
import type { StatusPress } from './status-control.ts';
import { failingChecksOf } from './status-lint-facts.ts';
import type { StatusPorts } from './status-ports.ts';
import { tellUntold } from './tell-status.ts';

const stale = (why: string): Failed =>
  failed('DENIED_STALE', why, 'Look at a new preview: type it again without --draft.');

function whyNotNow(draft: StatusDraft, now: number): Failed | undefined {
  if (now >= draft.expiresAt)
    return {
      ...failed('DENIED_EXPIRED', 'that preview is too old', 'What it says of now is not true any more.'),
      ...(draft.of === '' ? {} : { offers: [{ label: 'New preview', line: again(draft) }] }),
    };
  const { nextUpdateAt } = draft.update;
  if (nextUpdateAt !== undefined && nextUpdateAt <= now)
    return stale('the next update that it promises would be late already');
  return undefined;
}

const again = ({ of, update }: StatusDraft): string =>
  of.startsWith('M-') ? 'maintenance' : `publish ${of} ${update.status}`;

/** Who asked never presses where somebody else is demanded. */
function whyNotThey(draft: StatusDraft, person: Person, isAllowed: boolean): Failed | undefined {
  const { demand, by } = draft;
  if (demand.count === 0)
    return isAllowed
      ? undefined
      : failed('DENIED_POLICY', 'you may not publish that', 'Ask somebody who may.');
  if (person.key === by)
    return failed(
      'DENIED_OWN_REQUEST',
      'you asked for that yourself; somebody else must press',
      `Ask somebody with the role ${demand.from.join(' or ')}.`,
    );
  return person.roles.some((role) => demand.from.includes(role))
    ? undefined
    : failed(
        'DENIED_NOT_AN_APPROVER',
        `that needs somebody with the role ${demand.from.join(' or ')}; you have ${person.roles.join(', ') || 'none'}`,
      );
}

/** A check that began to fail since it was shown counts as well. */
async function errorsNow(ports: StatusPorts, draft: StatusDraft): Promise<readonly LintFinding[]> {
  const known = errorsOf(draft);
  const failing = await failingChecksOf(ports, draft);
  const fresh = failing
    .filter((check) => !known.some(({ message }) => message.startsWith(check.split(' ')[0] ?? check)))
    .map((check) => found('error', 'failing check', `${check} fails by now.`));
  return [...known, ...fresh];
}

async function whyNotRight(
  ports: StatusPorts,
  draft: StatusDraft,
  anyway: string | undefined,
): Promise<Failed | undefined> {
  const errors = await errorsNow(ports, draft);
  if (errors.length === 0 || anyway !== undefined) return undefined;
  const [first] = errors;
  return failed(
    'INPUT_INVALID_VALUE',
    `that cannot go out like this: ${first?.message ?? ''}`,
    'Mend it, or say why it is right: --anyway --reason "why".',
  );
}

/** Makes a draft public as it was shown, with the way to every page. */
async function publishNow(
  ports: StatusPorts,
  draft: StatusDraft,
  who: { readonly person: Person; readonly anyway: string | undefined },
): Promise<PublishedDraft> {
  const { journal, settings, backends, now, redact } = ports;
  const at = now();
  const { person } = who;
  const anyway = who.anyway === undefined ? {} : { anyway: redact(who.anyway) };
  const pressed =
    draft.demand.count === 0 && person.key !== draft.by
      ? [{ person: person.key, name: person.name, at }]
      : draft.approvals;
  const { update, digest } = draft;
  return journal.statusPage.publish(
    {
      draft: { ...draft, ...anyway, approvals: pressed },
      id: publicId(digest, draft.at),
      at,
      components: settings.components.map(({ name }) => name),
      // Ours is the journal itself.
      backends: backends.map(({ name }) => name).filter((name) => name !== 'page'),
    },
    (of) => ({
      event: 'status update published',
      at,
      actor: person.key,
      subject: of,
      detail: {
        status: update.status,
        title: update.title,
        body: update.body,
        digest,
        asked: draft.by,
        approved: pressed.map((each) => each.person),
        ...anyway,
      },
    }),
  );
}

/** Counts a press of Publish; what is enough makes the draft public. */
export async function publishDrafted(
  ports: StatusPorts,
  press: StatusPress,
  person: Person,
): Promise<Outcome<string>> {
  const { journal, now, wakeups } = ports;
  const drafted = await journal.statusPage.draft(press.digest.toLowerCase());
  if (drafted === undefined)
    return failed(
      'INPUT_NO_SUCH_ID',
      `there is no preview "${press.digest}"`,
      'Make one: publish INC-7 STATE.',
    );
  const refused = whyNotThey(drafted, person, press.isAllowed) ?? whyNotNow(drafted, now());
  if (refused !== undefined) return refused;
  const anyway = press.anyway ?? drafted.anyway;
  const wrong = await whyNotRight(ports, drafted, anyway);
  if (wrong !== undefined) return wrong;
  const draft = await counted(ports, drafted, person);
  const missing = draft.demand.count - draft.approvals.length;
  if (missing > 0) return succeeded(`That counts; ${missing} more must press.`);
  const published = await publishNow(ports, draft, { person, anyway });
  if (published.kind === 'stale') return stale('something else was said of it since');
  if (published.kind === 'again') return failed('DENIED_ALREADY_DECIDED', 'that is public already');
  await tellUntold(ports);
  wakeups.nudge('status page');
  const where = ports.url === undefined ? '' : ` ${ports.url}/incidents/${published.incident.id}`;
  return succeeded(`"${stateWords(draft.update.status)}" of ${published.incident.of} is public.${where}`);
}

async function counted(ports: StatusPorts, draft: StatusDraft, person: Person): Promise<StatusDraft> {
  if (draft.demand.count === 0) return draft;
  const approval = { person: person.key, name: person.name, at: ports.now() };
  return (await ports.journal.statusPage.approve(draft.digest, approval)) ?? draft;
}
