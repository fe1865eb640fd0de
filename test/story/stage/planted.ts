import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const base64 = (text: string, before: number): string =>
  Buffer.concat([Buffer.alloc(before, 'y'), Buffer.from(text)]).toString('base64');

/** Every way in which a secret is written in what a target says; whole texts, with what stands around it. */
export const spellingsOf = (secret: string): readonly string[] => [
  secret,
  base64(secret, 0),
  base64(secret, 1),
  base64(secret, 2),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
  Buffer.from(secret).toString('hex').toUpperCase(),
  encodeURIComponent(secret),
  new URLSearchParams({ s: secret }).toString().slice(2),
  JSON.stringify(secret).slice(1, -1),
  JSON.stringify(JSON.stringify(secret)).slice(3, -3),
];

/** The part of each spelling that only this secret writes, for looking whether any of it is left. */
export function tracesOf(secret: string): readonly string[] {
  const middle = (before: number): string => base64(secret, before).slice(4, -4);
  const plain = spellingsOf(secret).filter((spelt) => !spelt.startsWith('eXl') && !spelt.startsWith('eX'));
  return [...plain, middle(0), middle(1), middle(2)].filter((trace) => trace.length >= 8);
}

/** All files below a folder, byte for byte. */
export async function bytesIn(folder: string): Promise<readonly (readonly [string, Buffer])[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (path) => [path, await readFile(path)] as const));
}

/** Which trace of which secret stands in which place; empty where all is well. */
export function leaks(
  places: readonly (readonly [string, Buffer | string])[],
  secrets: Readonly<Record<string, string>>,
): readonly string[] {
  return places.flatMap(([place, content]) => {
    const bytes = Buffer.from(content);
    return Object.entries(secrets).flatMap(([name, secret]) =>
      tracesOf(secret)
        .filter((trace) => bytes.includes(trace))
        .map((trace) => `${name} in ${place}: ${trace}`),
    );
  });
}
