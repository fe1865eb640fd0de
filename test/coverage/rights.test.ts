import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registries } from '../../config/registries.ts';
import { type ReadLine, readLine } from '../../src/dispatch/read-line.ts';
import { type CallWord, partsEre, type Varying } from '../../src/doctor/call-words.ts';
import { GUESSED_HOST, sudoersFor } from '../../src/doctor/sudoers-file.ts';
import { callsOn, type TargetCall } from '../../src/doctor/target-calls.ts';
import type { ArgvCall, Call } from '../../src/domain/call.ts';
import { type Target, targetKey } from '../../src/domain/fleet.ts';
import { planSteps } from '../../src/domain/plan.ts';
import { closeGrounds, createGrounds, type Ground, type Grounds } from './ground.ts';
import type { Made } from './recorder.ts';
import type { Served } from './served.ts';
import { BOTS } from './tables.ts';

let grounds: Grounds;
beforeAll(async () => {
  grounds = await createGrounds();
});
afterAll(() => closeGrounds(grounds));

type Program = Pick<ArgvCall, 'argv' | 'cwd' | 'sudo' | 'user'>;

/** Programs that a call runs on its target. */
function programsOf(call: Call): readonly Program[] {
  if (call.kind === 'argv') return [call];
  if (call.kind === 'backup') return [call.program, call.version];
  if (call.kind === 'verify backup') return [call.program];
  return call.kind === 'restore' ? call.programs.map(({ program }) => program) : [];
}

/** What a line would do on targets: what it looks at, and the steps that it plans. */
async function madeBy(ground: Ground, { command, args, subjects }: ReadLine): Promise<readonly Made[]> {
  ground.takeMade();
  if (command.kind === 'read') {
    await command.answer(ground.context, args, subjects);
    await ground.lookAgain();
    return ground.takeMade();
  }
  if (command.kind !== 'change') return [];
  const plan = await command.plan(ground.context, args, subjects);
  if (plan.kind !== 'succeeded') throw new Error(plan.message);
  const steps = planSteps(plan.value).flatMap(({ target: name, component, call }) => {
    const target = targetNamed(ground, name, component.environment);
    return target === undefined ? [] : [{ target, call }];
  });
  return [...ground.takeMade(), ...steps];
}

const targetNamed = ({ configuration }: Ground, name: string, environment: string): Target | undefined =>
  configuration.targets.find((target) => target.name === name && target.environment === environment);

/** Kinds of words that the rows' lines hold; others vary only in what nobody types. */
const VARYING: Readonly<Record<Varying, RegExp>> = {
  number: /^\d+$/,
  since: /^@\d[\d.]*$/,
  time: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
  image: /^[a-zA-Z0-9][\w./:@-]*$/,
};

function isLike(known: CallWord | undefined, word: string): boolean {
  if (known === undefined || typeof known === 'string') return known === word;
  return 'varies' in known
    ? VARYING[known.varies].test(word)
    : new RegExp(`^(?:${partsEre(known.parts)})$`).test(word);
}

const isKnown = (calls: readonly TargetCall[], { argv, cwd, sudo = false, user }: Program): boolean =>
  calls.some(
    (call) =>
      call.words.length === argv.length &&
      [call.cwd, call.sudo, call.user].every((each, at) => each === [cwd, sudo, user][at]) &&
      argv.every((word, at) => isLike(call.words[at], word)),
  );

/** What runs on hosts where a row's line is typed. */
async function programsFor(served: Served): Promise<readonly { target: Target; program: Program }[]> {
  if (!('line' in served)) return [];
  const ground = grounds[served.manager ?? 'systemd'];
  const read = readLine(served.line, ground.context.commands, ground);
  if (read.kind !== 'succeeded') throw new Error(`${served.line}: ${read.message}`);
  const made = await madeBy(ground, read.value);
  return made
    .filter(({ target }) => target.kind === 'ssh')
    .flatMap(({ target, call }) => programsOf(call).map((program) => ({ target, program })));
}

/** All that the doctor knows, of either manager: what a host may not be asked it does not list. */
async function knownAt(target: Target): Promise<readonly TargetCall[]> {
  const lists = Object.values(grounds).map(({ configuration }) => {
    const sources = { configuration, components: registries.components, checks: registries.checks };
    return callsOn(sources, target);
  });
  return (await Promise.all(lists)).flat();
}

describe('what the doctor knows of the hosts', () => {
  it.each(BOTS.filter(({ whole }) => whole))(
    'holds every program that serves a row of $name: of it gate and sudoers are made',
    async ({ table }) => {
      const known = new Map<string, readonly TargetCall[]>();
      const seen = new Set<string>();
      const lost: string[] = [];
      for (const [id, served] of Object.entries(table))
        for (const { target, program } of await programsFor(served)) {
          const key = targetKey(target);
          const calls = known.get(key) ?? (await knownAt(target));
          known.set(key, calls);
          seen.add(JSON.stringify([key, program]));
          if (!isKnown(calls, program)) lost.push(`${id}: ${program.argv.join(' ').slice(0, 200)}`);
        }
      expect(lost).toEqual([]);
      expect(seen.size).toBeGreaterThan(20);
    },
  );

  it('can be written as sudoers, all of it', async () => {
    const { configuration } = grounds.systemd;
    const sources = { configuration, components: registries.components, checks: registries.checks };
    const facts = { ...GUESSED_HOST, user: 'ops', isRoot: false };
    for (const target of configuration.targets.filter(({ kind }) => kind === 'ssh')) {
      const text = await sudoersFor(sources, target, { facts, composePlugin: undefined, guessed: true });
      expect(
        text.split('\n').filter((line) => line.includes('NOT ALLOWED')),
        target.name,
      ).toEqual([]);
    }
  });
});
