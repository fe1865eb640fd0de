import type { Chat, ChatOutcome, Conversation, Posted } from '../chat/chat.ts';
import type { Message } from '../domain/message.ts';
import type { Deliveries, Delivery } from './deliveries.ts';

/** Fewest updates that are worth saying that they were merged. */
const WORTH_SAYING = 3;

/** Why a delivery is not through. */
export interface Refusal {
  readonly outcome: Exclude<ChatOutcome<unknown>, { readonly kind: 'succeeded' }>;
  /** Whether it may stand there all the same. */
  readonly ambiguous: boolean;
  /** Key of what it was to hang below. */
  readonly below?: string;
}

/** One delivery that was claimed, and the chat that is to show it. */
export interface Sending {
  readonly deliveries: Deliveries;
  readonly chat: Chat;
  readonly delivery: Delivery;
  /** An outage or a rest lies between this wish and what stands there. */
  readonly hindered: boolean;
}

/**
 * Takes the next step for one message (or its file): looks for it after a doubtful post, or posts, edits or uploads it.
 * Undefined when that went well, else why not. One step is one call, so that each is paced.
 */
export async function deliver(sending: Sending): Promise<Refusal | undefined> {
  const { posted, deliveredRevision, revision } = sending.delivery;
  if (posted === undefined) return begin(sending);
  return deliveredRevision < revision ? edit(sending, posted) : uploadFile(sending, posted);
}

async function begin(sending: Sending): Promise<Refusal | undefined> {
  const topic = await openTopic(sending);
  if (topic === undefined) return post(sending);
  return topic === 'opened' ? undefined : topic;
}

async function post(sending: Sending): Promise<Refusal | undefined> {
  const { deliveries, chat, delivery } = sending;
  const { key, ambiguous } = delivery;
  const { conversation, ...hung } = await whereTo(sending);
  if (ambiguous && chat.find !== undefined) {
    const found = await chat.find(conversation, key);
    if (found.kind !== 'succeeded') return { outcome: found, ambiguous, ...hung };
    if (found.value === undefined) await deliveries.missing(key);
    else await deliveries.delivered(key, delivery.sentRevision, found.value);
    return undefined;
  }
  const message = ambiguous ? markedRepeat(sending) : merged(sending);
  const outcome = await chat.post(conversation, message, key);
  // What an earlier try may have left there is not undone by this one's failure.
  if (outcome.kind !== 'succeeded')
    return { outcome, ambiguous: ambiguous || outcome.kind === 'unknown', ...hung };
  await deliveries.delivered(key, delivery.revision, outcome.value);
  await fileWasKept(sending);
  return undefined;
}

/**
 * Opens the topic that the message stands in; undefined = it is posted now. A topic is kept before anything is said in it, so
 * that where an answer is lost or a crash hides it, no more than that one topic is left over, and empty: it is opened once
 * more, and when that is doubtful too the message does without.
 */
async function openTopic({ deliveries, chat, delivery }: Sending): Promise<'opened' | Refusal | undefined> {
  const { key, message, conversation, ambiguous, attempts } = delivery;
  if (message.topic === undefined || conversation.thread !== undefined) return undefined;
  const opened = await chat.openTopic?.(conversation, message.topic);
  if (opened === undefined) return undefined;
  if (opened.kind !== 'succeeded')
    return opened.kind === 'unknown' && attempts > 0 ? undefined : { outcome: opened, ambiguous };
  if (opened.value === undefined) return undefined;
  await deliveries.opened(key, opened.value, ambiguous);
  return 'opened';
}

async function whereTo({
  deliveries,
  chat,
  delivery,
}: Sending): Promise<{ readonly conversation: Conversation; readonly below?: string }> {
  const parent = delivery.parent === undefined ? undefined : await deliveries.find(delivery.parent);
  if (parent?.posted === undefined || parent.givenUp !== undefined)
    return { conversation: delivery.conversation };
  return { conversation: chat.threadOf(parent.posted), below: parent.key };
}

async function edit(sending: Sending, posted: Posted): Promise<Refusal | undefined> {
  const { deliveries, chat, delivery } = sending;
  const outcome = await chat.update(posted, merged(sending));
  if (outcome.kind !== 'succeeded') return { outcome, ambiguous: false };
  await deliveries.delivered(delivery.key, delivery.revision, undefined);
  await fileWasKept(sending);
  return undefined;
}

async function fileWasKept({ deliveries, chat, delivery }: Sending): Promise<void> {
  if (chat.keepsFiles && delivery.fileDue !== undefined)
    await deliveries.filed(delivery.key, delivery.fileDue.file);
}

async function uploadFile(sending: Sending, posted: Posted): Promise<Refusal | undefined> {
  const { deliveries, chat, delivery } = sending;
  if (delivery.fileDue === undefined) return undefined;
  const { file, ambiguous } = delivery.fileDue;
  const to = chat.threadOf(posted);
  if (ambiguous && chat.findFile !== undefined) {
    const found = await chat.findFile(to, file);
    if (found.kind !== 'succeeded') return { outcome: found, ambiguous };
    await (found.value ? deliveries.filed(delivery.key, file) : deliveries.missing(delivery.key));
    return undefined;
  }
  const outcome = await chat.upload(to, ambiguous ? { ...file, name: `repeated-${file.name}` } : file);
  if (outcome.kind !== 'succeeded') return { outcome, ambiguous: ambiguous || outcome.kind === 'unknown' };
  await deliveries.filed(delivery.key, file);
  return undefined;
}

const withContext = (message: Message, text: string): Message => ({
  ...message,
  parts: [...message.parts, { kind: 'context', text }],
});

/** After an outage people see one step where several were made. */
function merged({ delivery, hindered }: Sending): Message {
  const count = delivery.revision - delivery.deliveredRevision;
  return hindered && count >= WORTH_SAYING
    ? withContext(delivery.message, `${count} updates merged`)
    : delivery.message;
}

/** Where a platform cannot be searched, the honest answer to a cut-off post is one repeat that says so. */
const markedRepeat = (sending: Sending): Message =>
  withContext(merged(sending), 'This may stand here twice: the first try was cut off.');
