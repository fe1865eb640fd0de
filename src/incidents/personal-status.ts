import type { Message } from '../domain/message.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import type { StatusPageSettings } from '../domain/status-settings.ts';
import type { PublicIncident } from '../domain/status-update.ts';
import { draftStatus } from './draft-status.ts';
import { publishDrafted } from './publish-status.ts';
import { previewCard } from './status-card.ts';
import type { StatusControl, StatusPress, StatusWish } from './status-control.ts';
import type { StatusPorts } from './status-ports.ts';

/** What one person tells the public; every word was on a preview before. */
export class PersonalStatus implements StatusControl {
  readonly #ports: StatusPorts;
  readonly #person: Person;

  constructor(ports: StatusPorts, person: Person) {
    this.#ports = ports;
    this.#person = person;
  }

  get settings(): StatusPageSettings {
    return this.#ports.settings;
  }

  async preview(wish: StatusWish): Promise<Outcome<Message>> {
    const draft = await draftStatus(this.#ports, wish, this.#person);
    if (draft.kind !== 'succeeded') return draft;
    await this.#ports.journal.statusPage.keepDraft(draft.value);
    return succeeded(previewCard(draft.value, this.#ports));
  }

  publish(press: StatusPress): Promise<Outcome<string>> {
    return publishDrafted(this.#ports, press, this.#person);
  }

  async subjectOf(
    digest: string,
  ): Promise<Outcome<{ readonly of: string; readonly components: readonly string[] }>> {
    const draft = await this.#ports.journal.statusPage.draft(digest.toLowerCase());
    return draft === undefined
      ? failed('INPUT_NO_SUCH_ID', `there is no preview "${digest}"`, 'Type it again for a new one.')
      : succeeded({ of: draft.of, components: Object.keys(draft.update.components) });
  }

  async retry(of: string): Promise<Outcome<string>> {
    const { journal, now, wakeups } = this.#ports;
    const incident = await journal.statusPage.find(of);
    if (incident === undefined) return failed('INPUT_NO_SUCH_ID', `nothing is public of ${of}`);
    const count = await journal.statusPage.retry(incident.id, now());
    wakeups.nudge('status page');
    return succeeded(
      count === 0 ? `Every page has everything of ${of}.` : `${of} is on its way again (${count}).`,
    );
  }

  find(of: string): Promise<PublicIncident | undefined> {
    return this.#ports.journal.statusPage.find(of);
  }

  async work(): Promise<readonly PublicIncident[]> {
    const open = await this.#ports.journal.statusPage.open();
    return open.filter(({ kind }) => kind === 'maintenance');
  }
}
