/** Which stories went well on which surfaces. */
export class StoryTable {
  readonly #stories: readonly string[];
  readonly #surfaces: readonly string[];
  readonly #played = new Map<string, string>();

  constructor(stories: readonly string[], surfaces: readonly string[]) {
    this.#stories = stories;
    this.#surfaces = surfaces;
  }

  /** Plays a story and notes how it went. */
  async play(story: string, surface: string, act: () => Promise<void>): Promise<void> {
    const startedAt = performance.now();
    this.#played.set(`${story} ${surface}`, '✗');
    await act();
    const seconds = (performance.now() - startedAt) / 1000;
    this.#played.set(`${story} ${surface}`, `✓ ${seconds.toFixed(1)} s`);
  }

  /** Stories × surfaces, ready to print; – = not played. */
  toString(): string {
    const wide = Math.max(...this.#stories.map((story) => story.length));
    const row = (name: string, cells: readonly string[]): string =>
      [
        name.padEnd(wide),
        ...cells.map((cell, index) => cell.padStart((this.#surfaces[index]?.length ?? 0) + 2)),
      ].join('');
    const cell = (story: string, surface: string): string => this.#played.get(`${story} ${surface}`) ?? '–';
    return [
      row('', this.#surfaces),
      ...this.#stories.map((story) =>
        row(
          story,
          this.#surfaces.map((surface) => cell(story, surface)),
        ),
      ),
    ].join('\n');
  }
}
