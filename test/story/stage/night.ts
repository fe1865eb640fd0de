import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '../../../config/load.ts';
import { registries } from '../../../config/registries.ts';
import { knownNames } from '../../../src/domain/alert-facts.ts';
import type { Configuration } from '../../../src/domain/configuration.ts';
import type { Incident, TimelineEntry } from '../../../src/domain/incident.ts';
import { USUAL_INCIDENTS } from '../../../src/domain/incident-settings.ts';
import { takeUpAll } from '../../../src/incidents/alert-rounds.ts';
import { incidentCard } from '../../../src/incidents/incident-card.ts';
import { incidentFacts } from '../../../src/incidents/incident-facts.ts';
import { carryOutDue } from '../../../src/incidents/incident-rounds.ts';
import { PersonalIncidents } from '../../../src/incidents/personal-incidents.ts';
import { reconsider } from '../../../src/incidents/reconsider.ts';
import { genericAlert } from '../../../src/intake/generic.ts';
import { alertRequestOf } from '../../../src/intake/read-request.ts';
import { sources } from '../../../src/intake/registry.ts';
import { type OpenJournal, openJournal } from '../../../src/store/open-journal.ts';
import { createWakeups } from '../../../src/workflow/wakeups.ts';

const STEP_MS = 30_000;

const onError = (error: unknown): never => {
  throw error;
};

/** The incidents of the five bots, as their settings have them, on a real journal with a clock that is moved; no chat. */
export class Night {
  readonly configuration: Configuration;
  readonly #folder: string;
  #journal: OpenJournal;
  #now: number;
  #after = '';

  private constructor(of: {
    configuration: Configuration;
    folder: string;
    journal: OpenJournal;
    at: number;
  }) {
    this.configuration = of.configuration;
    this.#folder = of.folder;
    this.#journal = of.journal;
    this.#now = of.at;
  }

  /** Begins at a moment: `2026-03-29T00:30Z`. */
  static async begin(moment: string): Promise<Night> {
    const loaded = await loadConfiguration(join(import.meta.dirname, '../../../config'), registries);
    if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.problems));
    const folder = await mkdtemp(join(tmpdir(), 'botswain-night-'));
    const at = Date.parse(moment);
    const journal = await openJournal(folder, { now: () => at });
    if (journal.kind !== 'succeeded') throw new Error(journal.message);
    return new Night({ configuration: loaded.configuration, folder, journal: journal.value, at });
  }

  async end(): Promise<void> {
    await this.#journal.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  get now(): number {
    return this.#now;
  }

  get journal(): OpenJournal {
    return this.#journal;
  }

  get book(): OpenJournal['incidents'] {
    return this.#journal.incidents;
  }

  /** What somebody does. */
  as(key: string): PersonalIncidents {
    const { configuration } = this;
    const person = configuration.people.find((one) => one.key === key);
    if (person === undefined) throw new Error(`nobody is called ${key}`);
    const card = async (incident: Incident) =>
      incidentCard(
        await incidentFacts({ journal: this.#journal, configuration, now: () => this.#now }, incident),
      );
    const ports = {
      journal: this.#journal,
      book: this.book,
      configuration,
      wakeups: createWakeups(),
      now: () => this.#now,
      redact: (text: string) => text,
      card,
      unsigned: async () => [],
      postMortem: () => Promise.reject(new Error('nobody writes one here')),
    };
    return new PersonalIncidents(ports, person);
  }

  /** A sender's words arrive and are taken up. */
  async hears(integration: string, body: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const bytes = Buffer.from(JSON.stringify(body));
    await this.book.receive([
      { integration, at: this.#now, method: 'POST', headers, query: {}, body: bytes },
    ]);
    await takeUpAll({
      book: this.book,
      wakeups: createWakeups(),
      now: () => this.#now,
      taking: this.#taking,
      sourceOf: ({ source }) => sources.find((each) => each.source === source),
      requestOf: alertRequestOf,
      general: genericAlert,
      onError,
    });
  }

  /** Time goes by, and whatever is due meanwhile happens when it is due. */
  async passes(ms: number): Promise<void> {
    const end = this.#now + ms;
    while (this.#now < end) {
      const due = await this.book.nextDue();
      this.#now = Math.min(end, this.#now + STEP_MS, due === undefined || due <= this.#now ? end : due);
      await this.#look();
    }
  }

  /** Nothing runs for a while, as when the host is away. */
  async sleeps(ms: number): Promise<void> {
    this.#now += ms;
    await this.#look();
  }

  /** The incident with this id as it stands. */
  async incident(id = 'INC-1'): Promise<Incident> {
    const found = await this.book.find(id);
    if (found === undefined) throw new Error(`there is no ${id}`);
    return found;
  }

  /** Who was called, and how many minutes after the incident opened: `5 cem`. */
  async called(id = 'INC-1'): Promise<readonly string[]> {
    const { openedAt } = await this.incident(id);
    const entries = await this.said(id);
    return entries
      .filter(({ kind }) => kind === 'escalated')
      .flatMap(({ at, calls = [] }) => calls.map((who) => `${Math.round((at - openedAt) / 60_000)} ${who}`));
  }

  /** What its timeline says. */
  said(id = 'INC-1'): Promise<readonly TimelineEntry[]> {
    return this.book.timeline(id);
  }

  get #taking() {
    const { configuration } = this;
    return {
      settings: configuration.incidents ?? USUAL_INCIDENTS,
      integrations: configuration.integrations ?? [],
      known: knownNames(configuration),
      timezone: configuration.timezone,
      redact: (text: string) => text,
    };
  }

  async #look(): Promise<void> {
    const { book, configuration } = this;
    const now = () => this.#now;
    const rotations = configuration.onCall?.rotations ?? [];
    const timers = { settings: this.#taking.settings, rotations, people: () => configuration.people };
    await carryOutDue({ book, timers, now, onError });
    this.#after = await reconsider({ book, taking: this.#taking, now, after: this.#after });
  }
}
