import { execa } from 'execa';
import type { Outcome } from './docker-cli.ts';

/** Where a test logs in and whom it expects there. */
export type SshTarget = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly privateKeyPath: string;
  /** `SHA256:…` of the ed25519 host key, known before the server was started. */
  readonly hostKeyFingerprint: string;
  /** A known_hosts file that holds this host and no other. */
  readonly knownHostsPath: string;
};

/** Runs one command line with OpenSSH's own client, host key checked: an oracle beside our executor. */
export async function opensshExec(
  target: SshTarget,
  commandLine: string,
  connectSeconds = 10,
): Promise<Outcome> {
  const options = [
    ...['-F', 'none', '-i', target.privateKeyPath, '-p', String(target.port), '-l', target.user],
    ...['-o', `UserKnownHostsFile=${target.knownHostsPath}`, '-o', 'StrictHostKeyChecking=yes'],
    ...[
      '-o',
      'IdentitiesOnly=yes',
      '-o',
      'BatchMode=yes',
      '-o',
      `ConnectTimeout=${connectSeconds}`,
      '-o',
      'LogLevel=ERROR',
    ],
  ];
  const result = await execa('ssh', [...options, target.host, commandLine], {
    reject: false,
    stdin: 'ignore',
    timeout: 60_000,
    env: { SSH_AUTH_SOCK: '' },
  });
  return { exitCode: result.exitCode ?? 127, stdout: result.stdout, stderr: result.stderr };
}
