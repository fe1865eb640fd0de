import type { CheckKind } from '../checks/check.ts';
import type { Component, ComponentKind, LogQuery } from '../components/component.ts';
import type { ArgvCall, Call } from '../domain/call.ts';
import type { Configuration, PlacedCheck, PlacedComponent } from '../domain/configuration.ts';
import { componentKey, type Target, targetKey } from '../domain/fleet.ts';
import { failed } from '../domain/outcome.ts';
import { type CallWord, type Shape, type Varying, withShapes } from './call-words.ts';
import { deployCalls } from './deploy-calls.ts';
import { ROUNDS, type Round, recorder } from './pretended.ts';
import { hostCalls, serviceCalls } from './service-calls.ts';

/** A program that the settings make Botswain run on a target, with every word it has. */
export interface TargetCall {
  readonly words: readonly CallWord[];
  readonly cwd?: string;
  readonly sudo: boolean;
  /** Account it runs as, through `sudo -n -u`. */
  readonly user?: string;
  /** A read becomes the program; a change runs under a receipt; a transfer becomes it with its input and output streamed. */
  readonly way: 'read' | 'change' | 'transfer';
  /** For people: `karmabot/app@production: restart`. */
  readonly why: string;
  /** True where only `restart --recreate` or `logs` would not work without. */
  readonly optional: boolean;
}

/** What a target's calls are made of. */
export interface CallSources {
  readonly configuration: Pick<Configuration, 'services' | 'targets'>;
  readonly components: readonly ComponentKind[];
  readonly checks: readonly CheckKind[];
}

const SHAPES: Readonly<Record<Varying, RegExp>> = {
  number: /^\d+$/,
  since: /^@\d[\d.]*$/,
  time: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
  // As the rounds have it: any other word would look like a name of an image, too.
  image: /^image:\d+$/,
};

const queries = ({ tail, at }: Round): readonly LogQuery[] => [
  { tail, previous: false },
  { tail, previous: false, since: at },
  { tail, previous: true },
  { tail, previous: true, since: at },
];

/** The checks that look at a target by running something there; the others use the network from here. */
const CHECKS_ON_TARGETS: readonly string[] = [
  ...['systemd', 'supervisor', 'container', 'process', 'postgres', 'redis', 'mongo', 'sqlite'],
  ...['file', 'disk', 'memory'],
];

/** A Redis that is named by its address is asked from here. */
const looksFromHere = ({ kind, settings }: PlacedCheck): boolean =>
  kind === 'redis' && typeof settings === 'object' && settings !== null && Reflect.has(settings, 'host');

type Look = (round: Round) => Promise<readonly ArgvCall[]>;

const statusLook =
  (component: Component): Look =>
  async (round) => {
    const { read, calls } = recorder(round);
    await component.status(read);
    await component.identity(read);
    return calls;
  };

const planLook =
  (component: Component): Look =>
  async (round) => {
    const { read, calls } = recorder(round);
    for (const action of component.actions) await component.identity(read, action);
    return calls;
  };

/** Stands for whatever day is asked for. */
const SOME_DAY = '0000-00-00';
const DAY: Shape = {
  ere: '[0-9]{4}-[0-9]{2}-[0-9]{2}',
  of: new Set('0123456789-'),
  globs: [[4, 2, 2].map((digits) => '[0-9]'.repeat(digits)).join('-')],
};

const fileQueries = ({ logFiles = [] }: Component, { tail }: Round): readonly LogQuery[] =>
  logFiles.flatMap((name) => [
    { tail, previous: false, file: { name } },
    { tail, previous: false, file: { name, day: SOME_DAY } },
  ]);

const logsLook =
  (component: Component): Look =>
  async (round) => {
    const { read, calls } = recorder(round);
    for (const query of [...queries(round), ...fileQueries(component, round)])
      await component.logs(read, query);
    return calls;
  };

const onAnyDay = (call: TargetCall): TargetCall => ({
  ...call,
  words: call.words.map((word) =>
    typeof word === 'string' ? withShapes(word, new Map([[SOME_DAY, DAY]])) : word,
  ),
});

const checkLook =
  (kind: CheckKind, { settings }: PlacedCheck): Look =>
  async (round) => {
    const { read, calls } = recorder(round);
    const componentStatus = async () => failed('TARGET_NOT_FOUND', 'nobody looks now');
    const secret = () => failed('CONFIG_SECRET_MISSING', 'no secret goes to a host');
    const check = kind.bind(settings, { read, componentStatus, secret, now: () => round.at });
    await check.look(AbortSignal.timeout(1_000));
    return calls;
  };

