import { checkKinds } from '../checks/registry.ts';
import type { ComponentKind } from '../components/component.ts';
import type { Configuration } from '../domain/configuration.ts';
import { type Diagnosis, doubtful, failure, good, wrong } from '../domain/diagnosis.ts';
import { type Target, targetKey } from '../domain/fleet.ts';
import { diagnoseEngine } from '../executors/docker/docker-doctor.ts';
import { diagnoseSsh } from '../executors/ssh/ssh-doctor.ts';
import { examineComponent } from './components.ts';
import { gateDiagnoses } from './gate.ts';
import { askHost, type HostFacts, hostDiagnoses } from './host.ts';
import type { Reach } from './reach.ts';
import { examineSections } from './sections.ts';
import { refusedNeeds, sudoDiagnoses } from './sudo.ts';
import { bareUnitSteps, sudoNeeds } from './sudo-needs.ts';
import type { CallSources } from './target-calls.ts';
import { wantedPrograms } from './wanted-programs.ts';

/** Everything that examining a target needs. */
export interface TargetExam {
  readonly configuration: Configuration;
  readonly kinds: readonly ComponentKind[];
  readonly reach: Reach;
}

const placedOn = ({ configuration }: TargetExam, target: Target) =>
  configuration.services
    .flatMap(({ components }) => components)
    .filter((placed) => targetKey(placed.target) === targetKey(target));

/** Tries one target, and looks at each component that lives there. */
export async function examineTarget(exam: TargetExam, target: Target): Promise<readonly Diagnosis[]> {
  if (!exam.reach.canReach(target))
    return [
      doubtful(
        `not tried: targets of the kind ${target.kind} can only be declared yet${unlooked(exam, target)}`,
        'Nothing to do until there is an executor for it.',
      ),
    ];
  if (target.kind === 'ssh' || target.kind === 'local') return examineHost(exam, target);
  const way =
    target.kind === 'docker' ? await diagnoseEngine(exam.reach.ports, target) : await answers(exam, target);
  if (way.some(({ verdict }) => verdict === 'wrong')) return [...way, ...rest(exam, target)];
  return [...way, ...(await components(exam, target)).flatMap(({ diagnoses }) => diagnoses)];
}

const names = (exam: TargetExam, target: Target): string =>
  placedOn(exam, target)
    .map(({ ref }) => `${ref.service}/${ref.component}`)
    .join(', ');

const unlooked = (exam: TargetExam, target: Target): string =>
  names(exam, target) === '' ? '' : `; not looked at: ${names(exam, target)}`;

const rest = (exam: TargetExam, target: Target): readonly Diagnosis[] =>
  names(exam, target) === ''
    ? []
    : [doubtful(`components not looked at: ${names(exam, target)}`, 'Mend the target first.')];

async function components(exam: TargetExam, target: Target) {
  const read = exam.reach.read(target);
  return Promise.all(
    placedOn(exam, target).map((placed) => {
      const kind = exam.kinds.find((one) => one.kind === placed.kind);
      if (kind === undefined) throw new Error(`${placed.kind} passed the configuration without a kind`);
      return examineComponent(placed, kind.bind(placed.settings, placed), read);
    }),
  );
}

const sourcesOf = ({ configuration, kinds }: TargetExam): CallSources => ({
  configuration,
  components: kinds,
  checks: checkKinds,
});

async function examineHost(exam: TargetExam, target: Target): Promise<readonly Diagnosis[]> {
  const read = exam.reach.read(target);
  const needs = sudoNeeds(exam, target);
  const facts = await askHost(read, target, await wantedPrograms(sourcesOf(exam), target));
  const way = wayTo(target, facts);
  if (facts.kind !== 'succeeded') return [...way, ...rest(exam, target)];
  const { configuration } = exam;
  const [refused, looks, gate, sections] = await Promise.all([
    refusedNeeds(read, facts.value, needs),
    components(exam, target),
    target.kind === 'ssh' ? gateDiagnoses(sourcesOf(exam), target, facts.value) : [],
    examineSections({ configuration, target, facts: facts.value, read }),
  ]);
  const refusals = [...refused, ...looks.flatMap((look) => look.refusals)];
  return [
    ...way,
    ...gate,
    ...hostDiagnoses(facts.value, target.kind === 'local' ? 'here' : 'there'),
    ...sudoDiagnoses(facts.value, refusals, needs.length + refusals.length > 0),
    ...bare(facts.value, bareUnitSteps(exam, target)),
    ...looks.flatMap(({ diagnoses }) => diagnoses),
    ...sections,
  ];
}

function wayTo(target: Target, facts: Awaited<ReturnType<typeof askHost>>): readonly Diagnosis[] {
  if (target.kind === 'ssh') return diagnoseSsh(target, facts);
  return facts.kind === 'succeeded' ? [localAccount(facts.value)] : [failure('this machine', facts)];
}

function bare({ isRoot, user }: HostFacts, steps: readonly string[]): readonly Diagnosis[] {
  const [first] = steps;
  if (isRoot || first === undefined) return [];
  return [
    doubtful(
      `without sudo ${user} may not run \`${first}\` unless polkit lets it`,
      'Set `sudo: true` at the component, then run this again for the lines of sudoers.',
    ),
  ];
}

const localAccount = ({ user }: HostFacts): Diagnosis => good(`programs run here as ${user}`);

const REFUSED: readonly number[] = [401, 403];

/** Asks the root of an HTTP API; any answer but a refusal shows that it is there. */
async function answers(exam: TargetExam, target: Target): Promise<readonly Diagnosis[]> {
  const { url } = target.settings;
  if (typeof url !== 'string')
    throw new Error(`${targetKey(target)} has no url and passed the configuration`);
  const answer = await exam.reach.read(target)({ kind: 'http', method: 'GET', url });
  if (answer.kind !== 'succeeded') return [failure('its root', answer)];
  const { code } = answer.value;
  const said = `${url} answers with ${code}`;
  if (REFUSED.includes(code))
    return [
      wrong(
        `${said}: it refuses us`,
        `Correct headers of ${target.name} in targets.yaml, or the secret they name.`,
      ),
    ];
  if (code >= 500) return [doubtful(said, 'See the log of that service.')];
  return [good(said)];
}
