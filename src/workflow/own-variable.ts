import { Readable } from 'node:stream';
import type { Call, CallResult, VariableCall } from '../domain/call.ts';
import type { Code } from '../domain/code.ts';
import { formatDuration } from '../domain/duration.ts';
import { ALTER_VARIABLE, writtenValue } from '../domain/env-file.ts';
import type { SecretReference } from '../domain/fleet.ts';
import { failed, type Outcome, succeeded, unknown } from '../domain/outcome.ts';
import type { Executor, Reconciliation, RunRequest } from '../executors/executor.ts';
import type { Effects } from './fleet.ts';
import type { Journal } from './journal.ts';
import type { OwnExecutor } from './own-calls.ts';
import type { ValueForms } from './value-forms.ts';

/** What writing variables needs. */
export interface VariablePorts {
  readonly journal: Journal;
  /** The executors of the targets, without Botswain's own. */
  readonly effects: Effects;
  readonly forms: ValueForms;
  readonly secret: (reference: SecretReference) => Outcome<string>;
  /** Told each value before it goes anywhere, so that it is taken out of everything that comes back. */
  readonly learn: (value: string) => void;
  readonly isEnding: () => boolean;
}

/** Milliseconds for the write itself, which nobody waits for a person in. */
const WRITE_MS = 60_000;
/** How a transfer ends of which nobody saw whether its program came to its end, before which it alters nothing. */
const DOUBTFUL: readonly Code[] = ['TARGET_CONNECTION_LOST', 'TARGET_TIMEOUT', 'TARGET_INTERRUPTED'];
/** Milliseconds between two looks whether the change was stopped. */
const LOOK_MS = 1000;

function variableCall(call: Call): VariableCall {
  if (call.kind !== 'variable') throw new Error(`a ${call.kind} call writes no variable`);
  return call;
}

/** Writes one variable into a file on a target; the value goes there over stdin, and nowhere else. */
export const variableExecutor = (ports: VariablePorts): OwnExecutor => ({
  async run(request) {
    const call = variableCall(request.call);
    const value = call.from === 'form' ? await fromForm(ports, request, call) : ports.secret(call.from);
    if (value.kind !== 'succeeded') return value;
    ports.learn(value.value);
    const written = writtenValue(value.value.trim());
    if (written.kind !== 'succeeded') return written;
    return write(ports, request, { call, text: written.value });
  },
  observe: async () => succeeded({}),
  reconcile: (question) => look(ports, question),
});

/** The value as its requester types it into the one-time form. */
async function fromForm(
  { journal, forms, isEnding }: VariablePorts,
  request: RunRequest,
  call: VariableCall,
): Promise<Outcome<string>> {
  if (request.of === undefined) throw new Error('a variable is written by a step of a change');
  const id = request.of.change;
  const change = await journal.changes.find(id);
  if (change === undefined) throw new Error(`there is no ${id}`);
  const over = new AbortController();
  const endsAt = performance.now() + request.deadlineMs - WRITE_MS;
  let why = '';
  const end = (reason: string): void => {
    why = reason;
    over.abort();
  };
  const timer = setInterval(async () => {
    const now = await journal.changes.find(id).catch(() => undefined);
    if (now?.cancelledBy !== undefined) end('it was stopped before the value was given');
    else if (isEnding()) end('Botswain stopped before the value was given; ask again');
    else if (performance.now() >= endsAt)
      end(`nobody gave the value within ${formatDuration(request.deadlineMs - WRITE_MS)}; ask again`);
  }, LOOK_MS);
  const value = await forms.want(
    { change: id, name: call.name, subject: call.subject, person: change.requester },
    over.signal,
  );
  clearInterval(timer);
  return value === undefined ? failed('DENIED_EXPIRED', why) : succeeded(value);
}

const programOf = ({ path, name, sudo, user }: VariableCall, receipt: string) => ({
  argv: ['sh', '-c', ALTER_VARIABLE, 'sh', 'set', path, name, receipt],
  ...(sudo === true ? { sudo } : {}),
  ...(user === undefined ? {} : { user }),
});

async function write(
  { effects }: VariablePorts,
  request: RunRequest,
  { call, text }: { readonly call: VariableCall; readonly text: string },
): Promise<Outcome<CallResult>> {
  const { target, receipt } = request;
  if (receipt === undefined) throw new Error('a variable is written under a receipt');
  const executor = effects.executorOf(target, call);
  if (executor.kind !== 'succeeded') return executor;
  const { transfer } = executor.value;
  if (transfer === undefined)
    return failed(
      'TARGET_NO_EXECUTOR',
      `${target.name} (${target.kind}) takes no input for a program`,
      'Only ssh and local targets do.',
    );
  const begun = await transfer.call(executor.value, {
    target,
    program: programOf(call, receipt),
    input: Readable.from([text]),
    acceptedCodes: [0],
    deadlineMs: WRITE_MS,
  });
  if (begun.kind !== 'succeeded') return begun;
  begun.value.output.resume();
  const ended = await begun.value.ended;
  if (ended.kind === 'succeeded')
    return succeeded({
      code: 0,
      stdout: '',
      stderr: '',
      truncated: false,
      durationMs: ended.value.durationMs,
    });
  return DOUBTFUL.includes(ended.code) ? unknown(ended.code, ended.message) : ended;
}

/** Looks for the receipt, which stands in the file together with what was altered under it. */
async function look(
  { effects }: VariablePorts,
  { target, call, begun }: Parameters<Executor['reconcile']>[0],
): Promise<Reconciliation> {
  const { path, sudo, user } = variableCall(call);
  const executor = effects.executorOf(target, call);
  if (executor.kind !== 'succeeded') return { kind: 'cannot tell', why: executor.message };
  const answer = await executor.value.run({
    target,
    call: {
      kind: 'argv',
      argv: ['grep', '-c', '-x', '-F', '-e', `# botswain: ${begun.receipt}`, '--', path],
      ...(sudo === true ? { sudo } : {}),
      ...(user === undefined ? {} : { user }),
    },
    deadlineMs: WRITE_MS,
    outputCapBytes: 1024,
  });
  if (answer.kind !== 'succeeded') return { kind: 'unreachable', why: answer.message };
  if (answer.value.code === 0) return { kind: 'happened', result: answer.value };
  if (answer.value.code === 1) return { kind: 'did not happen' };
  return { kind: 'cannot tell', why: `${path} cannot be read: ${answer.value.stderr.trim()}` };
}
