import { readFileSync, statSync } from 'node:fs';
import type { Environment } from '../src/domain/configuration.ts';
import type { SecretReference } from '../src/domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../src/domain/outcome.ts';
import type { Finding, KeyPath } from './problem.ts';
import { entry } from './read.ts';

/** Values shorter than this are not redacted: they would blank out ordinary words. */
export const SHORTEST_REDACTED = 6;

function referenceIn(value: unknown): SecretReference | undefined {
  const { env, file, ...rest } = entry(value);
  if (Object.keys(rest).length > 0 || Array.isArray(value)) return undefined;
  if (typeof env === 'string' && file === undefined) return { env };
  return typeof file === 'string' && env === undefined ? { file } : undefined;
}

/** Every `{ env: NAME }` and `{ file: PATH }` in a value, however deep; a kind says where they may stand. */
export function secretReferences(value: unknown): readonly SecretReference[] {
  const own = referenceIn(value);
  if (own !== undefined) return [own];
  const inner = Array.isArray(value) ? value : Object.values(entry(value));
  return inner.flatMap(secretReferences);
}

const TOKENS: readonly (readonly [RegExp, string])[] = [
  [/^xox[abeprs]-|^xapp-/, 'a Slack token'],
  [/^\d{8,10}:[A-Za-z0-9_-]{35}$/, 'a Telegram bot token'],
  [/^(?:ghp|gho|ghs|ghr)_\w{20,}|^github_pat_/, 'a GitHub token'],
  [/^rnd_\w{20,}/, 'a Render API key'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
  [/^\w+:\/\/[^/\s:@]+:[^/\s:@]+@/, 'an address with a password'],
];

/** Texts that look like secrets: they are never written in these files. */
export function plainSecrets(value: unknown, path: KeyPath = []): readonly Finding[] {
  if (typeof value === 'string') {
    const what = TOKENS.find(([pattern]) => pattern.test(value))?.[1];
    return what === undefined
      ? []
      : [
          {
            path,
            at: 'value',
            message: `this looks like ${what}`,
            remedy: 'write { env: NAME } or { file: PATH } instead, and change the secret',
          },
        ];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => plainSecrets(item, [...path, index]));
  return Object.entries(entry(value)).flatMap(([key, item]) => plainSecrets(item, [...path, key]));
}

/** Reads one secret; failed with `CONFIG_SECRET_MISSING`. */
export type SecretReader = (reference: SecretReference) => Outcome<string>;

const withoutLastNewline = (text: string): string => text.replace(/\r?\n$/, '');

function readFile(path: string, warn: (message: string) => void): Outcome<string> {
  try {
    const { mode } = statSync(path);
    if ((mode & 0o077) !== 0) warn(`${path} holds a secret and others may read it; chmod 600 ${path}`);
    const value = withoutLastNewline(readFileSync(path, 'utf8'));
    return value === ''
      ? failed('CONFIG_SECRET_MISSING', `the secret file ${path} is empty`, 'Put the secret into it.')
      : succeeded(value);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return failed(
      'CONFIG_SECRET_MISSING',
      `the secret file ${path} cannot be read (${why})`,
      'Create it, readable by the user that runs botswain.',
    );
  }
}

/** A reader of secrets from these variables and from files; one newline at the end of a file is not part of it. */
export function secretReader(
  variables: Readonly<Record<string, string | undefined>>,
  warn: (message: string) => void = () => {},
): SecretReader {
  const warned = new Set<string>();
  const warnOnce = (message: string) => {
    if (!warned.has(message)) warn(message);
    warned.add(message);
  };
  return (reference) => {
    if ('file' in reference) return readFile(reference.file, warnOnce);
    const value = variables[reference.env];
    return value === undefined || value === ''
      ? failed(
          'CONFIG_SECRET_MISSING',
          `the variable ${reference.env} is not set`,
          `Set ${reference.env} where botswain starts.`,
        )
      : succeeded(value);
  };
}

/** Variables whose names say that their value is a secret, whether the settings name them or not. */
const SECRET_NAME =
  /(?:token|secret|password|passwd|passphrase|api_?key|access_?key|private_?key|_pass|_auth)$/i;
/** Shorter values of such variables are words rather than secrets. */
const SHORTEST_GUESSED = 8;

/** Values in the environment that nothing may show: of variables with such names, and passwords in addresses. */
export function guessedSecrets(variables: Readonly<Record<string, string | undefined>>): readonly string[] {
  const values = Object.entries(variables).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const password = URL.canParse(value) ? decoded(new URL(value).password) : '';
    return SECRET_NAME.test(name) ? [value, password] : [password];
  });
  return [...new Set(values)].filter((value) => value.length >= SHORTEST_GUESSED);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What the redactor must know: the value of each reference that can be read, and the chats' tokens. */
export function secretValues(
  references: readonly SecretReference[],
  read: SecretReader,
  environment?: Pick<Environment, 'slack' | 'telegram' | 'github'>,
): readonly string[] {
  const referenced = references.flatMap((reference) => {
    const value = read(reference);
    return value.kind === 'succeeded' ? [value.value] : [];
  });
  const way = environment?.slack?.way;
  const tokens = [
    environment?.slack?.botToken,
    way?.kind === 'socket' ? way.appToken : way?.signingSecret,
    environment?.telegram?.botToken,
    environment?.telegram?.webhookSecret,
    environment?.github?.token,
  ];
  const all = [...referenced, ...tokens.filter((token) => token !== undefined)];
  return [...new Set(all)].filter((value) => value.length >= SHORTEST_REDACTED);
}
