import type { Readable } from 'node:stream';
import type { ZodType } from 'zod';
import type { SecretReference } from '../../domain/fleet.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Outcome } from '../../domain/outcome.ts';

/** A place for artifacts. Names are paths of plain words: `karmabot/production/mongodb/2026-11-20T03-00-00Z-B-12.archive`. */
export interface Storage {
  /**
   * Makes an object of a stream, in place of what had that name. It is there, whole and durable, only once the stream has
   * ended; where that breaks, or the place refuses, nothing of it is left that looks like an object.
   */
  write(name: string, content: Readable): Promise<Outcome<void>>;
  /** The object's bytes as a stream that breaks where it cannot be read to its end; failed with `TARGET_NOT_FOUND`. */
  read(name: string): Promise<Outcome<Readable>>;
  /** Names of the objects below a folder, with their bytes; none is no failure. */
  list(folder: string): Promise<Outcome<readonly StoredObject[]>>;
  /** Succeeded, too, where there is no such object. */
  remove(name: string): Promise<Outcome<void>>;
  /** Removes what a write left that was cut off by the end of the process. */
  sweep(name: string): Promise<Outcome<void>>;
  /** What it resolves to, for the plan's digest; never a secret. */
  describe(): JsonObject;
  close(): Promise<void>;
}

/** One object of a storage. */
export interface StoredObject {
  readonly name: string;
  readonly bytes: number;
}

/** What a storage gets from the composition root. */
export interface StoragePorts {
  /** Reads a secret by its reference; failed with `CONFIG_SECRET_MISSING`. */
  readonly secret: (reference: SecretReference) => Outcome<string>;
}

/** One entry of `storages/registry.ts`. */
export interface StorageKind {
  /** The `kind` of an entry of `storages` in botswain.yaml. */
  readonly kind: string;
  readonly summary: string;
  /** Strict schema of its keys besides `kind`. */
  readonly settings: ZodType<object>;
  create(settings: unknown, ports: StoragePorts): Storage;
}

/** Names that are safe in every storage: they never leave their folder. */
export const OBJECT_NAME = /^(?!.*(?:^|\/)\.)[A-Za-z0-9._@-]+(?:\/[A-Za-z0-9._@-]+)*$/;

/** Throws for a name that is none: names are made by us. */
export function checkName(name: string): string {
  if (!OBJECT_NAME.test(name)) throw new Error(`"${name}" is no name of an object`);
  return name;
}
