import { newLook } from './content.ts';
import type { Ack } from './delivery.ts';
import { appHomeOpened, directMessage, viewActions, viewSubmission } from './payloads.ts';
import { newEventId, newTrigger, type StoryParts, userOf } from './story.ts';
import { isJson, type Json, objects, str } from './types.ts';
import { type FakeView, viewOf } from './views.ts';

/** What somebody fills in: by the label of the field, the text of an option, of several, or what is typed. */
export type Filled = Readonly<Record<string, string | readonly string[]>>;

type Field = {
  readonly label: string;
  readonly block_id: string;
  readonly element: Json;
  readonly optional: boolean;
};

const textOf = (holder: Json, key: string): string => {
  const text = holder[key];
  return isJson(text) ? str(text, 'text') : '';
};

const fieldsOf = (view: Json): readonly Field[] =>
  objects(view, 'blocks')
    .filter((block) => block.type === 'input' && isJson(block.element))
    .map((block, index) => ({
      label: textOf(block, 'label'),
      block_id: str(block, 'block_id') || `i${index}`,
      element: isJson(block.element) ? block.element : {},
      optional: block.optional === true,
    }));

const optionsOf = (element: Json): readonly Json[] => [
  ...objects(element, 'options'),
  ...objects(element, 'option_groups').flatMap((group) => objects(group, 'options')),
];

/** The option that reads like this, as Slack sends it back. */
const optionLike = (element: Json, wanted: string): Json => {
  const options = optionsOf(element);
  const exact = options.find((option) => str(option, 'value') === wanted);
  const found = exact ?? options.find((option) => textOf(option, 'text').includes(wanted));
  if (found) return found;
  throw new Error(
    `no option «${wanted}»; there are: ${options.map((one) => textOf(one, 'text')).join(', ')}`,
  );
};

const isMany = (element: Json): boolean =>
  element.type === 'checkboxes' || element.type === 'multi_static_select';

const stateOf = (
  { element, label, optional }: Field,
  filled: string | readonly string[] | undefined,
): Json => {
  if (filled === undefined && !optional) throw new Error(`Slack does not submit while «${label}» is empty`);
  const type = element.type;
  if (type === 'plain_text_input') return { type, value: filled ?? null };
  const wanted = filled === undefined ? [] : [filled].flat();
  const chosen = wanted.map((one) => optionLike(element, one));
  return isMany(element) ? { type, selected_options: chosen } : { type, selected_option: chosen[0] ?? null };
};

const valuesOf = (view: Json, filled: Filled): Json => {
  const fields = fieldsOf(view);
  for (const label of Object.keys(filled))
    if (!fields.some((field) => field.label === label))
      throw new Error(`no field «${label}»; there are: ${fields.map((field) => field.label).join(', ')}`);
  return Object.fromEntries(
    fields.map((field) => [
      field.block_id,
      { [str(field.element, 'action_id')]: stateOf(field, filled[field.label]) },
    ]),
  );
};

/** Labels of the fields of a view. */
export const fieldLabels = ({ view }: FakeView): readonly string[] =>
  fieldsOf(view).map(({ label }) => label);

/** Values of the options of a field. */
export const optionValues = ({ view }: FakeView, label: string): readonly string[] => {
  const field = fieldsOf(view).find((one) => one.label === label);
  return field ? optionsOf(field.element).map((option) => str(option, 'value')) : [];
};

const modalOf = ({ api }: StoryParts, user: string): FakeView => {
  const view = api.modals.book.modal(user);
  if (!view) throw new Error(`${user} has no modal open`);
  return view;
};

type InView = { readonly user: string; readonly view?: FakeView };

const elementsOf = (view: Json): readonly { readonly block_id: string; readonly element: Json }[] =>
  objects(view, 'blocks').flatMap((block, index) =>
    [...objects(block, 'elements'), block.accessory]
      .filter(isJson)
      .map((element) => ({ block_id: str(block, 'block_id') || `b${index}`, element })),
  );

/** Labels of the buttons of a view. */
export const viewButtons = ({ view }: FakeView): readonly string[] =>
  elementsOf(view)
    .filter(({ element }) => element.type === 'button')
    .map(({ element }) => textOf(element, 'text'));

