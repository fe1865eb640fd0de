import type { BackupCall, RestoreCall, StreamedProgram, VerifyBackupCall } from './backup-call.ts';

/** A call that streams an artifact the way people read it; `text` writes a program. */
export function backupText(
  call: BackupCall | VerifyBackupCall | RestoreCall,
  text: (program: StreamedProgram) => string,
): string {
  const { storage } = call;
  if (call.kind === 'backup') {
    const ways = [call.compress ? 'zstd' : '', call.encryptTo.length === 0 ? '' : 'age'].filter(Boolean);
    return [text(call.program), ...ways, `storage ${storage.name}`].join(' | ');
  }
  const from = `storage ${storage.name} ${call.artifact?.id ?? '(what was just taken)'}`;
  if (call.kind === 'verify backup') return `${from} | ${text(call.program)}`;
  return call.programs
    .map(({ program, takesArtifact }) => (takesArtifact ? `${from} | ${text(program)}` : text(program)))
    .join('; then ');
}
