import { deployFindings } from './deploy-rules.ts';
import { presence, type ServiceDraft, serviceDraft, type TargetDraft } from './drafts.ts';
import { envFileFindings } from './env-file-rules.ts';
import { expand, templatesIn } from './expand.ts';
import type { ServiceHere } from './place.ts';
import { type Finding, pathText } from './problem.ts';
import { procedureFindings } from './procedure-findings.ts';
import { valueAt } from './read.ts';
import { serviceFindings } from './references.ts';
import type { fileSchemas, Registries } from './schema.ts';
import { plainSecrets } from './secrets.ts';
import { checkFileShape } from './shape.ts';
import type { YamlFile } from './yaml-file.ts';

/** Findings of a file's shape, and texts that look like secrets where the shape did not object already. */
export function withSecrets(findings: readonly Finding[], content: unknown): readonly Finding[] {
  const objected = new Set(findings.map(({ path }) => pathText(path)));
  return [...findings, ...plainSecrets(content).filter(({ path }) => !objected.has(pathText(path)))];
}

/** A service's file, checked: as it stands, and in each environment that has its targets. */
export interface CheckedService {
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

/** Checks a service's file as it stands and with the variables of each environment put in. */
export function checkService(
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
    ...procedureFindings(draft, targets, known.registries),
    ...deployFindings(draft, targets, known.registries),
    ...envFileFindings(draft),
  ];
  // Whatever keeps a service out of an environment is said, even where no rule above knows how to say it better.
  return { draft, here, findings: all.length === 0 ? everything : all };
}
