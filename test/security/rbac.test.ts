import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../commands/registry.ts';
import type { Incoming } from '../../src/chat/chat.ts';
import { type Command, judgesItself } from '../../src/dispatch/command.ts';
import { dispatch, whyNotHere } from '../../src/dispatch/dispatch.ts';
import type { Configuration } from '../../src/domain/configuration.ts';
import type { Person } from '../../src/domain/person.ts';
import type { PolicyRule, Risk } from '../../src/domain/policy.ts';
import type { PlacedProcedure } from '../../src/domain/procedure.ts';
import { personOf } from '../../src/workflow/people.ts';
import { incoming } from '../contract/journal-samples.ts';
import { sqliteBench } from '../contract/journal-sqlite.ts';
import { contextOf } from '../unit/workflow/context.ts';
import { fleetWith, rule, configuration as sample } from '../unit/workflow/yard.ts';
import { CHOSEN, MORE, objectLines, placeObjects } from './rbac-objects.ts';

/** A policy with a rule of each shape: by risk, verb, service, environment, an explicit denial, and none at the end. */
const POLICY: readonly PolicyRule[] = [
  rule(1, { verb: ['audit'], allow: ['lead'] }),
  rule(2, { risk: ['read'], allow: ['viewer', 'operator', 'lead'] }),
  rule(3, { verb: ['stop'], environment: ['production'], allow: [] }),
  rule(4, { verb: ['lock', 'unlock', 'freeze', 'unfreeze'], allow: ['operator', 'lead'] }),
  rule(5, { service: ['katana'], environment: ['production'], allow: ['lead'] }),
  rule(6, { verb: ['restart', 'start'], environment: ['staging'], allow: ['operator', 'viewer'] }),
  rule(7, { risk: ['change'], service: ['karmabot'], allow: ['operator'], approvals: 1, from: ['lead'] }),
];
const ROLES = ['viewer', 'operator', 'lead', 'nobody', 'OPERATOR', ''] as const;
const RISKS: readonly Risk[] = ['read', 'change', 'destructive'];
const PLATFORMS = ['slack', 'telegram', 'console'] as const;
type Platform = (typeof PLATFORMS)[number];
const PLACES = [
  'karmabot/app@production',
  'karmabot@staging',
  'katana/nginx@production',
  'katana@staging',
] as const;

const procedure = (name: string, risk: Risk): PlacedProcedure => ({
  name,
  title: name,
  risk,
  component: 'app',
  runbook: [],
  parameters: [],
  steps: [],
  verify: false,
  schedulable: true,
});
const procedures = [procedure('look', 'read'), procedure('mend', 'change'), procedure('wipe', 'destructive')];

const people: readonly Person[] = ROLES.map((role, index) => ({
  key: `p${index}`,
  name: `P${index}`,
  slack: `U${index}`,
  telegram: String(100 + index),
  roles: role === '' ? [] : [role],
}));

function settings(): Configuration {
  const plain = sample(POLICY);
  const base = { ...plain, services: plain.services.map((service) => ({ ...service, procedures })) };
  const staging = base.services.map((service) => ({
    ...service,
    environment: 'staging',
    components: service.components.map((placed) => ({
      ...placed,
      ref: { ...placed.ref, environment: 'staging' },
    })),
  }));
  const chats = {
    slack: { team: 'T0', channels: { operations: 'C0OPS' } },
    telegram: { chats: { operations: '-100' } },
  };
  return { ...base, people, chats, services: [...base.services, ...staging] };
}

/** Verbs that judge by themselves whether somebody may see what they name, as `status` would. */
const BY_SIGHT = ['notify'];
/** Verbs that without a subject mean everything, so that it must be allowed everywhere. */
const EVERYWHERE = ['freeze'];

const speaks = (wanted: readonly string[] | undefined, actual: string): boolean =>
  wanted === undefined || wanted.includes(actual);

/** An independent reading of the policy: the first rule that speaks of it decides, and none means no. */
function allowedAt({ name, risk }: Pick<Command, 'name' | 'risk'>, role: string, place: string): boolean {
  const [subject = '', environment = ''] = place.split('@');
  const [service = ''] = subject.split('/');
  const first = POLICY.find(
    (one) =>
      speaks(one.verb, name) &&
      speaks(one.risk, risk) &&
      speaks(one.service, service) &&
      speaks(one.environment, environment),
  );
  return first?.allow.includes(role) === true;
}

/** Without a subject it is about being allowed anywhere, so that a rule about one place denies nothing. */
function allowedAnywhere({ name, risk }: Command, role: string): boolean {
  const rules = POLICY.filter((one) => speaks(one.verb, name) && speaks(one.risk, risk));
  const general = rules.find(
    (one) => (one.service ?? one.environment) === undefined || one.allow.includes(role),
  );
  return general?.allow.includes(role) === true;
}

function allowed({ command, risk, place, all }: Omit<Case, 'line'>, role: string): boolean {
  const { name } = command;
  if (all !== undefined) return all.every((one) => allowedAt({ name, risk }, role, one));
  if (BY_SIGHT.includes(command.name) && place !== undefined)
    return allowedAt({ name: 'status', risk: 'read' }, role, place);
  if (judgesItself(command)) return true;
  if (place !== undefined) return allowedAt({ name, risk }, role, place);
  return EVERYWHERE.includes(command.name)
    ? PLACES.every((one) => allowedAt(command, role, one))
    : allowedAnywhere(command, role);
}

