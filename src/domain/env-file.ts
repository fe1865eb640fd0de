/** The file that holds a service's environment variables in one environment; see config/env-files.ts. */
export interface PlacedEnvFile {
  readonly path: string;
}
