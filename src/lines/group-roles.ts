import type { Chat } from '../chat/chat.ts';
import type { Person } from '../domain/person.ts';
import type { Log } from '../log.ts';

/** Milliseconds between two looks at the members; usergroups.users.list is tier 2, 20 a minute. */
const EVERY_MS = 60_000;

/** Roles that people hold because they are in a Slack user group. Who cannot be looked up keeps what was last seen. */
export class GroupRoles {
  readonly #groups: Readonly<Record<string, string>>;
  readonly #log: Log;
  readonly #members = new Map<string, ReadonlySet<string>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(groups: Readonly<Record<string, string>>, log: Log) {
    this.#groups = groups;
    this.#log = log;
  }

  /** Looks now and then every minute, where there are groups and a chat that knows them. */
  async start(slack: Chat | undefined): Promise<void> {
    if (slack?.membersOf === undefined || Object.keys(this.#groups).length === 0) return;
    await this.#look(slack);
    this.#timer = setInterval(() => void this.#look(slack), EVERY_MS);
  }

  /** Looks no more. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** The same people with the roles of their groups. */
  applied(people: readonly Person[]): readonly Person[] {
    return people.map((person) => {
      const held = Object.keys(this.#groups).filter(
        (role) => this.#members.get(role)?.has(person.slack ?? '') === true,
      );
      return held.length === 0 ? person : { ...person, roles: [...new Set([...person.roles, ...held])] };
    });
  }

  async #look(slack: Chat): Promise<void> {
    for (const [role, group] of Object.entries(this.#groups)) {
      const members = await slack.membersOf?.(group);
      if (members?.kind === 'succeeded') this.#members.set(role, new Set(members.value));
      else if (members !== undefined)
        this.#log('warn', 'a user group could not be read', { role, group, why: members.message });
    }
  }
}
