import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import process from 'node:process';
import type { Configuration, Environment } from '../src/domain/configuration.ts';
import type { Outcome } from '../src/domain/outcome.ts';
import { presence, type ServiceDraft, serviceDraft, type TargetDraft, targetDrafts } from './drafts.ts';
import { environmentFrom, type Variables } from './environment.ts';
import { expand, templatesIn } from './expand.ts';
import { type ConfigurationFiles, readFiles } from './files.ts';
import { freezeFindings, freezeWarnings } from './freeze-rules.ts';
import { accountFindings, personDrafts } from './people.ts';
import { placeBotswain, placeService, placeTarget, type ServiceHere } from './place.ts';
import type { PolicyContext } from './policy-draft.ts';
import { policyFindings } from './policy-rules.ts';
import { policyWarnings } from './policy-warnings.ts';
import { type Finding, type Problem, pathText, sortProblems } from './problem.ts';
import { entry, valueAt } from './read.ts';
import { collisions, presenceWarnings, serviceFindings } from './references.ts';
import { safetyFindings, safetyWarnings } from './safety-rules.ts';
import { type FileContents, fileSchemas, type Registries, targetKinds } from './schema.ts';
import {
  guessedSecrets,
  plainSecrets,
  type SecretReader,
  secretReader,
  secretReferences,
} from './secrets.ts';
import { checkFileShape, type Shaped } from './shape.ts';
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

interface CheckedService {
  readonly draft: ServiceDraft;
  readonly here: readonly ServiceHere[];
  readonly findings: readonly Finding[];
}

const holdsTemplates = (content: unknown, { path }: Finding): boolean =>
  templatesIn(valueAt(content, path)).length > 0;

interface InEnvironments {
  readonly here: readonly ServiceHere[];
  /** What is wrong with a value once its variables are in. */
  readonly findings: readonly Finding[];
  /** Everything the schema said with the variables put in. */
  readonly everything: readonly Finding[];
}

/** The service in each environment that has its targets, with the variables put in. */
function inEnvironments(
  draft: ServiceDraft,
  targets: readonly TargetDraft[],
  schemas: ReturnType<typeof fileSchemas>,
): InEnvironments {
  const present = presence(draft, targets).filter(({ missing }) => missing.length === 0);
  const all = present.map(({ environment }) => {
    const content = expand(draft.content, (target, variable) =>
      targets
        .find(({ name, environment: where }) => name === target && where === environment)
        ?.vars.get(variable),
    );
    return { environment, shaped: checkFileShape(content, schemas.services) };
  });
  const said = all.flatMap(({ environment, shaped: { content, findings } }) =>
    findings.map((finding) => ({
      finding: { ...finding, message: `${finding.message} (in ${environment})` },
      settled: holdsTemplates(draft.content, finding) && !holdsTemplates(content, finding),
    })),
  );
  return {
    here: all.flatMap(({ environment, shaped: { content, value } }) =>
      value === undefined ? [] : [{ environment, content, value }],
    ),
    findings: said.filter(({ settled }) => settled).map(({ finding }) => finding),
    everything: said.map(({ finding }) => finding),
  };
}

function checkService(
  file: YamlFile,
  targets: readonly TargetDraft[] | undefined,
  known: { readonly schemas: ReturnType<typeof fileSchemas>; readonly registries: Registries },
): CheckedService {
  const shaped = checkFileShape(file.content, known.schemas.services);
  const draft = serviceDraft(file, shaped.content);
  const { here, findings, everything } = inEnvironments(draft, targets ?? [], known.schemas);
  const all = [
    ...withSecrets(
      shaped.findings.filter((finding) => finding.at === 'key' || !holdsTemplates(shaped.content, finding)),
      shaped.content,
    ),
    ...findings,
    ...serviceFindings(draft, targets, known.registries),
  ];
  // Whatever keeps a service out of an environment is said, even where no rule above knows how to say it better.
  return { draft, here, findings: all.length === 0 ? everything : all };
}

interface Checked {
  readonly botswain: Shaped<FileContents['botswain']> | undefined;
  readonly targets: Shaped<FileContents['targets']> | undefined;
  readonly targetDrafts: readonly TargetDraft[] | undefined;
  readonly services: readonly CheckedService[];
  readonly context: PolicyContext;
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
  const names = services.map(({ draft }) => draft.name).filter((name) => name !== undefined);
  return {
    botswain,
    targets,
    targetDrafts: drafts,
    services,
    context: {
      people: personDrafts(entry(botswain?.content)),
      services: names.length === files.services.length ? names : undefined,
      environments:
        drafts === undefined ? undefined : [...new Set(drafts.map(({ environment }) => environment))],
      verbs: registries.verbs,
      targetKinds: targetKinds(registries).map(({ kind }) => kind),
    },
  };
}

/** Findings of a file's shape, and texts that look like secrets where the shape did not object already. */
function withSecrets(findings: readonly Finding[], content: unknown): readonly Finding[] {
  const objected = new Set(findings.map(({ path }) => pathText(path)));
  return [...findings, ...plainSecrets(content).filter(({ path }) => !objected.has(pathText(path)))];
}

const place = (file: YamlFile | undefined, findings: readonly Finding[]): readonly Problem[] =>
  file === undefined ? [] : findings.map((finding) => file.problem(finding));

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
    ]),
    ...place(files.targets, [
      ...withSecrets(targets?.findings ?? [], targets?.content),
      ...targetFindings(checked.targetDrafts ?? [], registries),
    ]),
    ...services.flatMap(({ draft, findings }) => place(draft.file, findings)),
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
      ...none,
    ]),
    ...services.flatMap(({ draft }) =>
      place(draft.file, presenceWarnings(draft, checked.targetDrafts ?? [])),
    ),
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
    ...targets.map(({ settings }) => settings),
    ...checked.services.flatMap(({ here }) => here.map(({ content }) => content)),
  ];
  const secrets = new Map(secretReferences(written).map((secret) => [JSON.stringify(secret), secret]));
  return {
    kind: 'loaded',
    configuration: { ...placeBotswain(botswain), services, targets, secrets: [...secrets.values()] },
    warnings: sortProblems(allWarnings(files, checked)),
  };
}
