import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import process from 'node:process';
import type { Configuration, Environment } from '../src/domain/configuration.ts';
import { type Outcome, succeeded } from '../src/domain/outcome.ts';
import { auditWarnings } from './audit-rules.ts';
import { backupFindings } from './backup-rules.ts';
import { type CheckedService, checkService, withSecrets } from './check-service.ts';
import { type ServiceDraft, type TargetDraft, targetDrafts } from './drafts.ts';
import { environmentFrom, type Variables } from './environment.ts';
import { type ConfigurationFiles, readFiles } from './files.ts';
import { freezeFindings, freezeWarnings } from './freeze-rules.ts';
import { heartbeatWarnings } from './heartbeat-rules.ts';
import { incidentFindings, unreadableProposals } from './incident-rules.ts';
import { integrationFindings, integrationWarnings } from './integration-rules.ts';
import { onCallFindings } from './on-call-rules.ts';
import { onCallWarnings } from './on-call-warnings.ts';
import { accountFindings, personDrafts } from './people.ts';
import { placeBotswain, placeService, placeTarget } from './place.ts';
import type { PolicyContext } from './policy-draft.ts';
import { policyFindings } from './policy-rules.ts';
import { policyWarnings } from './policy-warnings.ts';
import { type Finding, type Problem, sortProblems } from './problem.ts';
import { entry } from './read.ts';
import { collisions, presenceWarnings } from './references.ts';
import { safetyFindings, safetyWarnings } from './safety-rules.ts';
import { scheduleFindings, unreadableLines } from './schedule-rules.ts';
import { type FileContents, fileSchemas, type Registries, targetKinds } from './schema.ts';
import { guessedSecrets, type SecretReader, secretReader, secretReferences } from './secrets.ts';
import { checkFileShape, type Shaped } from './shape.ts';
import { statusPageFindings } from './status-page-rules.ts';
import { targetFindings } from './target-references.ts';
import type { YamlFile } from './yaml-file.ts';

/** What became of a configuration folder. */
export type Loaded =
  | { readonly kind: 'loaded'; readonly configuration: Configuration; readonly warnings: readonly Problem[] }
  | { readonly kind: 'broken'; readonly problems: readonly Problem[] };

/** The environment variables of contract 6.2; failed with `CONFIG_INVALID` and every mistake at once. */
export const readEnvironment = (variables: Variables = process.env): Outcome<Environment> =>
  environmentFrom(variables);

/** Who sits at this terminal: the user before `sudo`, else the user this runs as. */
export const terminalUser = (): string => process.env.SUDO_USER ?? userInfo().username;

/** Reads secrets from this process's variables and from files; `warn` hears of files that others may read. */
export const processSecrets = (warn?: (message: string) => void): SecretReader =>
  secretReader(process.env, warn);

/** Values of this process's variables that look like secrets by the names of the variables. */
export const processGuessedSecrets = (): readonly string[] => guessedSecrets(process.env);

interface Checked {
  readonly botswain: Shaped<FileContents['botswain']> | undefined;
  readonly targets: Shaped<FileContents['targets']> | undefined;
  readonly targetDrafts: readonly TargetDraft[] | undefined;
  readonly services: readonly CheckedService[];
  readonly context: PolicyContext;
}

function componentsOf({ name: service, parts }: ServiceDraft): NonNullable<PolicyContext['components']> {
  const components = parts.filter(({ section }) => section === 'components');
  return service === undefined ? [] : [{ service, names: components.map(({ name }) => name) }];
}

function checkAll(files: ConfigurationFiles, registries: Registries): Checked {
  const schemas = fileSchemas(registries);
  const readable = files.services.filter(({ content }) => content !== undefined);
  const botswain =
    files.botswain?.content === undefined
      ? undefined
      : checkFileShape(files.botswain.content, schemas.botswain);
  const targets =
    files.targets?.content === undefined ? undefined : checkFileShape(files.targets.content, schemas.targets);
  const drafts = targets === undefined ? undefined : targetDrafts(targets.content);
  const services = readable.map((file) => checkService(file, drafts, { schemas, registries }));
  const components = services.flatMap(({ draft }) => componentsOf(draft));
  const isWhole = components.length === files.services.length;
  return {
    botswain,
    targets,
    targetDrafts: drafts,
    services,
    context: {
      people: personDrafts(entry(botswain?.content)),
      services: isWhole ? components.map(({ service }) => service) : undefined,
      components: isWhole ? components : undefined,
      environments:
        drafts === undefined ? undefined : [...new Set(drafts.map(({ environment }) => environment))],
      verbs: registries.verbs,
      targetKinds: targetKinds(registries).map(({ kind }) => kind),
    },
  };
}

