import type { JsonObject } from './json.ts';

/** Names one component of one service in one environment. */
export interface ComponentRef {
  readonly service: string;
  readonly component: string;
  readonly environment: string;
}

/** A host, Docker engine or account in one environment; `settings` was checked by the executor kind's schema. */
export interface Target {
  readonly name: string;
  readonly environment: string;
  readonly kind: string;
  readonly settings: JsonObject;
}

/** Writes a reference the way people type it: `karmabot/app@production`; also the lock key. */
export const componentKey = (ref: ComponentRef): string =>
  `${ref.service}/${ref.component}@${ref.environment}`;

/** Writes a target the way it is logged: `production/karmabot-server`. */
export const targetKey = (target: Pick<Target, 'name' | 'environment'>): string =>
  `${target.environment}/${target.name}`;

/** A secret named in the settings by where it is found, never by its value. */
export type SecretReference = { readonly env: string } | { readonly file: string };

/** What one look at a component found. */
export interface ComponentStatus {
  readonly state: 'running' | 'stopped' | 'restarting' | 'failing' | 'unknown';
  /** One line for people: `active (running) since 09:12, PID 4711`. */
  readonly summary: string;
  /** When this run of it started, epoch milliseconds; a restart must move it. */
  readonly startedAt?: number;
  /** Identifies this run of it (PID with start time, container id with StartedAt); a restart must change it. */
  readonly run?: string;
  readonly version?: string;
  /** More for `status service`: memory, image, restarts. */
  readonly facts: Readonly<Record<string, string>>;
}
