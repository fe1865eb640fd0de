import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2, { type ParsedKey } from 'ssh2';

/** A key of the demo on disk. */
export interface DemoKey {
  /** Path of the private half, mode 0600. */
  readonly path: string;
  /** The private half in the format of OpenSSH. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…` */
  readonly publicKey: string;
  /** `SHA256:…` as `ssh-keygen -lf` prints it. */
  readonly fingerprint: string;
}

async function readPrivateKey(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  // A file cut short by a crash is replaced.
  return text === undefined || ssh2.utils.parseKey(text) instanceof Error ? undefined : text;
}

/**
 * A new private key in the format of OpenSSH that ssh2 can read: of those that ssh2 1.17.0 makes, one in 250 has lost a
 * leading zero byte of its public half (https://github.com/mscdex/ssh2/issues/1513).
 */
export function newPrivateKey(comment: string): string {
  for (;;) {
    const { private: text } = ssh2.utils.generateKeyPairSync('ed25519', { comment });
    if (!(ssh2.utils.parseKey(text) instanceof Error)) return text;
  }
}

async function makePrivateKey(path: string, comment: string): Promise<string> {
  const text = newPrivateKey(comment);
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return text;
}

function parse(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw new Error(`a key that was just made cannot be read: ${key.message}`);
  return key;
}

/** The key of that name in the folder; made at the first start and kept, so that pins stay true. */
export async function demoKey(folder: string, name: string): Promise<DemoKey> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  const privateKey = (await readPrivateKey(path)) ?? (await makePrivateKey(path, `botswain demo ${name}`));
  const key = parse(privateKey);
  const blob = key.getPublicSSH();
  return {
    path,
    privateKey,
    publicKey: `${key.type} ${blob.toString('base64')}`,
    fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
  };
}
