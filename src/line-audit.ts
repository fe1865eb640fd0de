import type { Incoming } from './chat/chat.ts';
import type { AuditEntry } from './domain/audit-event.ts';
import type { Failed, Unknown } from './domain/outcome.ts';
import type { Person } from './domain/person.ts';
import { type Subject, subjectText } from './domain/subject.ts';
import { personOf } from './workflow/people.ts';

/** Most characters of a line that are kept. */
const KEPT_CHARACTERS = 500;

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
    detail: { line: incoming.text.slice(0, KEPT_CHARACTERS), verb },
  };
}

/** What the audit says of a line that was refused. */
export function lineRefused(
  incoming: Incoming,
  about: {
    readonly outcome: Failed | Unknown;
    readonly people: readonly Person[];
    readonly redact: (text: string) => string;
    readonly at: number;
  },
): AuditEntry {
  const { outcome, people, redact, at } = about;
  const { account, conversation, text } = incoming;
  return {
    event: 'line refused',
    at,
    actor: personOf(people, account)?.key ?? `${account.platform}:${account.id}`,
    code: outcome.code,
    detail: {
      line: redact(text).slice(0, KEPT_CHARACTERS),
      why: redact(outcome.message),
      where: `${conversation.platform}:${conversation.channel}`,
    },
  };
}
