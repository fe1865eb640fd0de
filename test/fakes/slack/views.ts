import { type BlockProblem, checkBlocks, plain } from './limits.ts';
import { isJson, type Json, objects, SlackRefusal, str } from './types.ts';

/** https://docs.slack.dev/reference/methods/views.open: `view_too_large` above 250 KB. */
const VIEW_BYTES = 250 * 1024;

/** A modal or a home tab as its one viewer sees it. */
export type FakeView = {
  readonly id: string;
  readonly hash: string;
  readonly user: string;
  readonly view: Json;
  /** Whether the modal is still on the screen; a home tab always is. */
  readonly open: boolean;
  /** What it looked like before, oldest first. */
  readonly earlier: readonly Json[];
};

const viewTexts = (view: Json): BlockProblem[] => {
  const short = plain(24);
  return ['title', 'submit', 'close'].flatMap((key) => (key in view ? short(view[key], `/view/${key}`) : []));
};

/** Everything Slack would refuse in a modal or home tab view. */
const checkView = (view: Json): readonly BlockProblem[] => {
  const surface = str(view, 'type') === 'home' ? 'home' : 'modal';
  const found = [...viewTexts(view), ...checkBlocks(objects(view, 'blocks'), surface)];
  if (surface === 'modal' && !('title' in view))
    found.push({ pointer: '/view', message: 'missing required field: title' });
  if (str(view, 'private_metadata').length > 3000)
    found.push({ pointer: '/view/private_metadata', message: 'must be less than 3001 characters' });
  if (str(view, 'callback_id').length > 255)
    found.push({ pointer: '/view/callback_id', message: 'must be less than 256 characters' });
  if (
    objects(view, 'blocks').some((block) => str(block, 'type') === 'input') &&
    surface === 'modal' &&
    !('submit' in view)
  ) {
    found.push({ pointer: '/view', message: 'submit is required when an input block is within the view' });
  }
  return found;
};

/** Reads the `view` argument of a call and checks it as Slack does. */
export const viewOf = (value: unknown): Json => {
  const view: unknown = typeof value === 'string' ? JSON.parse(value) : value;
  if (!isJson(view)) throw new SlackRefusal('invalid_arguments');
  if (JSON.stringify(view).length > VIEW_BYTES) throw new SlackRefusal('view_too_large');
  const problems = checkView(view);
  if (problems.length === 0) return view;
  throw new SlackRefusal(
    'invalid_arguments',
    problems.map(({ message, pointer }) => `[ERROR] ${message} [json-pointer:${pointer}]`),
  );
};

/** Everybody's modals and home tabs. */
export class ViewBook {
  #views: FakeView[] = [];
  #serial = 0;

  #next(): string {
    this.#serial += 1;
    return String(this.#serial);
  }

  /** Opens a modal; one that was open stays below it. */
  open(user: string, view: Json): FakeView {
    if (str(view, 'type') !== 'modal') throw new SlackRefusal('invalid_arguments', ['[ERROR] not a modal']);
    const opened = { id: `V0${this.#next()}`, hash: this.#next(), user, view, open: true, earlier: [] };
    this.#views.push(opened);
    return opened;
  }

  /** Replaces an open modal; refuses when it is gone or was changed since `hash`. */
  update(id: string, hash: string, view: Json): FakeView {
    const before = this.#views.find((one) => one.id === id && one.open);
    if (!before) throw new SlackRefusal('not_found');
    return this.#replace(before, hash, view);
  }

  /** Shows a home tab; refuses when it was changed since `hash`. */
  publish(user: string, hash: string, view: Json): FakeView {
    if (str(view, 'type') !== 'home') throw new SlackRefusal('invalid_arguments', ['[ERROR] not a home']);
    const before = this.home(user);
    if (before) return this.#replace(before, hash, view);
    const shown = { id: `VH${this.#next()}`, hash: this.#next(), user, view, open: true, earlier: [] };
    this.#views.push(shown);
    return shown;
  }

  #replace(before: FakeView, hash: string, view: Json): FakeView {
    if (hash !== '' && hash !== before.hash) throw new SlackRefusal('hash_conflict');
    const after = { ...before, view, hash: this.#next(), earlier: [...before.earlier, before.view] };
    this.#views = this.#views.map((one) => (one === before ? after : one));
    return after;
  }

  /** A person closes a modal, or its submission closes it. */
  close(id: string): void {
    this.#views = this.#views.map((one) => (one.id === id ? { ...one, open: false } : one));
  }

  /** The modal on this person's screen. */
  modal(user: string): FakeView | undefined {
    return this.#views.findLast((one) => one.user === user && one.open && one.view.type === 'modal');
  }

  /** This person's home tab. */
  home(user: string): FakeView | undefined {
    return this.#views.find((one) => one.user === user && one.view.type === 'home');
  }

  /** Every view there ever was, as it looks now. */
  all(): readonly FakeView[] {
    return this.#views;
  }
}
