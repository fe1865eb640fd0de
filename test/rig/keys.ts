import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';

/** An ed25519 key pair on disk, as `ssh-keygen` made it. */
export type KeyPair = {
  readonly privateKeyPath: string;
  /** One line as in authorized_keys. */
  readonly publicKey: string;
  /** As `ssh-keygen -lf` prints it: `SHA256:…`. */
  readonly fingerprint: string;
};

/** Makes a new key pair without a passphrase; the private half has mode 0600. */
export async function createKeyPair(path: string): Promise<KeyPair> {
  await mkdir(dirname(path), { recursive: true });
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'botswain-rig', '-f', path], {
    stdin: 'ignore',
  });
  const publicKey = (await readFile(`${path}.pub`, 'utf8')).trim();
  const printed = await execa('ssh-keygen', ['-lf', `${path}.pub`], { stdin: 'ignore' });
  const fingerprint = printed.stdout.split(' ')[1];
  if (fingerprint === undefined) throw new Error(`ssh-keygen -lf ${path}.pub printed no fingerprint`);
  return { privateKeyPath: path, publicKey, fingerprint };
}

/** A known_hosts line for a host and port, names not hashed. */
export function knownHostsLine(host: string, port: number, publicKey: string): string {
  const name = port === 22 ? host : `[${host}]:${port}`;
  return `${name} ${publicKey.split(' ').slice(0, 2).join(' ')}\n`;
}