const place = (file: YamlFile | undefined, findings: readonly Finding[]): readonly Problem[] =>
  file === undefined ? [] : findings.map((finding) => file.problem(finding));

const storagesIn = (botswain: unknown): readonly string[] | undefined =>
  botswain === undefined ? undefined : Object.keys(entry(entry(botswain).storages));

function allProblems(
  files: ConfigurationFiles,
  checked: Checked,
  registries: Registries,
): readonly Problem[] {
  const { botswain, targets, services, context } = checked;
  return [
    ...files.problems,
    ...place(files.botswain, [
      ...withSecrets(botswain?.findings ?? [], botswain?.content),
      ...accountFindings(context.people),
      ...policyFindings(entry(botswain?.content), context),
      ...safetyFindings(entry(botswain?.content), context),
      ...freezeFindings(entry(botswain?.content), context),
      ...incidentFindings(entry(botswain?.content), context),
      ...onCallFindings(entry(botswain?.content), context),
      ...statusPageFindings(entry(botswain?.content), context),
      ...integrationFindings(entry(botswain?.content), context, registries.sources),
    ]),
    ...place(files.targets, [
      ...withSecrets(targets?.findings ?? [], targets?.content),
      ...targetFindings(checked.targetDrafts ?? [], registries),
    ]),
    ...services.flatMap(({ draft, findings }) =>
      place(draft.file, [
        ...findings,
        ...scheduleFindings(draft.content, context),
        ...backupFindings(draft, { storages: storagesIn(botswain?.content), targets: checked.targetDrafts }),
      ]),
    ),
    ...collisions(services.map(({ draft }) => draft)).flatMap(({ service, finding }) =>
      place(service.file, [finding]),
    ),
  ];
}

function allWarnings(files: ConfigurationFiles, checked: Checked): readonly Problem[] {
  const { botswain, services, context } = checked;
  const none: readonly Finding[] =
    services.length > 0
      ? []
      : [{ path: [], at: 'value', message: 'there is no service', remedy: 'write one: services/NAME.yaml' }];
  return [
    ...place(files.botswain, [
      ...policyWarnings(entry(botswain?.content), context),
      ...freezeWarnings(entry(botswain?.content)),
      ...safetyWarnings(entry(botswain?.content), context.people),
      ...onCallWarnings(entry(botswain?.content), context.people),
      ...integrationWarnings(entry(botswain?.content)),
      ...auditWarnings(entry(botswain?.content)),
      ...none,
    ]),
    ...services.flatMap(({ draft }) =>
      place(draft.file, presenceWarnings(draft, checked.targetDrafts ?? [])),
    ),
    ...heartbeatWarnings(services).flatMap(({ service, finding }) => place(service.file, [finding])),
  ];
}

/** Reads a folder of settings; either all of it holds, or every problem of every file comes back at once. */
export async function loadConfiguration(folder: string, registries: Registries): Promise<Loaded> {
  const files = await readFiles(resolve(folder));
  const checked = checkAll(files, registries);
  const problems = allProblems(files, checked, registries);
  const botswain = checked.botswain?.value;
  if (problems.length > 0 || botswain === undefined)
    return { kind: 'broken', problems: sortProblems(problems) };
  const targets = (checked.targetDrafts ?? []).map(placeTarget);
  const services = checked.services.flatMap(({ here }) =>
    here.map((service) => placeService(service, targets)),
  );
  const written = [
    botswain.integrations,
    botswain.on_call,
    botswain.status_page,
    botswain.post_mortems,
    botswain.storages,
    ...targets.map(({ settings }) => settings),
    ...checked.services.flatMap(({ here }) => here.map(({ content }) => content)),
  ];
  const secrets = new Map(secretReferences(written).map((secret) => [JSON.stringify(secret), secret]));
  const configuration = {
    ...placeBotswain(botswain, checked.botswain?.content),
    services,
    targets,
    secrets: [...secrets.values()],
  };
  const typed = (line: string): Outcome<unknown> =>
    registries.readLine?.(line, configuration) ?? succeeded(undefined);
  const untypable = [
    ...place(files.botswain, unreadableProposals(configuration, typed)),
    ...checked.services.flatMap(({ draft }) =>
      place(draft.file, unreadableLines(draft.name ?? '', configuration, typed)),
    ),
  ];
  if (untypable.length > 0) return { kind: 'broken', problems: sortProblems(untypable) };
  return {
    kind: 'loaded',
    configuration,
    warnings: sortProblems(allWarnings(files, checked)),
  };
}
