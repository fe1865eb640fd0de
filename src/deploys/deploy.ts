import type { ZodType } from 'zod';
import type { Read, StepDraft } from '../components/component.ts';
import type { Call } from '../domain/call.ts';
import type { Release, Version } from '../domain/deploy.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Outcome } from '../domain/outcome.ts';

/** What is wanted of a deploy or a rollback. */
export interface Wanted {
  /** As it was typed; absent = what the settings say is deployed. Of a rollback always given. */
  readonly version?: string | undefined;
  /** Versions that the journal knows, the newest first: how long one is kept on the target goes by it. */
  readonly known: readonly Version[];
}

/** What stands on a target before anything is done. */
export interface Present {
  readonly runs: Version;
  /** Epoch milliseconds at which it came to stand there; absent where that is not known. */
  readonly since?: number;
  /** What it is followed by: `branch main`. */
  readonly follows: string;
  /** Versions that can be gone back to without building, the newest first. */
  readonly kept: readonly Version[];
  /** Versions on the target that can be gone back to by building them again. */
  readonly there: readonly Version[];
}

/** A deploy or a rollback, drafted: what is done before components are restarted, and after all is verified. */
export interface Drafted {
  readonly release: Pick<Release, 'from' | 'to'>;
  /** What must still be true when it begins. */
  readonly facts: JsonObject;
  readonly before: readonly StepDraft[];
  /** Takes away what is kept too long. */
  readonly after: readonly StepDraft[];
}

/** The way new versions get to one service's target, with its settings. Drafting looks, and alters nothing. */
export interface Deploy {
  deploy(read: Read, wanted: Wanted): Promise<Outcome<Drafted>>;
  /** Back to a version that the target still has. */
  rollback(read: Read, wanted: Wanted): Promise<Outcome<Drafted>>;
  present(read: Read): Promise<Outcome<Present>>;
  /** How far the target is behind where new versions come from, in words: `3 commits behind main`. */
  behind(read: Read): Promise<Outcome<string>>;
}

/** One entry of `deploys/registry.ts`. */
export interface DeployKind {
  /** The `kind` of `deploy` in services/*.yaml. */
  readonly kind: string;
  readonly summary: string;
  /** Kinds of call it makes; the target's executor must carry them out. */
  readonly calls: readonly Call['kind'][];
  /** Strict schema of its keys besides `kind`, `component`, `components` and `then`. */
  readonly settings: ZodType<object>;
  /** Closes over settings that {@link settings} accepted (it parses them again). */
  bind(settings: unknown): Deploy;
}
