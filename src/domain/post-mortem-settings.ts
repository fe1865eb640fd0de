import type { SecretReference } from './fleet.ts';

/** Where post-mortems are kept outside, so that people write them together. */
export interface PostMortemSettings {
  readonly owner: string;
  readonly repo: string;
  /** Of the files of pull requests, from the root of the repository on. */
  readonly folder: string;
  /** What a press of the button makes. */
  readonly as: 'issue' | 'pull request';
  /** Absent = `GITHUB_TOKEN`. */
  readonly token?: SecretReference;
}
