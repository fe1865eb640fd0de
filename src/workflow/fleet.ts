import type { Storage } from '../backups/storages/storage.ts';
import type { Check } from '../checks/check.ts';
import type { Component, ComponentAction, LogQuery, Read } from '../components/component.ts';
import type { Deploy } from '../deploys/deploy.ts';
import type { PlacedBackup } from '../domain/backup.ts';
import type { Call, CallResult } from '../domain/call.ts';
import type { Configuration, PlacedCheck, PlacedComponent } from '../domain/configuration.ts';
import type { PlacedDeploy } from '../domain/deploy.ts';
import type { ComponentStatus, Target } from '../domain/fleet.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { CheckState, Finding } from '../domain/verdict.ts';
import type { Executor } from '../executors/executor.ts';
import type { BoundBackup } from './bound-backup.ts';

/** The bots we operate, as far as looking goes; nothing here alters a target. */
export interface Fleet {
  readonly configuration: Configuration;
  component(placed: PlacedComponent): Component;
  read(target: Target): Read;
  status(placed: PlacedComponent): Promise<Outcome<ComponentStatus>>;
  identity(placed: PlacedComponent, action?: ComponentAction): Promise<Outcome<JsonObject>>;
  logs(placed: PlacedComponent, query: LogQuery): Promise<Outcome<CallResult>>;
  check(placed: PlacedCheck): Check;
  /** Whether a change of this component is told anything by this check. */
  verifies(check: PlacedCheck): boolean;
  /** What a target resolves to, for the plan's digest. */
  describe(target: Target): JsonObject;
  /** The way new versions get to a service; absent where no kind of it is known. */
  readonly deploy?: (placed: PlacedDeploy) => Deploy;
  /** The programs of a backup and where its artifacts go; absent where no kind of it is known. */
  readonly backup?: (placed: PlacedBackup) => BoundBackup;
  /** A storage of artifacts, to look into; failed where the settings have none of this name. */
  readonly storage?: (name: string) => Outcome<Pick<Storage, 'read' | 'list' | 'describe'>>;
}

/** What the checks last saw, and a way to look now. */
export interface LastSeen {
  /** By component key or check key; undefined before the first look. */
  lastSeen(key: string): CheckState | undefined;
  lookAtComponent(placed: PlacedComponent): Promise<Finding>;
  lookAtCheck(check: PlacedCheck): Promise<Finding>;
}

/** The way to alter targets. Only `run-step.ts` and `reconcile.ts` may hold it: behind the guard. */
export interface Effects {
  /** What carries a call out: the target's executor, or Botswain itself. */
  executorOf(target: Target, call: Call): Outcome<Executor>;
}
