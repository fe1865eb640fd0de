import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Account } from '../../domain/person.ts';
import type { Picker } from '../picker.ts';
import { attachLine, attachView, noteVerb } from './slack-attach.ts';
import { attempt, slackWord } from './slack-errors.ts';
import { type HearParts, UNIDENTIFIED } from './slack-hear.ts';
import { type Heard, where } from './slack-incoming.ts';
import type { Actor } from './slack-people.ts';
import { lineOf } from './slack-picker-line.ts';
import { type FormOf, formView, loadingView, PICK, verbsView, wordsView } from './slack-picker-render.ts';
import type { SeenView, Submission, ViewAction, Where } from './slack-view-incoming.ts';

/** What the picker needs: `web` gives up before a trigger is too old (3 s). */
export interface PickerParts extends Omit<HearParts, 'whisper'> {
  readonly web: WebClient;
}

/** Where a modal stands, and what a message said that is attached to an incident. */
export type Showing = Where & { readonly quote?: string };

/** How an attempt to open a modal ended; `already` when the same trigger opened one before. */
export type Opened =
  | { readonly kind: 'opened'; readonly view: SeenView }
  | { readonly kind: 'already' }
  | { readonly kind: 'not opened' };

const STALE = wordsView(
  'This form is from before Botswain was updated; nothing was done. Close it and type /ops again.',
);

/** Said when our own records cannot be read. */
export const UNREADABLE =
  'Botswain cannot read its records right now; nothing was done. Try again in a minute: its log says why.';

/** How somebody whom nobody has added gets added. */
export const howToBeAdded = ({ id, standing }: Account): string =>
  standing === 'person'
    ? `Botswain does not know you yet. Whoever looks after it has to add “slack: ${id}” to your entry under people in botswain.yaml; or type link in a chat where Botswain knows you.`
    : 'Only members of this workspace may operate anything here; guests and people of other workspaces may not.';

/** The modal in which a line is put together by pressing instead of typing. */
export class SlackPicker {
  readonly #parts: PickerParts;

  constructor(parts: PickerParts) {
    this.#parts = parts;
  }

  /** Whether a line leaves open what it needs: nothing at all, a verb alone, or an id without the words it wants. */
  wants(text: string): boolean {
    const [verb = '', id, ...more] = text.trim().toLowerCase().split(/\s+/);
    if (verb === '') return true;
    const entry = this.#parts.ports.commands.find(({ name }) => name === verb);
    if (id === undefined) return entry?.needsSubject === true;
    return more.length === 0 && entry?.asksWords === true;
  }

  /** Opens a modal; to be called before anything else is waited for, because a trigger lives 3 s. */
  async open(trigger: string): Promise<Opened> {
    try {
      const { view } = await this.#parts.web.views.open({ trigger_id: trigger, view: loadingView() });
      const seen = { id: view?.id ?? '', hash: view?.hash ?? '', type: 'modal', where: undefined } as const;
      return { kind: 'opened', view: seen };
    } catch (error) {
      if (slackWord(error) === 'exchanged_trigger_id') return { kind: 'already' };
      this.#parts.ports.log('warn', `Slack did not open a modal: ${String(error)}`, { part: 'slack' });
      return { kind: 'not opened' };
    }
  }

  /** Shows in an open modal what this person may choose next; false when it could not be shown. */
  async show(view: SeenView, actor: Actor, at: Showing): Promise<boolean> {
    const { web, ports } = this.#parts;
    const next = await this.#next(actor, at).catch((error: unknown) => {
      ports.log('error', `What somebody may choose from could not be read: ${String(error)}`, {
        part: 'slack',
      });
      return wordsView(UNREADABLE);
    });
    const hash = view.hash === '' ? {} : { hash: view.hash };
    const shown = await attempt(() => web.views.update({ view_id: view.id, ...hash, view: next }));
    // Closed meanwhile, or a second press came first: what is there is what the person wants.
    return shown.kind === 'succeeded' || /not_found|hash_conflict/.test(shown.message);
  }

  async #next(actor: Actor, { quote = '', ...at }: Showing): Promise<ModalView> {
    const { people, ports, identity } = this.#parts;
    const account = await people.identify(actor, identity()?.team ?? '');
    if (account === undefined) return wordsView(UNIDENTIFIED);
    const picker = account.standing === 'person' ? await ports.picker(account) : NOTHING;
    if (picker.verbs.length === 0) return wordsView(howToBeAdded(account));
    const metadata = JSON.stringify(at);
    if (at.link !== undefined)
      return attachView({ verb: noteVerb(picker.verbs), quote, link: at.link, metadata });
    const verb = picker.verbs.find(({ name }) => name === at.verb);
    if (verb !== undefined) return formOf({ verb, picker, metadata, service: at.service });
    const notice = at.verb === undefined ? undefined : `${at.verb} is not among what you may run.`;
    return verbsView(picker, metadata, notice);
  }

  /** Follows a press in the modal. */
  async press({ action, value, view, actor }: ViewAction): Promise<void> {
    const { channel, handle, verb } = view.where ?? {};
    if (channel === undefined) {
      await attempt(() => this.#parts.web.views.update({ view_id: view.id, view: STALE }));
      return;
    }
    const at = { channel, ...(handle === undefined ? {} : { handle }) };
    if (action === PICK.back) await this.show(view, actor, at);
    else if (action === PICK.service)
      await this.show(view, actor, { ...at, ...(verb === undefined ? {} : { verb }), service: value });
    else if (action.startsWith(PICK.verb)) await this.show(view, actor, { ...at, verb: value });
  }

  /** What a submitted form types; where it cannot be read, what is shown instead. */
  submit({ actor, view, filled }: Submission): Heard | { readonly instead: ModalView } {
    const { channel, handle, verb, link } = view.where ?? {};
    if (channel === undefined || (verb === undefined && link === undefined)) return { instead: STALE };
    return {
      // A view has one id for its whole life, and is submitted once.
      id: `slack:${view.id}`,
      actor,
      conversation: where(channel, undefined),
      text: link === undefined ? lineOf(verb ?? '', filled) : attachLine(filled, link),
      ...(handle === undefined ? {} : { replyHandle: handle }),
    };
  }
}

/** The form of a verb; where it was opened for one of the things that wait, for that one. */
function formOf(form: FormOf): ModalView {
  const { verb, service: wanted } = form;
  if (verb.choices === undefined || wanted === undefined) return formView(form);
  const choices = verb.choices.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (choices.length === 0) return wordsView(`${wanted} does not wait for you.`);
  return formView({ ...form, verb: { ...verb, choices }, service: undefined });
}

const NOTHING: Picker = { verbs: [], subjects: [] };
