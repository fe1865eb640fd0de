import { z } from 'zod';
import type { CallResult } from '../domain/call.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { CheckKind, CheckPorts, Look } from './check.ts';
import {
  ask,
  complaintOf,
  containerName,
  containerTrouble,
  isKeptOut,
  isMissing,
  noTarget,
} from './host/on-target.ts';
import { oneLine } from './status/one-line.ts';
import { untilSignal } from './status/status-look.ts';
import { type Remark, worstLook } from './status/worst.ts';

const settings = z.strictObject({
  container: containerName
    .exactOptional()
    .describe('Container to ask in, by `docker exec`; absent = the shell of the target itself'),
  sudo: z.boolean().default(false).describe('Call docker through `sudo -n`'),
  program: z
    .enum(['mongosh', 'mongo'])
    .exactOptional()
    .describe('Shell to ask with; absent = mongosh, and where there is none the older mongo'),
  port: z.coerce.number().int().min(1).max(65_535).exactOptional().describe('Port; absent = 27017'),
  replica_set: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'not a name of a replica set\nwrite it like rs0')
    .exactOptional()
    .describe('Name of the replica set it must belong to, as primary or secondary'),
});

type Settings = z.infer<typeof settings>;

/** Works in mongosh and in the older mongo; `ping` and `hello` need no login, the connections may. */
const EVAL =
  '(function () { var r = { ok: db.adminCommand({ ping: 1 }).ok }; var h = db.adminCommand({ hello: 1 });' +
  ' if (!h.ok) h = db.adminCommand({ isMaster: 1 }); r.set = h.setName; r.primary = h.isWritablePrimary || h.ismaster || false;' +
  ' r.secondary = h.secondary || false; try { var c = db.serverStatus().connections; r.current = c.current;' +
  ' r.available = c.available; } catch (e) {} print(JSON.stringify(r)); })()';

const answerShape = z.object({
  ok: z.number(),
  set: z.string().optional(),
  primary: z.boolean().optional(),
  secondary: z.boolean().optional(),
  current: z.number().optional(),
  available: z.number().optional(),
});

function parse(text: string): z.infer<typeof answerShape> | undefined {
  const line = text.split('\n').find((one) => one.startsWith('{')) ?? '';
  try {
    return answerShape.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

type Told = NonNullable<ReturnType<typeof parse>>;

function memberRemark({ replica_set: wanted }: Settings, told: Told): readonly Remark[] {
  const { set, primary = false, secondary = false } = told;
  const role = primary ? 'primary' : 'secondary';
  if (wanted !== undefined && set !== wanted)
    return [
      {
        verdict: 'fail',
        words: `it belongs to ${set === undefined ? 'no replica set' : set}, not to ${wanted}`,
      },
    ];
  if (set === undefined) return [];
  if (primary || secondary) return [{ verdict: 'pass', words: `${role} of ${set}` }];
  return [
    { verdict: 'fail', words: `neither primary nor secondary of ${set}: it takes no reads and no writes` },
  ];
}

function remarksOn(given: Settings, told: Told, { durationMs }: CallResult): readonly Remark[] {
  if (told.ok !== 1) return [{ verdict: 'fail', words: `ping says ok: ${told.ok}` }];
  const { current, available } = told;
  const connections =
    current === undefined || available === undefined
      ? ''
      : `, ${current} of ${current + available} connections used`;
  return [
    { verdict: 'pass', words: `ping answered in ${Math.round(durationMs)} ms${connections}` },
    ...memberRemark(given, told),
  ];
}

const DOWN =
  /ECONNREFUSED|connect failed|couldn't connect|Connection refused|MongoNetworkError|MongoServerSelectionError/i;

/** The line that says why, not the banner of the shell before it. */
function why(result: CallResult): string {
  const lines = `${result.stderr}\n${result.stdout}`.split('\n').map((line) => line.trim());
  return lines.find((line) => DOWN.test(line)) ?? complaintOf(result);
}

type Reader = NonNullable<CheckPorts['read']>;

async function asked(given: Settings, read: Reader): Promise<Outcome<CallResult>> {
  const { container, sudo, program, port } = given;
  const way = { container, sudo: sudo && container !== undefined };
  const words = ['--quiet', ...(port === undefined ? [] : ['--port', String(port)]), '--eval', EVAL];
  const first = await ask(read, way, [program ?? 'mongosh', ...words]);
  if (program !== undefined || first.kind !== 'succeeded' || !isMissing(first.value)) return first;
  return ask(read, way, ['mongo', ...words]);
}

async function look(given: Settings, { read }: CheckPorts): Promise<Look> {
  if (read === undefined) return noTarget('MongoDB');
  const answer = await asked(given, read);
  if (answer.kind !== 'succeeded') return { verdict: 'unknown', summary: oneLine(answer.message) };
  const told = answer.value.code === 0 ? parse(answer.value.stdout) : undefined;
  if (told !== undefined) return worstLook('MongoDB', remarksOn(given, told, answer.value));
  const container = containerTrouble(answer.value);
  if (container !== undefined) return { verdict: 'fail', summary: oneLine(`MongoDB: ${container}`) };
  const words = why(answer.value);
  const isDown = DOWN.test(words) && !isKeptOut(answer.value);
  return { verdict: isDown ? 'fail' : 'unknown', summary: oneLine(`MongoDB: ${words}`) };
}

/** Asks a MongoDB on the target through its own shell: whether it answers, and what it is in its replica set. */
export const mongoCheckKind: CheckKind = {
  kind: 'mongo',
  summary:
    'Asks a MongoDB on the target through mongosh or mongo: ping, connections, its place in the replica set',
  verifiesChanges: true,
  settings,
  bind(given, ports) {
    const bound = settings.parse(given);
    return { look: (signal) => untilSignal(look(bound, ports), signal) };
  },
};
