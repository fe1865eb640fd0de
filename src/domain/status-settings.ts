import type { Severity } from './policy.ts';
import type { StatusTemplate } from './status-template.ts';

/** A part of the public page, as users know it. */
export interface PageComponent {
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  readonly group?: string;
  /** The service of ours that it is; absent = it moves only when somebody names it. */
  readonly service?: string;
  /** Absent = in any. */
  readonly environment?: string;
}

/** Where the public hears of incidents, and in which words. */
export interface StatusPageSettings {
  readonly title: string;
  /** Where our page is found, without a `/` at its end; absent = `PUBLIC_URL`. */
  readonly url?: string;
  readonly support?: string;
  /** Host names that updates may name, with those below them. */
  readonly allowedHosts: readonly string[];
  /** Milliseconds until the next update that is promised unless somebody says otherwise. */
  readonly nextUpdateMs: Readonly<Record<Severity, number>>;
  /** In the order of the page. */
  readonly components: readonly PageComponent[];
  /** Before the built-in ones. */
  readonly templates: readonly StatusTemplate[];
  /** Pages beside ours, with their settings as their kinds accepted them. */
  readonly backends: readonly { readonly kind: string; readonly settings: unknown }[];
}

/** The components that are a service. */
export const componentsOf = (
  { components }: Pick<StatusPageSettings, 'components'>,
  of: { readonly service?: string; readonly environment?: string },
): readonly PageComponent[] =>
  components.filter(
    ({ service, environment }) =>
      service !== undefined &&
      service === of.service &&
      (environment === undefined || of.environment === undefined || environment === of.environment),
  );