const useInView = (
  parts: StoryParts,
  { user, view }: { readonly user: string; readonly view: FakeView },
  action: Json,
): Promise<Ack> => {
  const trigger_id = newTrigger(parts, user);
  const payload = viewActions({
    user: userOf(parts, user),
    view,
    trigger_id,
    action: { ...action, action_ts: parts.api.world.timestamp() },
  });
  return parts.hub.deliver({ type: 'interactive', payload });
};

const buttonIn = (view: Json, label: string): Json => {
  const buttons = elementsOf(view).filter(({ element }) => element.type === 'button');
  const found = buttons.find(({ element }) => textOf(element, 'text') === label);
  if (found) return { ...found.element, block_id: found.block_id };
  throw new Error(
    `no button «${label}»; there are: ${buttons.map(({ element }) => textOf(element, 'text')).join(', ')}`,
  );
};

/** Presses a button of the open modal, or of a view that was seen earlier. */
export const pressInModal = (parts: StoryParts, press: InView & { readonly label: string }): Promise<Ack> => {
  const view = press.view ?? modalOf(parts, press.user);
  return useInView(parts, { user: press.user, view }, buttonIn(view.view, press.label));
};

/** Chooses from a menu of the open modal that is no field. */
export const chooseInModal = (
  parts: StoryParts,
  pick: InView & { readonly option: string },
): Promise<Ack> => {
  const view = pick.view ?? modalOf(parts, pick.user);
  const menu = elementsOf(view.view).find(({ element }) => element.type === 'static_select');
  if (!menu) throw new Error('there is no menu in this modal');
  const selected_option = optionLike(menu.element, pick.option);
  const { type, action_id } = menu.element;
  return useInView(
    parts,
    { user: pick.user, view },
    { type, action_id, block_id: menu.block_id, selected_option },
  );
};

/** Presses a button of this person's home tab. */
export const pressHome = (
  parts: StoryParts,
  press: { readonly user: string; readonly label: string },
): Promise<Ack> => {
  const view = parts.api.modals.book.home(press.user);
  if (!view) throw new Error(`${press.user} has no home tab yet`);
  return useInView(parts, { user: press.user, view }, buttonIn(view.view, press.label));
};

/** Submits the open modal, or one that was seen earlier; an accepted one closes. */
export const submitModal = async (
  parts: StoryParts,
  { user, filled = {}, ...given }: InView & { readonly filled?: Filled },
): Promise<Ack> => {
  const view = given.view ?? modalOf(parts, user);
  if (!('submit' in view.view)) throw new Error('this modal cannot be submitted');
  const payload = viewSubmission({
    user: userOf(parts, user),
    view,
    trigger_id: newTrigger(parts, user),
    values: valuesOf(view.view, filled),
  });
  const ack = await parts.hub.deliver({ type: 'interactive', payload });
  if (ack.acked) afterSubmission(parts, view, ack.payload);
  return ack;
};

const afterSubmission = ({ api }: StoryParts, view: FakeView, answer: Json): void => {
  const { book } = api.modals;
  if (answer.response_action === 'errors') return;
  if (answer.response_action === 'update') book.update(view.id, '', viewOf(answer.view));
  else book.close(view.id);
};

/** Somebody opens the bot's home tab. */
export const openHome = (parts: StoryParts, user: string): Promise<Ack> => {
  const { world, modals } = parts.api;
  const payload = appHomeOpened({
    user: userOf(parts, user),
    channel: world.directChannel(user),
    view: modals.book.home(user),
    ts: world.timestamp(),
    event_id: newEventId(parts),
  });
  return parts.hub.deliver({ type: 'events_api', payload });
};

/** Somebody writes to the bot directly. */
export const writeDirectly = (
  parts: StoryParts,
  said: { readonly user: string; readonly text: string; readonly extra?: Json },
): Promise<Ack> => {
  const { world } = parts.api;
  const channel = world.directChannel(said.user);
  const look = newLook({ text: said.text });
  const { ts } = world.post({ channel: channel.id, author: said.user, by_bot: false, look });
  const payload = directMessage({
    ...said,
    user: userOf(parts, said.user),
    channel,
    ts,
    event_id: newEventId(parts),
  });
  return parts.hub.deliver({ type: 'events_api', payload });
};
