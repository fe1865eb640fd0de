import type { RestoreCall, RestoreProgram, StreamedProgram } from '../domain/backup-call.ts';
import type { CallResult } from '../domain/call.ts';
import type { Code } from '../domain/code.ts';
import { failed, type Outcome, succeeded, unknown } from '../domain/outcome.ts';
import type { RunRequest } from '../executors/executor.ts';
import { type BackupPorts, wrongCall } from './backup-ports.ts';
import type { OwnExecutor } from './own-calls.ts';
import { backupOf } from './own-verify-backup.ts';
import { identityOf, manifestOf, type Reading, readArtifact } from './read-artifact.ts';

/** What says that the end of a program was not seen. */
const UNSEEN: readonly Code[] = ['TARGET_CONNECTION_LOST', 'TARGET_TIMEOUT', 'TARGET_INTERRUPTED'];

/** Puts artifacts back. How one went whose end was not seen, no machine says. */
export function restoreExecutor(ports: BackupPorts): OwnExecutor {
  return {
    observe: async () => succeeded({}),
    async run(request) {
      const { call } = request;
      if (call.kind !== 'restore') return wrongCall(call.kind);
      return run(ports, request, call);
    },
    async reconcile({ call }) {
      if (call.kind !== 'restore') return wrongCall(call.kind);
      const titles = call.programs.map(({ title }) => title).join(', ');
      return {
        kind: 'cannot tell',
        why: `a restore is not repeated or judged by a machine: look on the target how far ${call.artifact.id} came (${titles})`,
      };
    },
  };
}

/** `C-142` as a part of a name. */
const tagOf = (change: string | undefined): string => (change ?? 'x').toLowerCase().replace(/[^a-z0-9]/g, '');

const tagged = (program: StreamedProgram, tag: string): StreamedProgram => ({
  ...program,
  argv: program.argv.map((word) => word.replaceAll('{change}', tag)),
});

/** The artifact, as long as it is the one that was planned and can be opened. */
async function artifactOf(
  ports: BackupPorts,
  call: RestoreCall,
): Promise<Outcome<Pick<Reading, 'record' | 'storage' | 'manifest'>>> {
  const record = await backupOf(ports, call, undefined);
  if (record.kind !== 'succeeded') return record;
  const storage = ports.storage(record.value.storage);
  if (storage.kind !== 'succeeded') return storage;
  const manifest = await manifestOf(storage.value, record.value);
  if (manifest.kind !== 'succeeded') return manifest;
  const identity = identityOf(ports, record.value);
  if (identity.kind !== 'succeeded') return identity;
  if (record.value.encrypted && identity.value === undefined)
    return failed(
      'CONFIG_SECRET_MISSING',
      `${record.value.id} is encrypted and the settings name no identity`,
    );
  return succeeded({ record: record.value, storage: storage.value, manifest: manifest.value });
}

async function run(ports: BackupPorts, request: RunRequest, call: RestoreCall): Promise<Outcome<CallResult>> {
  const startedAt = performance.now();
  const artifact = await artifactOf(ports, call);
  if (artifact.kind !== 'succeeded') return artifact;
  const { target, deadlineMs, of } = request;
  const said: string[] = [];
  for (const step of call.programs) {
    const program = tagged(step.program, tagOf(of?.change));
    const where = { target, program, deadlineMs, ...(of === undefined ? {} : { of }) };
    const done = step.takesArtifact
      ? await loaded(ports, { ...artifact.value, ...where })
      : await ran(ports, request, program);
    if (done.kind !== 'succeeded') return brokenOff(call, step, done);
    said.push(`${step.title}: ${done.value === '' ? 'done' : done.value}`);
  }
  return succeeded({
    code: 0,
    stdout: said.join('\n'),
    stderr: '',
    truncated: false,
    durationMs: Math.round(performance.now() - startedAt),
  });
}

async function loaded(ports: BackupPorts, reading: Reading): Promise<Outcome<string>> {
  const read = await readArtifact(ports, reading);
  if (read.kind !== 'succeeded') return read;
  return succeeded(read.value.depth === 'content' ? read.value.said : '');
}

/** Characters of what a program prints that are kept. */
const SAID_CHARACTERS = 4_096;

async function ran(
  { transfer }: Pick<BackupPorts, 'transfer'>,
  { target, deadlineMs }: Pick<RunRequest, 'target' | 'deadlineMs'>,
  program: StreamedProgram,
): Promise<Outcome<string>> {
  const begun = await transfer({ target, program, acceptedCodes: [0], deadlineMs });
  if (begun.kind !== 'succeeded') return begun;
  let said = '';
  begun.value.output.on('data', (chunk: Buffer) => {
    if (said.length < SAID_CHARACTERS) said += chunk.toString('utf8');
  });
  const end = await begun.value.ended;
  return end.kind === 'succeeded' ? succeeded(said.trim().slice(0, SAID_CHARACTERS)) : end;
}

function brokenOff(
  { programs, artifact }: RestoreCall,
  at: RestoreProgram,
  why: Exclude<Outcome<never>, { kind: 'succeeded' }>,
): Outcome<never> {
  const words = `"${at.title}" of ${artifact.id}: ${why.message}`;
  if (at.replaces === true && UNSEEN.includes(why.code)) return unknown(why.code, words);
  const index = programs.indexOf(at);
  const isUntouched = !programs.slice(0, index + 1).some(({ replaces }) => replaces === true);
  const state = isUntouched ? '. What was there before is still in its place' : '';
  return failed(why.code, `${words}${state}`, why.kind === 'failed' ? why.remedy : undefined);
}
