import { join } from 'node:path';
import { execa } from 'execa';
import type { Outcome } from '../rig/docker-cli.ts';
import type { SshTarget } from '../rig/ssh-client.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { type BotProcess, compileCache } from '../story/stage/botswain.ts';

const main = join(import.meta.dirname, '../../src/main.ts');

/** The bot that these tests operate on a host: a unit and a compose service, through sudo. */
export const HOST_COMPONENTS = {
  bot: { kind: 'systemd', unit: 'demo-bot', sudo: true },
  nginx: { kind: 'systemd', unit: 'nginx', sudo: true, logs: '/var/log/nginx/access.log' },
  app: {
    kind: 'compose',
    project: '/opt/karmabot',
    compose_service: 'karmabot',
    container: 'karmabot-app',
    stop_seconds: 1,
    sudo: true,
  },
} as const;

/** A real host as a target of the settings. */
export const targetOf = (host: SshTarget): object => ({
  kind: 'ssh',
  host: host.host,
  port: host.port,
  user: host.user,
  key: { file: host.privateKeyPath },
  host_key: host.hostKeyFingerprint,
});

/** Runs `botswain doctor` with flags on a bot's settings, as a person does. */
export async function doctorSays(bot: BotProcess, ...args: readonly string[]): Promise<Outcome> {
  const said = await execa(process.execPath, [main, 'doctor', join(bot.folder, 'config'), ...args], {
    reject: false,
    stripFinalNewline: false,
    extendEnv: false,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...compileCache },
  });
  return { exitCode: said.exitCode ?? -1, stdout: said.stdout, stderr: said.stderr };
}

/** Writes a file on a host as root. */
export async function put(
  host: SystemdHost,
  file: { readonly path: string; readonly mode: string; readonly text: string },
): Promise<void> {
  const script = 'printf %s "$1" | base64 -d >"$2.new" && chmod "$3" "$2.new" && mv -f "$2.new" "$2"';
  const packed = Buffer.from(file.text).toString('base64');
  await host.exec('sh', '-c', script, 'sh', packed, file.path, file.mode);
}

/** OpenSSH's client with these arguments before the host and after it, and this on stdin. */
export async function ssh(
  host: SshTarget,
  call: { readonly options?: readonly string[]; readonly command?: string; readonly input?: string | Buffer },
): Promise<Outcome> {
  const options = [
    ...['-F', 'none', '-i', host.privateKeyPath, '-p', String(host.port), '-l', host.user],
    ...['-o', `UserKnownHostsFile=${host.knownHostsPath}`, '-o', 'StrictHostKeyChecking=yes'],
    ...['-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR'],
  ];
  const command = call.command === undefined ? [] : [call.command];
  const result = await execa('ssh', [...options, ...(call.options ?? []), host.host, ...command], {
    reject: false,
    input: call.input ?? '',
    timeout: 20_000,
    env: { SSH_AUTH_SOCK: '' },
  });
  return { exitCode: result.exitCode ?? 127, stdout: result.stdout, stderr: result.stderr };
}
