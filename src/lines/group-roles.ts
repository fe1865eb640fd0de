import type { Chat } from '../chat/chat.ts';
import type { Code } from '../domain/code.ts';
import { formatDuration } from '../domain/duration.ts';
import type { Person } from '../domain/person.ts';
import type { Log } from '../log.ts';
import type { Notice } from '../workflow/notice.ts';

/** Whoever knows the members of groups. */
type Knowing = Pick<Chat, 'membersOf'>;

/** What looking at groups needs. */
export interface GroupPorts {
  readonly log: Log;
  /** Tells everybody who operates. */
  readonly tell: (notice: Notice) => Promise<void>;
  /** Milliseconds on a clock that only goes forward. */
  readonly steady: () => number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Milliseconds between two looks at the members, and until all were read once; usergroups.users.list is tier 2, 20 a minute. */
const EVERY_MS = 60_000;
const UNTIL_KNOWN_MS = 15_000;

/** Past so many milliseconds without having been read, people are told that its members may be others by now. */
const STALE_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Answers that asking again does not alter: there is no such group, or the app may not see it. */
const FINAL: readonly Code[] = ['CHAT_REJECTED', 'CHAT_GONE'];

/** Roles that people hold because they are in a Slack user group. Who cannot be looked up keeps what was last seen. */
export class GroupRoles {
  readonly #groups: Readonly<Record<string, string>>;
  readonly #ports: GroupPorts;
  readonly #read = new Map<string, ReadonlySet<string>>();
  /** Roles of which the chat has said who holds them, or that it will not say. */
  readonly #answered = new Set<string>();
  /** When each role's group was last read, or was first to be. */
  readonly #since = new Map<string, number>();
  /** Roles of which people were told that their group cannot be read. */
  readonly #told = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  /** There is no chat that could be asked. */
  #isAlone = false;

  constructor(groups: Readonly<Record<string, string>>, ports: GroupPorts) {
    this.#groups = groups;
    this.#ports = ports;
  }

  /** Whether the chat has answered for every group once: before that somebody may hold a role and nobody knows. */
  get isKnown(): boolean {
    return this.#isAlone || Object.keys(this.#groups).every((role) => this.#answered.has(role));
  }

  /** Looks now and then every minute, where there are groups and a chat that knows them; resolves after the first look. */
  async start(slack: Knowing | undefined): Promise<void> {
    this.#isAlone = slack?.membersOf === undefined;
    if (slack === undefined || this.#isAlone || Object.keys(this.#groups).length === 0) return;
    await this.#rounds(slack);
  }

  /** Looks no more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** The same people with the roles of their groups. */
  applied(people: readonly Person[]): readonly Person[] {
    return people.map((person) => {
      const held = Object.keys(this.#groups).filter(
        (role) => this.#read.get(role)?.has(person.slack ?? '') === true,
      );
      return held.length === 0 ? person : { ...person, roles: [...new Set([...person.roles, ...held])] };
    });
  }

  async #rounds(slack: Knowing): Promise<void> {
    try {
      for (const [role, group] of Object.entries(this.#groups)) await this.#look(slack, role, group);
    } catch (error) {
      this.#ports.log('error', 'the user groups could not be read', { error });
    }
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.#rounds(slack), this.isKnown ? EVERY_MS : UNTIL_KNOWN_MS);
  }

  async #look(slack: Knowing, role: string, group: string): Promise<void> {
    const since = this.#since.get(role) ?? this.#ports.steady();
    this.#since.set(role, since);
    const members = await slack.membersOf?.(group);
    if (members === undefined || this.#isStopped) return;
    if (members.kind === 'succeeded' || FINAL.includes(members.code)) this.#answered.add(role);
    if (members.kind !== 'succeeded') {
      this.#ports.log('warn', 'a user group could not be read', { role, group, why: members.message });
      return this.#complain({ role, group, why: members.message, since });
    }
    this.#read.set(role, new Set(members.value));
    this.#since.set(role, this.#ports.steady());
    this.#told.delete(role);
  }

  async #complain(of: {
    readonly role: string;
    readonly group: string;
    readonly why: string;
    readonly since: number;
  }): Promise<void> {
    const { role, group, why, since } = of;
    if (this.#told.has(role) || this.#ports.steady() - since < STALE_MS) return;
    this.#told.add(role);
    const lasts = this.#read.has(role)
      ? 'Whoever was in it then still holds the role; who left or joined since is not known.'
      : 'Nobody holds the role by it until it was read.';
    this.#ports.log('error', 'a user group has not been read for long', { role, group, why });
    await this.#ports.tell({
      // After a restart it is the same one, another day another.
      key: `group ${group} unread ${Math.floor(this.#ports.now() / DAY_MS)}`,
      title: `The Slack group of the role ${role} cannot be read`,
      tone: 'warning',
      state: 'group unread',
      says: [
        `${group} could not be read for ${formatDuration(STALE_MS)}: ${why}. ${lasts}`,
        'See that the group exists and that the app has the scope usergroups:read.',
      ],
    });
  }
}
