import { loadConfiguration, processSecrets, readEnvironment } from '../../config/load.ts';
import { secretValues } from '../../config/secrets.ts';
import type { Group } from '../doctor/report.ts';
import { createRedactor } from '../domain/redaction.ts';
import { type CliCommand, type CliIo, EXIT, refuseUsage } from './cli-command.ts';

/** Examines what a folder and the variables say; prints each group when it is known. */
async function run(given: string | undefined, io: CliIo): Promise<number> {
  const environment = readEnvironment();
  const variables = environment.kind === 'succeeded' ? environment.value : undefined;
  const folder = given ?? variables?.configFolder ?? 'config';
  const loaded = await loadConfiguration(folder, await io.registries());
  const secret = processSecrets();
  const references = loaded.kind === 'loaded' ? loaded.configuration.secrets : [];
  const redact = createRedactor(secretValues(references, secret, variables));
  const { examine } = await import('../doctor/doctor.ts');
  const { groupText, totalText } = await import('../doctor/report.ts');
  const startedAt = performance.now();
  const groups: Group[] = [];
  for await (const group of examine({ environment, loaded, folder, secret })) {
    groups.push(group);
    io.stdout.write(redact(groupText(group)));
  }
  io.stdout.write(totalText(groups, performance.now() - startedAt));
  if (variables === undefined || loaded.kind === 'broken') return EXIT.usage;
  const isWrong = groups.some(({ diagnoses }) => diagnoses.some(({ verdict }) => verdict === 'wrong'));
  return isWrong ? EXIT.no : EXIT.good;
}

/** `botswain doctor [FOLDER]`: tries every token, scope, channel, target, host key and right, and says how to mend them. */
export const doctor: CliCommand = {
  name: 'doctor',
  summary: 'try everything the settings name, and say how to mend what is wrong',
  usage: '[FOLDER]',
  async run(args, io) {
    const [folder, ...more] = args;
    if (more.length > 0 || folder?.startsWith('-') === true)
      return refuseUsage(doctor, 'doctor takes one folder', io);
    return run(folder, io);
  },
};
