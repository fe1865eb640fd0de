import type { Incoming } from '../chat/chat.ts';
import type { AuditEntry } from '../domain/audit-event.ts';
import type { Configuration, PlacedService } from '../domain/configuration.ts';
import type { Failed, Unknown } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import { type Subject, subjectText } from '../domain/subject.ts';
import { isOfTerminal } from '../web/local/ports.ts';
import { personOf } from '../workflow/people.ts';

/** Most characters of a line that are kept. */
const KEPT_CHARACTERS = 500;

/** What a line came from: an account, `slack:U0BEN`, or the terminal of a person, `terminal:ben`. */
export const viaOf = ({ id, account }: Incoming): string =>
  `${isOfTerminal(id) ? 'terminal' : account.platform}:${account.id}`;

/** What it came from, and where it was typed. */
const accountOf = (incoming: Incoming) => ({
  via: viaOf(incoming),
  where: `${incoming.conversation.platform}:${incoming.conversation.channel}`,
});

/** What the audit says of a line that was answered; the line is redacted already. */
export function lineAnswered(
  incoming: Incoming,
  about: {
    readonly person: Person;
    readonly verb: string;
    readonly subjects: readonly Subject[];
    readonly at: number;
  },
): AuditEntry {
  const { person, verb, subjects, at } = about;
  const [first] = subjects;
  return {
    event: 'line answered',
    at,
    actor: person.key,
    ...(first === undefined
      ? {}
      : { service: first.service.name, subject: subjects.map(subjectText).join(' ') }),
    detail: { line: incoming.text.slice(0, KEPT_CHARACTERS), verb, ...accountOf(incoming) },
  };
}

/** The service that a line names; none where it names several, as whoever may look at one must not read of the other. */
function serviceIn(text: string, services: readonly PlacedService[]): { readonly service?: string } {
  const words = text.toLowerCase().split(/[^a-z0-9-]+/);
  const [service, ...others] = new Set(
    services.map(({ name }) => name).filter((name) => words.includes(name)),
  );
  return service === undefined || others.length > 0 ? {} : { service };
}

/** What the audit says of a line that was refused; nothing where the refusal stands in it already. */
export function lineRefused(
  incoming: Incoming,
  about: {
    readonly outcome: Failed | Unknown;
    readonly configuration: Pick<Configuration, 'people' | 'services'>;
    readonly redact: (text: string) => string;
    readonly at: number;
  },
): AuditEntry | undefined {
  const { outcome, configuration, redact, at } = about;
  if (outcome.kind === 'failed' && outcome.isAudited === true) return undefined;
  const { account, text } = incoming;
  return {
    event: 'line refused',
    at,
    actor: personOf(configuration.people, account)?.key ?? `${account.platform}:${account.id}`,
    ...serviceIn(text, configuration.services),
    code: outcome.code,
    detail: {
      line: redact(text).slice(0, KEPT_CHARACTERS),
      why: redact(outcome.message),
      ...accountOf(incoming),
    },
  };
}