/** A word as two rounds show it; throws for one that varies in a way nobody allowed. */
function wordOf(one: string, other: string | undefined): CallWord {
  if (one === other) return one;
  const kinds: readonly Varying[] = ['number', 'since', 'time', 'image'];
  const varies = kinds.find((kind) => SHAPES[kind].test(one) && SHAPES[kind].test(other ?? ''));
  if (varies === undefined) throw new Error(`a call varies between ${one} and ${other}`);
  return { varies };
}

type About = Pick<TargetCall, 'way' | 'why' | 'optional'>;

function callOf(one: ArgvCall, other: ArgvCall | undefined, about: About): TargetCall {
  if (other?.argv.length !== one.argv.length) throw new Error(`a call varies in length: ${one.argv[0]}`);
  return {
    words: one.argv.map((word, index) => wordOf(word, other.argv[index])),
    ...(one.cwd === undefined ? {} : { cwd: one.cwd }),
    sudo: one.sudo === true,
    ...(one.user === undefined ? {} : { user: one.user }),
    ...about,
  };
}

async function looked(look: Look, about: About): Promise<readonly TargetCall[]> {
  const found: TargetCall[] = [];
  for (const [first, second] of ROUNDS) {
    const [ones, others] = [await look(first), await look(second)];
    found.push(...ones.map((one, index) => callOf(one, others[index], about)));
  }
  return found;
}

function steps(component: Component, key: string): readonly TargetCall[] {
  const about = (action: string): About => ({
    way: 'change',
    why: `${key}: ${action}`,
    optional: action === 'recreate',
  });
  const programs = (call: Call): readonly ArgvCall[] => (call.kind === 'argv' ? [call] : []);
  return component.actions.flatMap((action) =>
    component
      .steps(action)
      .flatMap(({ call }) => programs(call).map((one) => callOf(one, one, about(action)))),
  );
}

async function componentCalls(
  kinds: readonly ComponentKind[],
  placed: PlacedComponent,
): Promise<readonly TargetCall[]> {
  const component = kinds.find(({ kind }) => kind === placed.kind)?.bind(placed.settings, placed);
  if (component === undefined) return [];
  const key = componentKey(placed.ref);
  return [
    ...steps(component, key),
    ...(await looked(statusLook(component), { way: 'read', why: `${key}: status`, optional: false })),
    ...(await looked(planLook(component), { way: 'read', why: `${key}: plan`, optional: false })),
    ...(await looked(logsLook(component), { way: 'read', why: `${key}: logs`, optional: true })).map(
      onAnyDay,
    ),
  ];
}

/** Every program the components and checks of a target make Botswain run there, each once; asks no target. */
export async function callsOn(sources: CallSources, target: Target): Promise<readonly TargetCall[]> {
  const { configuration, components, checks } = sources;
  const isHere = (other: Target | undefined): boolean =>
    other !== undefined && targetKey(other) === targetKey(target);
  const found: TargetCall[] = [];
  for (const service of configuration.services) {
    for (const placed of service.components.filter((one) => isHere(one.target)))
      found.push(...(await componentCalls(components, placed)));
    const lookedAt = service.checks.filter(
      (one) => CHECKS_ON_TARGETS.includes(one.kind) && !looksFromHere(one) && isHere(one.target),
    );
    for (const placed of lookedAt) {
      const kind = checks.find((one) => one.kind === placed.kind);
      const why = `${placed.service}@${placed.environment}: check ${placed.name}`;
      if (kind !== undefined)
        found.push(...(await looked(checkLook(kind, placed), { way: 'read', why, optional: false })));
    }
    found.push(...serviceCalls(service, target), ...(await deployCalls(service, target)));
  }
  return eachOnce([...found, ...hostCalls(configuration.services, target)]);
}

const sameCall = ({ words, cwd, sudo, user, way }: TargetCall): string =>
  JSON.stringify([words, cwd, sudo, user, way]);

/** What is needed in any case comes first, so that it is what is kept. */
function eachOnce(calls: readonly TargetCall[]): readonly TargetCall[] {
  const ordered = calls.toSorted((one, other) => Number(one.optional) - Number(other.optional));
  const keys = ordered.map(sameCall);
  return ordered.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}
