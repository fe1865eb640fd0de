import { loadConfiguration } from '../../../config/load.ts';
import type { Environment } from '../../domain/configuration.ts';
import { headsPath } from '../../store/audit-heads.ts';
import type { CliIo } from '../cli-command.ts';

/** What the settings say about the audit. */
export interface AuditPlaces {
  readonly timezone: string;
  /** The file of heads. */
  readonly heads: string;
}

/** Reads the settings where the variables name some; broken ones do not keep anybody from looking at the audit. */
export async function settingsOf(environment: Environment, io: CliIo): Promise<AuditPlaces> {
  const { configFolder, dataFolder } = environment;
  const usual = { timezone: 'UTC', heads: headsPath(dataFolder, undefined) };
  if (configFolder === undefined) return usual;
  const loaded = await loadConfiguration(configFolder, await io.registries());
  if (loaded.kind === 'broken') {
    io.stderr.write(
      `The settings in ${configFolder} are broken, so times are UTC and the heads are looked for in ${usual.heads}.\n`,
    );
    return usual;
  }
  const { timezone, audit } = loaded.configuration;
  return { timezone, heads: headsPath(dataFolder, audit?.heads) };
}