interface Case {
  readonly command: Command;
  /** What the line comes to, by what it gives its verb. */
  readonly risk: Risk;
  readonly line: string;
  readonly place: string | undefined;
  /** Where it is about what the journal holds, or about what matchers choose: policy must allow it in each. */
  readonly all?: readonly string[];
}

/** Places as whole services. */
const WHOLE = PLACES.map((place) => place.replace(/\/[^@]+/, ''));
const OBJECTS = objectLines(WHOLE);

const CASES: readonly Case[] = commands.flatMap((command): readonly Case[] => {
  const { name, subjects, examples, risk } = command;
  const objects = OBJECTS.filter(({ verb }) => verb === name);
  if (objects.length > 0)
    return objects.map(({ line, all }) => ({ command, risk, line, place: undefined, all }));
  if (command.kind === 'chosen')
    return RISKS.flatMap((each) => {
      const words = CHOSEN[name]?.[each];
      if (words === undefined) return [];
      return WHOLE.map((place) => ({
        command,
        risk: each,
        line: `${name} ${words.replace('HERE', place)}`,
        place,
      }));
    });
  const more = MORE[name] === undefined ? '' : ` ${MORE[name]}`;
  const typed = more === '' ? (examples[0] ?? name) : `${name}${more}`;
  const bare = { command, risk, line: typed, place: undefined };
  if (subjects === 'none') return [bare];
  const placed = PLACES.map((place) => ({ command, risk, line: `${name} ${place}${more}`, place }));
  return subjects === 'optional' ? [{ ...bare, line: `${name}${more}` }, ...placed] : placed;
});

describe('who may run what, generated from the policy', () => {
  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  beforeAll(async () => {
    bench = await sqliteBench();
    await placeObjects(bench.journal, WHOLE);
  });
  afterAll(() => bench.remove());
  const configuration = settings();

  function typed(platform: Platform, who: number, text: string): Incoming {
    const id = { slack: `U${who}`, telegram: String(100 + who), console: `p${who}` }[platform];
    const channel = { slack: 'C0OPS', telegram: '-100', console: 'console' }[platform];
    const account = { platform, id, name: `P${who}`, standing: 'person' as const };
    return { ...incoming('x', text), account, conversation: { platform, channel }, direct: false };
  }

  /** `denied`, or whatever else it came to: a verb that was let through may still have nothing to do here. */
  async function outcome(line: Incoming): Promise<string> {
    const person = personOf(configuration.people, line.account);
    if (person === undefined) return 'nobody';
    const elsewhere = whyNotHere(configuration.chats, line, person);
    if (elsewhere !== undefined) return elsewhere.kind;
    const context = {
      ...contextOf({ journal: bench.journal, configuration, line }, person),
      commands,
      fleet: fleetWith({ configuration }),
    };
    const dispatched = await dispatch(context, line.text, async () => ({
      title: 'plan',
      tone: 'neutral',
      parts: [],
      actions: [],
    })).catch((error: unknown) => ({ kind: 'thrown' as const, why: String(error) }));
    return dispatched.kind === 'failed' ? dispatched.code : 'let through';
  }

  /** The cells of one person on one platform in which it came otherwise than the policy says. */
  async function wrongCells(platform: Platform, who: number, role: string): Promise<readonly string[]> {
    const wrong: string[] = [];
    for (const each of CASES) {
      const came = await outcome(typed(platform, who, each.line));
      const isRight = (came !== 'DENIED_POLICY') === allowed(each, role);
      if (!isRight || /^INPUT_(UNKNOWN|AMBIGUOUS|INVALID)/.test(came)) wrong.push(`${each.line}: ${came}`);
    }
    return wrong;
  }

  it.each(PLATFORMS.flatMap((platform) => ROLES.map((role, who) => ({ platform, role, who }))))(
    'on $platform with the role "$role": every verb',
    async ({ platform, role, who }) => expect(await wrongCells(platform, who, role)).toEqual([]),
  );

  it('has every verb, and both answers for each of them', () => {
    const verbs = new Set(CASES.map(({ command }) => command.name));
    expect(verbs.size).toBe(commands.length);
    const cells = CASES.length * ROLES.length * PLATFORMS.length;
    console.info(
      `${commands.length} verbs × ${ROLES.length} roles × ${PLATFORMS.length} platforms: ${cells} cells`,
    );
    for (const each of CASES)
      if (!judgesItself(each.command) && !/^katana\b.*@production$/.test(each.place ?? ''))
        expect(
          ROLES.some((role) => !allowed(each, role)),
          each.line,
        ).toBe(true);
    for (const command of commands) {
      const ofIt = CASES.filter((each) => each.command === command);
      expect(
        ofIt.some((each) => ROLES.some((role) => allowed(each, role))),
        command.name,
      ).toBe(true);
    }
  });

  it('denies to whoever is not in the list at all, and where nobody may type', async () => {
    for (const platform of PLATFORMS) {
      const stranger = {
        ...typed(platform, 0, 'status'),
        account: { platform, id: 'U999', name: 'x', standing: 'person' as const },
      };
      expect(await outcome(stranger)).toBe('nobody');
    }
    const elsewhere = {
      ...typed('slack', 1, 'status'),
      conversation: { platform: 'slack' as const, channel: 'C0RANDOM' },
    };
    expect(await outcome(elsewhere)).toBe('failed');
  });
});
