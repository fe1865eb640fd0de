import type { Conversation } from '../chat/chat.ts';
import { type Incident, isOver } from '../domain/incident.ts';
import type { Page } from '../domain/page.ts';
import type { Person, Platform } from '../domain/person.ts';
import type { Deliveries, Delivery, Lane } from '../workflow/deliveries.ts';
import { pageMessage } from './page-message.ts';

/** What telling somebody directly that they are called needs. */
export interface DirectPorts {
  readonly deliveries: Pick<Deliveries, 'find' | 'want' | 'wantOnce'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly people: () => readonly Person[];
  /** Where a person is told directly; undefined where no chat reaches them, at least not now. */
  readonly directly: (person: Person) => Promise<Conversation | undefined>;
}

/** Somebody who is called by a page. */
export interface DirectPage {
  readonly incident: Incident;
  readonly page: Page;
  readonly person: Person;
  readonly url: string | undefined;
  /** The timeline says already what became of it. */
  readonly isSettled: boolean;
}

/** What became of it so far. */
export type DirectEnd =
  | { readonly kind: 'open' }
  | { readonly kind: 'nothing more' }
  | { readonly kind: 'told'; readonly delivery: Delivery }
  | { readonly kind: 'failed'; readonly why: string };

/** Past so many milliseconds without being posted somebody is told in their other chat, too. */
const STUCK_MS = 60_000;
/** Past so many milliseconds it is said that they were not reached; the message stays on its way. */
const GIVE_UP_MS = 10 * 60_000;

const URGENT: readonly Incident['severity'][] = ['P0', 'P1'];

const laneOf = ({ severity }: Incident): Lane => (URGENT.includes(severity) ? 'P0' : 'decision');

/** Key of the message to somebody who is called: `INC-7 page 4 ana`. */
export const directKey = ({
  incident,
  page,
  person,
}: Pick<DirectPage, 'incident' | 'page' | 'person'>): string =>
  `${incident.id} page ${page.number} ${person.key}`;

/** The same person with their account on one platform left out. */
function without(person: Person, platform: Platform): Person {
  const { slack, telegram, ...rest } = person;
  return {
    ...rest,
    ...(slack === undefined || platform === 'slack' ? {} : { slack }),
    ...(telegram === undefined || platform === 'telegram' ? {} : { telegram }),
  };
}

async function wish(
  ports: DirectPorts,
  direct: DirectPage,
  at: { key: string; place: Conversation },
): Promise<void> {
  const message = pageMessage({ ...direct, people: ports.people() });
  const { key, place: conversation } = at;
  await ports.deliveries.wantOnce(
    [{ key, conversation, message, lane: laneOf(direct.incident) }],
    ports.now(),
  );
}

async function begin(ports: DirectPorts, direct: DirectPage): Promise<DirectEnd> {
  const { person, page, incident, isSettled } = direct;
  if (isSettled || isOver(incident)) return { kind: 'nothing more' };
  const place = await ports.directly(person);
  if (place !== undefined) {
    await wish(ports, direct, { key: directKey(direct), place });
    return { kind: 'open' };
  }
  const hasAccount = person.slack !== undefined || person.telegram !== undefined;
  if (hasAccount && ports.now() - page.at < STUCK_MS) return { kind: 'open' };
  return { kind: 'failed', why: 'no chat reaches them' };
}

/** The message follows the incident, so that nobody acknowledges what others have. */
async function follow(ports: DirectPorts, direct: DirectPage, delivery: Delivery): Promise<void> {
  const { key, conversation, lane } = delivery;
  const message = pageMessage({ ...direct, people: ports.people() });
  await ports.deliveries.want({ key, conversation, message, lane }, ports.now());
}

/** Tells them in their other chat; false where they have none. */
async function tryElsewhere(
  ports: DirectPorts,
  direct: DirectPage,
  { conversation }: Delivery,
): Promise<boolean> {
  const place = await ports.directly(without(direct.person, conversation.platform));
  if (place === undefined) return false;
  await wish(ports, direct, { key: `${directKey(direct)} again`, place });
  return true;
}

/** Wishes that somebody is told directly that they are called, once, and says how far that is. */
export async function tellDirectly(ports: DirectPorts, direct: DirectPage): Promise<DirectEnd> {
  const key = directKey(direct);
  const first = await ports.deliveries.find(key);
  if (first === undefined) return begin(ports, direct);
  const second = await ports.deliveries.find(`${key} again`);
  const tries = [first, ...(second === undefined ? [] : [second])];
  const posted = tries.filter((each) => each.posted !== undefined);
  for (const each of posted) await follow(ports, direct, each);
  if (direct.isSettled) return { kind: 'nothing more' };
  const [there] = posted;
  if (there !== undefined) return { kind: 'told', delivery: there };
  return notYet(ports, direct, tries);
}

async function notYet(
  ports: DirectPorts,
  direct: DirectPage,
  tries: readonly Delivery[],
): Promise<DirectEnd> {
  const [first, second] = tries;
  const waited = ports.now() - direct.page.at;
  const isStuck = first?.givenUp !== undefined || waited > STUCK_MS;
  if (first !== undefined && second === undefined && isStuck && (await tryElsewhere(ports, direct, first)))
    return { kind: 'open' };
  if (tries.every(({ givenUp }) => givenUp !== undefined))
    return { kind: 'failed', why: tries.map(({ givenUp }) => givenUp).join('; ') };
  return waited > GIVE_UP_MS
    ? { kind: 'failed', why: 'their chat takes nothing at present' }
    : { kind: 'open' };
}
